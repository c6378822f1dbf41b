"""Templates as files: what is wrong with them, what the network has, and the way between the two."""
