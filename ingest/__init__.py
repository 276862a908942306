"""How it arrives: fetching, guarding, running, importing, replaying. Only this room opens sockets to publishers."""
