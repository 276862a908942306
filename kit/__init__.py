"""With what a maintainer adds a source or mends one: recognising a platform, saving pages as fixtures, watching."""
