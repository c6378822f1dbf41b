"""`X-Hub-Signature-256`: which requests are accepted as Meta's."""

import hashlib
import hmac

import pytest

from rejoinder.channel_ports import Request
from rejoinder.channels.whatsapp.front import FRONT, SIGNATURE_HEADER, sign
from rejoinder.errors import SettingsError

BODY = b'{"object":"whatsapp_business_account","entry":[]}'
SPACED = b'{"object": "whatsapp_business_account", "entry": []}'
SECRET = "test_app_secret"
SIGNATURE = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"


def verify(body: bytes, header: str, current: str = SECRET, previous: str | None = None) -> bool:
    """Whether Meta sent `body` with that header, according to the front and these secrets."""
    before = {} if previous is None else {"app_secret_previous": previous}
    return FRONT.is_genuine(Request(body=body), header, {"app_secret": current, **before})


@pytest.mark.parametrize(
    ("secret", "body", "signature"),
    [
        (SECRET, BODY, "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"),
        (SECRET, SPACED, "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a"),
        ("otro_secreto", BODY, "769b03d8c2ae6498f2d1e1f7299c0ba55448c69d741e7b0bb243d852d8a8d8c7"),
    ],
)
def test_known_vectors(secret: str, body: bytes, signature: str) -> None:
    assert sign(body, secret) == f"sha256={signature}"
    assert verify(body, f"sha256={signature}", secret)


def test_the_signature_is_over_bytes_not_over_what_they_mean() -> None:
    assert not verify(SPACED, SIGNATURE)
    assert not verify(BODY + b"\n", SIGNATURE)


@pytest.mark.parametrize(
    ("sent", "restored"),
    [
        (rb'{"name":"caf\u00e9"}', '{"name":"café"}'.encode()),
        (rb'{"mime_type":"image\/jpeg"}', b'{"mime_type":"image/jpeg"}'),
        (rb'{"wave":"\ud83d\udc4b"}', '{"wave":"👋"}'.encode()),
    ],
)
def test_escapes_are_signed_as_they_are_sent(sent: bytes, restored: bytes) -> None:
    assert verify(sent, sign(sent, SECRET))
    assert not verify(restored, sign(sent, SECRET))


def test_bytes_that_are_no_text_can_be_verified_too() -> None:
    assert verify(b"\xff\x00\xfe", sign(b"\xff\x00\xfe", SECRET))
    assert verify(b"", sign(b"", SECRET))


@pytest.mark.parametrize(("current", "previous"), [("new", SECRET), (SECRET, "old"), (SECRET, "")])
def test_the_previous_secret_is_good_beside_the_current_one(current: str, previous: str) -> None:
    assert verify(BODY, SIGNATURE, current, previous)


@pytest.mark.parametrize(
    "secrets", [{}, {"app_secret": ""}, {"app_secret_previous": SECRET}, {"verify_token": SECRET}], ids=repr
)
def test_without_a_secret_nothing_is_accepted(secrets: dict[str, str]) -> None:
    for header in (SIGNATURE, sign(BODY, ""), ""):
        with pytest.raises(SettingsError):
            FRONT.is_genuine(Request(body=BODY), header, secrets)


def test_an_empty_secret_signs_nothing() -> None:
    assert not verify(BODY, sign(BODY, ""), SECRET, "")


@pytest.mark.parametrize("headers", [{}, {SIGNATURE_HEADER: ""}, {"x-hub-signature": SIGNATURE}], ids=repr)
def test_a_request_without_the_header_proves_nothing(headers: dict[str, str]) -> None:
    assert FRONT.proof(Request(body=BODY, headers=headers)) is None
    assert FRONT.proof(Request(body=BODY, headers={**headers, SIGNATURE_HEADER: SIGNATURE})) == SIGNATURE


def test_a_secret_outside_ascii_signs_as_utf_8() -> None:
    digest = hmac.new("sécret".encode(), BODY, hashlib.sha256).hexdigest()
    assert verify(BODY, f"sha256={digest}", "sécret")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        "sha256",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE + " ",
        SIGNATURE.replace("d", "e", 1),
        f"{SIGNATURE},{SIGNATURE}",
        SIGNATURE.upper(),
        f"sha256={SIGNATURE[7:].upper()}",  # Meta writes lower case letters
        f"SHA256={SIGNATURE[7:]}",
        "sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest(),
        "sha256=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest(),
        "sha256=" + hashlib.sha256(SECRET.encode() + BODY).hexdigest(),
        "sha256=é" + SIGNATURE[8:],
        "sha256=" + "\uff10" * 64,
        "sha256=\ud83d",
        "sha256=\x00",
        "0" * 1_000_000,
    ],
    ids=lambda header: ascii(header[:24]),
)
def test_any_other_header_is_refused_and_raises_nothing(header: str) -> None:
    assert not verify(BODY, header)
    assert not verify(BODY, header, SECRET, "old")
