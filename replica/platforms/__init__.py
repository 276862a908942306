"""How the publishing platforms of the upstreams answer: one renderer for each, shared by the sites that use it."""
