"""A stand-in for the clinic's own system. It forgets everything when its process ends; yours does not.

The bot calls these functions in steps: here they would talk to that system over the network. What they take
and give is JSON.
"""

TIMES = ("09:00", "10:30", "14:00")

_numbers: dict[tuple[str, str, str], str] = {}  # doctor, day and time of each appointment
_confirmed: set[str] = set()


def free_times(doctor: str, day: str) -> list[str]:
    """When somebody could still come."""
    return [time for time in TIMES if (doctor, day, time) not in _numbers]


def reserve(doctor: str, day: str, time: str, *, idempotency_key: str = "") -> str | None:
    """Enter an appointment; its number, or None when the time is taken.

    Should the machine stop before the number is written down, the step is done again, with the same key: it
    finds its own appointment, and not a second one.
    """
    number = _numbers.setdefault((doctor, day, time), idempotency_key)
    return number if number == idempotency_key else None


def confirm(number: str) -> None:
    """Note that they will come."""
    _confirmed.add(number)


def release(number: str) -> None:
    """Cancel an appointment; its time is free again."""
    for entry in [entry for entry, other in _numbers.items() if other == number]:
        del _numbers[entry]
