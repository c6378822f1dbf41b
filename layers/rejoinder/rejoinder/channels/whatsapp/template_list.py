"""What WhatsApp says of all templates of a business account: their states, page after page.

Shape: developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates.
"""

import json
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import urlencode

from rejoinder.channels.fields import Json, object_of, words_of
from rejoinder.channels.whatsapp.codes import NO_CODE
from rejoinder.channels.whatsapp.parts import as_words, language
from rejoinder.errors import OutcomeUnknown
from rejoinder.model.people import Account
from rejoinder.model.template_state import TemplateState

FIELDS = "id,name,language,status,category,quality_score,rejected_reason"
PAGE = 100
"""How many templates a page holds."""

MAX_PAGES = 200
"""The most pages that are asked for. A business account has 6,000 templates at most (developers.facebook.com,
"Message templates")."""


class _Answer(Protocol):
    @property
    def data(self) -> bytes:
        """The body."""


class _Graph(Protocol):
    def address(self, path: str) -> str:
        """Return the address of a path of the Graph API."""

    def owner(self, account: Account) -> str:
        """Return the id of the WhatsApp Business Account."""

    def request(self, account: Account, method: str, url: str) -> _Answer:
        """Ask Meta. Raises a SendError."""


def templates(graph: _Graph, account: Account) -> Iterator[TemplateState]:
    """Yield the state of each template of the business account of `account`. Raises a SendError.

    What has no name or no language is left out.
    """
    path, after = f"{graph.owner(account)}/message_templates", ""
    for _ in range(MAX_PAGES):
        query = {"fields": FIELDS, "limit": PAGE} | ({"after": after} if after else {})
        page = _read(graph.request(account, "GET", graph.address(f"{path}?{urlencode(query)}")).data)
        for listed in page["data"]:
            state = _state(listed)
            if state:
                yield state
        paging = object_of(page, "paging")
        after = words_of(object_of(paging, "cursors").get("after"))
        if not after or "next" not in paging:
            return
    raise OutcomeUnknown(NO_CODE, f"the list of templates does not end after {MAX_PAGES} pages")


def _read(body: bytes) -> dict[str, Any]:
    """Return a page. Without a list it tells nothing: what it does not list would be taken for deleted."""
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        page = None
    if not isinstance(page, dict) or not isinstance(page.get("data"), list):
        raise OutcomeUnknown(NO_CODE, "a 200 whose body holds no list of templates")
    return page


def _state(listed: object) -> TemplateState | None:
    if not isinstance(listed, dict):
        return None
    template: Json = listed
    name, spoken = words_of(template.get("name")), language("language")(template)
    reason = words_of(template.get("rejected_reason"))
    if not (name and spoken):
        return None
    return TemplateState(
        name=name,
        language=spoken,
        status=words_of(template.get("status")).lower(),
        category=words_of(template.get("category")).lower(),
        quality=words_of(object_of(template, "quality_score").get("score")).lower(),
        reason="" if reason == "NONE" else reason,
        template_id=as_words(template.get("id")),
    )
