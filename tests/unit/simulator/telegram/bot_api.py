"""What the tests of the simulated Bot API share: a Telegram in this process, and a bot that asks it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
from starlette.applications import Starlette

from rejoinder.workbench.development import TELEGRAM_BOT_TOKEN
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.faults import Faults, parse
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.api import Telegram
from rejoinder.workbench.simulator.telegram.network import Chat, Message
from rejoinder.workbench.simulator.telegram.who import Bot, Person

ADA = 1111111
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x01\xc2"
"""The head of a picture of 800 by 450."""


class BotApi:
    """A Telegram of its own, and requests to it as its first bot."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.clock, self.faults = Clock(), Faults()
        self.telegram = Telegram(settings or Settings(), self.clock, self.faults)
        self.network = self.telegram.network
        self._transport = httpx.ASGITransport(Starlette(routes=[*self.telegram.routes()]))
        self.base = f"/bot{TELEGRAM_BOT_TOKEN}"

    @property
    def bot(self) -> Bot:
        return next(iter(self.network.bots.values()))

    def request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            url = "http://127.0.0.1"
            async with httpx.AsyncClient(transport=self._transport, base_url=url, trust_env=False) as client:
                return await client.request(method, path, **parts)

        return asyncio.run(asked())

    def ask(self, method: str, files: Any = None, **parameters: Any) -> httpx.Response:
        """Ask with JSON; with files, as multipart."""
        path = f"{self.base}/{method}"
        if files:
            return self.request("POST", path, data=parameters, files=files)
        raw = json.dumps(parameters).encode("ascii")
        return self.request("POST", path, content=raw, headers={"content-type": "application/json"})

    def get(self, method: str, files: Any = None, **parameters: Any) -> Any:
        """Return the result of a request that is carried out."""
        answer = self.ask(method, files, **parameters)
        assert answer.status_code == 200, answer.text
        assert answer.json()["ok"] is True
        return answer.json()["result"]

    def no(self, method: str, files: Any = None, **parameters: Any) -> str:
        """Return why a request is refused."""
        answer = self.ask(method, files, **parameters)
        body = answer.json()
        assert body["ok"] is False
        assert body["error_code"] == answer.status_code
        return str(body["description"])

    def say(self, text: str = "hello", **more: Any) -> Any:
        return self.get("sendMessage", chat_id=ADA, text=text, **more)

    def heard(self, text: str = "hi", person_id: int = ADA) -> Message:
        """Let somebody write to the bot."""
        person = self.person(person_id)
        return self.network.append(self.network.private_chat(self.bot, person), person, {"text": text})

    def person(self, person_id: int = ADA) -> Person:
        return self.network.person(person_id)

    def chat(self, person_id: int = ADA) -> Chat:
        found = self.network.chat(self.bot, person_id)
        assert found is not None
        return found

    def group(self, kind: str = "supergroup", status: str = "member", **more: Any) -> Chat:
        """Return a new group with the bot and Ada in it."""
        members = {self.bot.id: status, ADA: "creator"}
        chat_id = self.network.new_chat_id(kind)
        return self.network.create_chat(Chat(id=chat_id, type=kind, title="Friends", members=members, **more))

    def plant(self, **fault: Any) -> None:
        self.faults.plant(parse({"channel": "telegram", **fault}))
