"""`rejoinder check-aws`: everything, once, on AWS itself."""


def main(profile: str | None, *, yes: bool) -> int:
    """Deploy, look, delete."""
    raise NotImplementedError
