class StackError(Exception):
    """Something stopped the local stack; its text says what, and what to do, in one line."""
