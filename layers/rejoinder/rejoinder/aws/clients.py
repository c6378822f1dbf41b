"""How AWS is talked to: so that a call that hangs fails while the function still has time to say so."""

from botocore.config import Config

CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
