"""Rate limits, as buckets of tokens that fill again with the virtual time."""

from __future__ import annotations


class Bucket:
    """A bucket that holds up to `size` tokens and gains one every `seconds`."""

    def __init__(self, size: int, seconds: float, now: float) -> None:
        self._size = float(size)
        self._seconds = seconds
        self._tokens = float(size)
        self._at = now

    def wait(self, now: float) -> float:
        """Return in how many seconds there is a token; 0 when there is one."""
        tokens = self._tokens + max(0.0, now - self._at) / self._seconds
        return max(0.0, (1 - tokens) * self._seconds)

    def spend(self, now: float) -> bool:
        """Remove a token. Return False when there is none."""
        gained = max(0.0, now - self._at) / self._seconds
        self._tokens = min(self._size, self._tokens + gained)
        self._at = max(self._at, now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
