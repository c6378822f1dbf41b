"""`make chaos`: fire on the deployed local stack, and a count of what came through."""
