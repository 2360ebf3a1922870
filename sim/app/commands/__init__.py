"""One file per command; each takes the arguments after its verb."""
