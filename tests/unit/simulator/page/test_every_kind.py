"""The talk that the tests of the page show is one that the simulator would let happen."""

from __future__ import annotations

import base64

from rejoinder.workbench.site.drawing import picture
from tests.unit.simulator.kit import ADA, Network
from tests.unit.simulator.page.bot_kinds import TEMPLATES, bot_says
from tests.unit.simulator.page.every_kind import contact_says, sound

NOT_AT_META = ("404", "hologram", "pigeon", "javascript")
"""What the page shows although no network lets it happen."""


def test_a_bot_may_say_every_kind_that_the_page_shows(network: Network) -> None:
    network.control("templates", TEMPLATES)
    media = [
        network.control(
            "say", {"from": ADA, "file": {"data": base64.b64encode(data).decode(), "mime_type": mime_type}}
        )
        for data, mime_type in ((picture(8, 8), "image/png"), (sound(), "audio/ogg"))
    ]
    assert len(media) == 2
    contents = [one["content"] for one in network.see(f"transcript?contact={ADA}")]
    image, audio = (content[content["type"]]["id"] for content in contents)
    for content in bot_says(image, audio):
        if not any(word in str(content) for word in NOT_AT_META):
            network.sent_id(ADA, **content)
    for content in contact_says(image, audio, "wamid.x"):
        network.control("say", {"from": ADA, "message": content})
