"""What it says: pure parsers, from bytes, URL and a listing's facts to records. No clock, no socket, no database."""
