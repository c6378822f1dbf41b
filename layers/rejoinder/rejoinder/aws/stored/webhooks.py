"""The bodies that the ingress writes. Apart from `bodies`, so that the ingress need not import more."""

import json
from collections.abc import Sequence

from rejoinder.aws.stored.formats import FORMATS


class JsonBodies:
    """The port `WebhookBodies`. The updates are JSON texts already: they are written once, not again here."""

    def updates(self, account: str, received_at: float, updates: Sequence[str]) -> str:
        """Return the body of a message of inbound.fifo: updates of one conversation."""
        head = {"format": FORMATS["inbound_body"], "account": account, "received_at": received_at}
        return _with_list(head, "updates", updates)

    def events(self, channel: str, received_at: float, events: Sequence[str]) -> str:
        """Return the body of a message of the events queue."""
        head = {"format": FORMATS["events_body"], "channel": channel, "received_at": received_at}
        return _with_list(head, "events", events)


def _with_list(head: dict[str, object], name: str, texts: Sequence[str]) -> str:
    """Return the JSON of `head` with one more field: an array of JSON texts."""
    return f'{json.dumps(head)[:-1]}, "{name}": [{", ".join(texts)}]}}'
