"""`make chaos`: disturbs the deployed local stack, and counts what came through."""
