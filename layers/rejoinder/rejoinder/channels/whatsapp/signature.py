"""`X-Hub-Signature-256`: proof that a webhook comes from Meta.

HMAC-SHA256 with the app secret over the bytes exactly as they came
(developers.facebook.com/documentation/business-messaging/whatsapp/webhooks, "Validating payloads").
The older SHA-1 header is not accepted.
"""

import hashlib
import hmac

_PREFIX = b"sha256="


def sign(body: bytes, app_secret: str) -> str:
    """The header's value for `body`."""
    return _PREFIX.decode() + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def verify(body: bytes, header: str, app_secrets: tuple[str, ...]) -> bool:
    """Whether one of `app_secrets` signed `body`: in constant time, on bytes, so that any header will do."""
    given = header.encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(given, sign(body, secret).encode()) for secret in app_secrets]
    return any(matches)
