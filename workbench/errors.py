"""The error of every command."""


class StackError(Exception):
    """An error that a person can correct. Its text is one line and says what to do."""
