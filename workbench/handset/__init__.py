"""A phone that writes to a local stack, for the terminal and for tests."""
