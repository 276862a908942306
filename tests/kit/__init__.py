"""The kit: what it recognises, writes, removes and watches."""
