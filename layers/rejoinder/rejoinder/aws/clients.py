"""The configuration of the AWS clients."""

from botocore.config import Config

CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""The time-outs, in seconds, and the attempts of a call. A call that hangs fails while the function still has
time to report it."""
