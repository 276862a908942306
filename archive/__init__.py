"""What we keep: records, identity, tables, blobs, captures, search, changes. SQL and disk; no HTML, no HTTP."""
