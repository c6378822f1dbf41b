"""The signature of a request to AWS, version 4.

Source: docs.aws.amazon.com, "Create a signed AWS API request". It is the same, byte by byte, as botocore's
(tests/unit/test_direct.py). The ingress has it because it starts without botocore.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who asks."""

    access_key: str
    """The id of the key."""

    secret_key: str = field(repr=False)
    """The key."""

    token: str = field(repr=False)
    """The token of the session; empty for none."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read the credentials of the function's role, which Lambda puts into the environment."""
        return cls(
            access_key=os.environ["AWS_ACCESS_KEY_ID"],
            secret_key=os.environ["AWS_SECRET_ACCESS_KEY"],
            token=os.environ.get("AWS_SESSION_TOKEN", ""),
        )


def signed(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    service: str,
    region: str,
    credentials: Credentials,
    at: float,
) -> dict[str, str]:
    """Return the headers of a POST request to `url`, signed at the Unix time `at`.

    The path of `url` is one that needs no quoting, and `url` has no query.
    """
    parts = urlsplit(url)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    given = {**headers, "X-Amz-Date": now}
    if credentials.token:
        given["X-Amz-Security-Token"] = credentials.token
    lower = {name.lower(): " ".join(value.split()) for name, value in given.items()} | {"host": parts.netloc}
    names = ";".join(sorted(lower))
    lines = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    digest = hashlib.sha256(body).hexdigest()
    request = f"POST\n{parts.path or '/'}\n\n{lines}\n{names}\n{digest}"
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    text = f"{ALGORITHM}\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    who = f"Credential={credentials.access_key}/{scope}"
    given["Authorization"] = f"{ALGORITHM} {who}, SignedHeaders={names}, Signature={signature}"
    return given
