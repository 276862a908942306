"""Who reads it: pages over HTTP. Serves while a source is broken; fetches nothing, sends nothing."""
