"""The toy's front. A token proves that a request is genuine, and a body is a flat list of items.

A body is {"toy": account, "items": [{"id", "who", "at", "words"}]}. There are no statuses.
"""

import hmac
import json
from collections.abc import Mapping

from rejoinder.channel_ports import ConversationUpdates, Front, Request, Secrets, Split, needed
from rejoinder.model.ids import correlation_id, group_of
from rejoinder.model.people import Account

NAME = "toy"


class ToyFront:
    """The port `Front` of the toy. The secret holds `token`."""

    channel = NAME

    def challenge(self, request: Request, secrets: Secrets) -> str | None:
        """Return None, because this network asks no questions."""
        return None

    def proof(self, request: Request) -> str | None:
        """Return the token that the request shows."""
        return request.headers.get("x-toy-token")

    def is_genuine(self, request: Request, proof: str, secrets: Secrets) -> bool:
        """Whether the request shows our token."""
        return hmac.compare_digest(proof.encode(), needed(secrets, "token").encode())

    def split(self, request: Request) -> Split:
        """Split the list into conversations. Raise ValueError if the body is not such a list."""
        body = json.loads(request.body)
        if not isinstance(body, dict) or "toy" not in body:
            raise ValueError("no list of the toy's")
        account = str(Account(channel=NAME, id=str(body["toy"])))
        conversations: dict[str, list[Mapping[str, object]]] = {}
        for item in body["items"]:
            update = {"correlation_id": correlation_id(account, str(item["id"])), **item}
            conversations.setdefault(str(item["who"]), []).append(update)
        return Split(
            conversations=tuple(
                ConversationUpdates(account=account, group=group_of(account, who), updates=tuple(updates))
                for who, updates in conversations.items()
            )
        )


FRONT: Front = ToyFront()
