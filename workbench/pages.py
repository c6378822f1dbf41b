"""Where people read the documentation: on the web, because the wheel has no folder docs."""

SITE = "https://rejoinder.github.io/rejoinder"


def page(name: str, section: str = "") -> str:
    """Return the address of a page, or of a section of it."""
    return f"{SITE}/{name}.html{f'#{section}' if section else ''}"


RUNBOOK = page("operations")
"""Where the sections of the alarms are. What an alarm says ends with the address of its own."""
