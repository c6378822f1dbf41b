"""How many turns a second a deployment takes: a model in virtual time, fed with what was measured."""
