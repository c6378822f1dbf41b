"""What the tests of `rejoinder templates` share: files, a push without a question, and the people at Meta."""

from collections.abc import Callable
from pathlib import Path

import httpx

from rejoinder.workbench import development
from rejoinder.workbench.deployment.deployed import Where
from rejoinder.workbench.templates import commands
from rejoinder.workbench.templates.pushing import Pushing

Write = Callable[[str, str], Path]
EDGE = f"/v26.0/{development.WABA_ID}/message_templates"

ORDER = """\
category: utility
languages:
  en:
    header:
      text: Order {{number}}
    body: Hello {{name}}, your parcel {{tracking}} is on its way. Thank you!
    footer: Reply STOP to get no more
    buttons:
      - type: quick_reply
        text: Track it
    examples:
      number: '42'
      name: Ada
      tracking: AB12
"""

BROKEN = """\
category: utility
languages:
  en:
    body: "{{1}} hello, this is not a good beginning."
    examples: {1: Ada}
"""

PLAIN = """\
category: utility
languages:
  en:
    body: Your table is ready.
  de:
    body: Ihr Tisch ist fertig.
"""


def pushed(bot: Path, *names: str, delete: bool = False, wait: bool = False, **more: object) -> int:
    """Push without a question, and return the exit code."""
    with commands.account(Where(), "") as account:
        pushing = Pushing(account=account, bot=bot, names=names, delete=delete, **more)  # type: ignore[arg-type]
        return pushing.run(yes=True, wait=wait)


def at_meta(simulator: httpx.Client) -> dict[str, dict[str, object]]:
    """Return what the simulator has, by name and language."""
    fields = "name,language,status,category,components,id"
    found = simulator.get(EDGE, params={"limit": 100, "fields": fields}).raise_for_status().json()["data"]
    return {f"{one['name']} {one['language']}": one for one in found}


def decide(simulator: httpx.Client, name: str, language: str, do: str, **details: object) -> None:
    """Let the people at Meta do something with a template."""
    its_id = at_meta(simulator)[f"{name} {language}"]["id"]
    simulator.post(f"/sim/templates/{its_id}", json={"do": do, **details}).raise_for_status()
