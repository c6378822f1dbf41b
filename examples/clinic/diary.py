"""A stand-in for the clinic's own system. It forgets everything when its process ends; a real one does not.

The bot calls these functions in steps. With a real system they would talk to it over the network. Their
arguments and results are JSON values.
"""

TIMES = ("09:00", "10:30", "14:00")

_numbers: dict[tuple[str, str, str], str] = {}  # doctor, day and time of each appointment
_confirmed: set[str] = set()


def free_times(doctor: str, day: str) -> list[str]:
    """Return the times that are still free."""
    return [time for time in TIMES if (doctor, day, time) not in _numbers]


def reserve(doctor: str, day: str, time: str, *, idempotency_key: str = "") -> str | None:
    """Enter an appointment. Return its number, or None when the time is not free.

    If the machine stops before the number is stored, the step is done again with the same key. It then finds
    its own appointment and does not make a second one.
    """
    number = _numbers.setdefault((doctor, day, time), idempotency_key)
    return number if number == idempotency_key else None


def confirm(number: str) -> None:
    """Record that the contact will come."""
    _confirmed.add(number)


def release(number: str) -> None:
    """Cancel an appointment. Its time is free again."""
    for entry in [entry for entry, other in _numbers.items() if other == number]:
        del _numbers[entry]
