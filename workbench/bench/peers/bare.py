"""A handler that does nothing: what Python and Lambda's runtime client cost by themselves."""


def handler(event: object, _context: object) -> object:
    """Return the event."""
    return event
