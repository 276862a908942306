"""How it arrives: fetching, guarding, running, importing, replaying. The only room that opens a socket to a publisher."""
