"""QR codes and short links that begin a talk.

https://developers.facebook.com/documentation/business-messaging/whatsapp/qr-codes
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

from rejoinder.workbench.graph.answers import text
from rejoinder.workbench.graph.changes import Change, delete, post
from rejoinder.workbench.graph.client import Graph, Json

Format = Literal["PNG", "SVG"]
"""The formats of a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code."""

    code: str
    """What stands in its link."""

    words: str = ""
    """What the contact's phone is about to send."""

    link: str = ""
    """The short link, which does the same."""

    picture: str = ""
    """The address of the picture; empty unless it was asked for."""

    @classmethod
    def read(cls, answer: Json) -> Self:
        """Return the code that an answer of Meta shows."""
        return cls(
            code=text(answer, "code"),
            words=text(answer, "prefilled_message"),
            link=text(answer, "deep_link_url"),
            picture=text(answer, "qr_image_url"),
        )


def codes(graph: Graph, number_id: str, picture: Format = "PNG") -> Iterator[Code]:
    """Yield the codes of a number. Raises GraphError."""
    fields = f"code,prefilled_message,deep_link_url,qr_image_url.format({picture})"
    for one in graph.pages(f"{number_id}/message_qrdls", fields=fields):
        yield Code.read(one)


def new_code(number_id: str, words: str, picture: Format = "PNG") -> Change:
    """Return the request for a new code."""
    return post(f"{number_id}/message_qrdls", {"prefilled_message": words, "generate_qr_image": picture})


def change_code(number_id: str, code: str, words: str) -> Change:
    """Return the request that changes what a code says. The picture stays."""
    return post(f"{number_id}/message_qrdls", {"code": code, "prefilled_message": words})


def remove_code(number_id: str, code: str) -> Change:
    """Return the request after which a code leads nowhere."""
    return delete(f"{number_id}/message_qrdls/{code}")
