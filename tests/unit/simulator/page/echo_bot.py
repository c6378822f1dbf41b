"""A small bot on the Graph API, which answers what the tests of the page say."""

from __future__ import annotations

from typing import Any

import httpx

from rejoinder.workbench.site.drawing import picture
from tests.unit.simulator.kit import NUMBER, TOKEN, Post, Webhook
from tests.unit.simulator.shapes import BUTTONS, LIST


class EchoBot(Webhook):
    """Answers certain words with certain messages, and everything else with what it got."""

    graph = ""
    """The URL of the simulator."""

    def heard(self, post: Post) -> None:
        for message in post.items("messages"):
            self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        words = message["text"]["body"] if kind == "text" else ""
        if words == "wait":
            typing = {"status": "read", "message_id": message["id"], "typing_indicator": {"type": "text"}}
            self._post(f"{NUMBER}/messages", typing)
        elif words == "list":
            self.send(message["from"], type="interactive", interactive=LIST)
        elif words == "buttons":
            self.send(message["from"], type="interactive", interactive=BUTTONS)
        elif words == "picture":
            self.send(message["from"], type="image", image={"id": self.upload(), "caption": "Here"})
        elif words == "like":
            reaction = {"message_id": message["id"], "emoji": "\N{SPARKLES}"}
            self.send(message["from"], type="reaction", reaction=reaction)
        else:
            self.send(message["from"], type="text", text={"body": self._got(kind, message[kind], message)})

    def _got(self, kind: str, content: Any, message: dict[str, Any]) -> str:
        if kind == "text":
            quoted = " to a message" if "id" in message.get("context", {}) else ""
            return f"You said *{content['body']}*{quoted}"
        if "id" in content and "sha256" in content:
            return f"Got {kind} of {len(self.download(content['id']))} bytes, {content['mime_type']}"
        if kind == "interactive":
            return f"You chose {content[content['type']]['title']}"
        return f"Got {kind}"

    def send(self, to: str, **content: Any) -> None:
        self._post(f"{NUMBER}/messages", {"to": to, **content})

    def upload(self) -> str:
        """Upload a picture. Return its media id."""
        answer = httpx.post(
            f"{self.graph}/v25.0/{NUMBER}/media",
            files={"file": ("hills.png", picture(), "image/png")},
            data={"messaging_product": "whatsapp"},
            headers=TOKEN,
            trust_env=False,
        )
        return str(answer.raise_for_status().json()["id"])

    def download(self, media_id: str) -> bytes:
        """Return the bytes of a file that a contact sent."""
        url = httpx.get(f"{self.graph}/v25.0/{media_id}", headers=TOKEN, trust_env=False).json()["url"]
        return httpx.get(url, headers=TOKEN, trust_env=False).raise_for_status().content

    def _post(self, path: str, body: dict[str, Any]) -> None:
        body = {"messaging_product": "whatsapp", **body}
        httpx.post(f"{self.graph}/v25.0/{path}", json=body, headers=TOKEN, trust_env=False, timeout=20)
