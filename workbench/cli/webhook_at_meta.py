"""`rejoinder webhook subscribe | fields`: where Meta sends webhooks, and which."""

from collections.abc import Iterator
from contextlib import contextmanager

from rejoinder.workbench.cli.account_side import Desk, as_json, rows
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph import webhooks
from rejoinder.workbench.graph.client import Graph, GraphError
from rejoinder.workbench.graph.webhooks import USED_FIELDS

BAD_TOKEN = 190
"""Meta's code for a token that it does not accept."""


@contextmanager
def as_app(desk: Desk) -> Iterator[Graph]:
    """Yield a client with the app's own token, which Meta wants for the webhook of the app.

    Raises StackError when Meta does not accept it.
    """
    reached, place = desk.reached, desk.reached.place
    token = f"{reached.app_id}|{reached.secret.get('app_secret', '')}"
    try:
        with Graph(place.graph_address, place.graph_api_version, token) as graph:
            yield graph
    except GraphError as error:
        if error.code != BAD_TOKEN:
            raise
        raise StackError(
            "Meta does not accept the app's id and secret together: `rejoinder secrets` stores the right ones"
        ) from None


def subscribe(desk: Desk, *, account: bool, none: bool) -> int:
    """Let Meta send webhooks to the stack: those of the app, of the account, or of one number."""
    url, token = desk.reached.place.webhook_address, desk.reached.secret.get("verify_token", "")
    if not url:
        raise StackError("the stack does not tell the address of its webhook: deploy it once more")
    url = "" if none else url
    if desk.asked:
        number = desk.number()
        desk.make(webhooks.override_number(number.id, url, token))
        print(f"the messages of {number.phone} go to {url or 'the address of the account or the app'}")
    elif account or none:
        desk.make(webhooks.subscribe(desk.reached.waba_id, url, token))
        print(f"the messages of the account go to {url or 'the address of the app'}")
    else:
        _app(desk, url, token)
    return 0


def _app(desk: Desk, url: str, token: str) -> None:
    """Set the address of the app, keep the fields that it has, and subscribe the account."""
    with as_app(desk) as graph:
        there = webhooks.app_webhook(graph, desk.reached.app_id)
        if there.url not in ("", url):
            print(f"the webhooks of the app go to {there.url} now: they will no longer")
        wanted = sorted({*there.fields, *USED_FIELDS})
        desk.make(webhooks.set_app_webhook(desk.reached.app_id, url, token, wanted), graph)
    desk.make(webhooks.subscribe(desk.reached.waba_id))
    print(f"the webhooks of the account go to {url}; `rejoinder webhook test` asks there as Meta does")


def fields(desk: Desk, *, json: bool) -> int:
    """Print which fields the app gets. Exits with 1 when one is missing that rejoinder uses."""
    with as_app(desk) as graph:
        there = webhooks.app_webhook(graph, desk.reached.app_id)
    missing = [name for name in USED_FIELDS if name not in there.fields]
    if json:
        as_json(
            {
                "url": there.url,
                "fields": there.fields,
                "missing": {name: USED_FIELDS[name] for name in missing},
            }
        )
        return 1 if missing else 0
    print(f"the app sends to {there.url}" if there.url else "the app has no webhook")
    others = [name for name in there.fields if name not in USED_FIELDS]
    rows(
        ("field", "comes", "what it is for"),
        [(name, "no" if name in missing else "yes", why) for name, why in USED_FIELDS.items()]
        + [(name, "yes", "it goes to the topic of account events") for name in others],
    )
    if missing:
        print(f"{len(missing)} missing: `rejoinder webhook subscribe` adds them")
    return 1 if missing else 0
