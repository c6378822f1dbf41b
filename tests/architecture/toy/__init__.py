"""A channel that only the tests put in the table. It shows what a channel may be."""
