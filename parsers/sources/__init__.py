"""One file per source; a source is registered by existing here."""
