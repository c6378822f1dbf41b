"""`rejoinder webhook test`: asks the webhook from outside, as Meta does, and as others might."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

from rejoinder.channels.whatsapp.front import SIGNATURE_HEADER, sign
from rejoinder.tls import tls_context
from rejoinder.workbench.cli.account_side import Desk, as_json, rows
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.handshake import handshake

EMPTY = b'{"object":"whatsapp_business_account","entry":[]}'
"""A webhook with nothing in it."""

SECONDS = 20.0
"""How long to wait for an answer, in seconds. A function that has slept takes some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one request showed."""

    asked: str
    """The request."""

    is_right: bool

    answer: str
    """What came back."""

    shows: str
    """What that means, and what to do when it is wrong."""


def main(desk: Desk, *, json: bool) -> int:
    """Print what each request shows. Exits with 1 when one shows that something is wrong."""
    url = desk.reached.place.webhook_address
    if not url:
        raise StackError("the stack does not tell the address of its webhook: deploy it once more")
    found = list(findings(url, desk.reached.secret))
    if json:
        as_json(found)
    else:
        print(f"asked {url}")
        rows(
            ("", "request", "answer", "what it shows"),
            [("ok" if one.is_right else "WRONG", one.asked, one.answer, one.shows) for one in found],
        )
    return 0 if all(one.is_right for one in found) else 1


def findings(url: str, secret: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what each request shows."""
    with httpx.Client(timeout=SECONDS, verify=tls_context()) as client:
        asking = _Asking(client=client, url=url)
        yield asking.handshake(secret.get("verify_token", ""))
        yield asking.stranger()
        yield asking.unsigned()
        yield asking.signed(secret.get("app_secret", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    client: httpx.Client
    url: str

    def handshake(self, token: str) -> Finding:
        status, gave_challenge = self._get(token)
        is_right = status == "200" and gave_challenge
        return Finding(
            asked="handshake with our verify token",
            is_right=is_right,
            answer=status if status != "200" or is_right else "200 without the challenge",
            shows="Meta can register the webhook"
            if is_right
            else "Meta cannot register it: look into `rejoinder logs --function ingress`",
        )

    def stranger(self) -> Finding:
        status, gave_challenge = self._get(f"wrong-{secrets.token_hex(8)}")
        is_right = status == "403" and not gave_challenge
        return Finding(
            asked="handshake with a wrong token",
            is_right=is_right,
            answer=status,
            shows="no other app can register it" if is_right else "it must be refused with 403",
        )

    def unsigned(self) -> Finding:
        status = self._post({})
        return Finding(
            asked="a body without a signature",
            is_right=status == "401",
            answer=status,
            shows="nobody can make up a message" if status == "401" else "it must be refused with 401",
        )

    def signed(self, app_secret: str) -> Finding:
        status = self._post({SIGNATURE_HEADER: sign(EMPTY, app_secret)})
        shows = {
            "200": "our signature is accepted; whether it is Meta's, only a message from Meta shows",
            "401": "the functions have another app secret: wait some minutes after `rejoinder secrets`",
        }
        return Finding(
            asked="a body signed with our app secret",
            is_right=status == "200",
            answer=status,
            shows=shows.get(status, "look into `rejoinder logs --function ingress`"),
        )

    def _get(self, token: str) -> tuple[str, bool]:
        try:
            status, gave_challenge = handshake(self.client, self.url, token)
        except httpx.HTTPError as error:
            return f"none: {type(error).__name__}", False
        return str(status), gave_challenge

    def _post(self, headers: Mapping[str, str]) -> str:
        try:
            answer = self.client.post(
                self.url, content=EMPTY, headers={"content-type": "application/json", **headers}
            )
        except httpx.HTTPError as error:
            return f"none: {type(error).__name__}"
        return str(answer.status_code)
