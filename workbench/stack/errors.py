class StackError(Exception):
    """An error of the local stack. Its text is one line and says what to do."""
