"""What `make bench` compares with. These modules run in the environment of the bench only."""
