"""A channel that is in no table but that of the tests: it shows what a channel may be."""
