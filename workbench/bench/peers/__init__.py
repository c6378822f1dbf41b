"""What `make bench` compares with. These modules run in the environment `.tools/bench` only."""
