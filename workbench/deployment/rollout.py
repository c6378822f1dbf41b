"""How a new version of ingress and processor gets the traffic: step by step, or at once."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rejoinder.workbench import source, versions
from rejoinder.workbench.deployment.changeset import ALIAS, Change
from rejoinder.workbench.deployment.parameters import parameters
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack.alarms import Alarms
from rejoinder.workbench.stack.fingerprint import hash_of

NO_REVISION = "none"
"""The value of the parameter Revision of a stack whose functions have no versions."""

AT_ONCE = "AllAtOnce"
"""The value of the parameter Rollout with which a new version gets everything at once."""

STEPS = {
    "Canary10Percent5Minutes": "a tenth of the traffic for 5 minutes, then all of it",
    "Linear10PercentEvery1Minute": "a tenth more of the traffic each minute, for 10 minutes",
}
"""What the other values do."""

KEPT_VERSIONS = 3
"""How many old versions of a function are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """How one deployment gets the traffic."""

    way: str
    """The value of the parameter Rollout."""

    why: str = ""
    """Why the way is another than that of the environment; empty when it is not."""

    @classmethod
    def of(cls, given: Mapping[str, str], outputs: Mapping[str, str], *, at_once: bool) -> Self:
        """Return how to deploy with an environment's parameters over a stack with those outputs.

        A version that stores in other formats goes out at once. The old one could not read what the new one
        writes: talks would begin again, and the alarms would undo the deployment.
        """
        if at_once:
            return cls(way=AT_ONCE, why="at once, as you asked: no alarm undoes it")
        way = given.get("Rollout") or parameters()["Rollout"].default
        other = versions.other_formats(outputs)
        if way == AT_ONCE or not other:
            return cls(way=way)
        return cls(
            way=AT_ONCE,
            why=f"at once, and no alarm undoes it: {', '.join(other)} are stored in another format than "
            f"{versions.deployed(outputs)} stores them, so old and new functions must not run side by side",
        )

    @property
    def is_gradual(self) -> bool:
        """Whether the new version gets the traffic step by step."""
        return self.way != AT_ONCE

    def told(self, found: Iterable[Change]) -> Iterator[str]:
        """Yield what a person must know before they agree to these changes."""
        moved = [one.logical_id for one in found if one.type == ALIAS and one.action == "Modify"]
        if self.why:
            yield self.why
        if moved and self.is_gradual:
            yield (
                f"{' and '.join(sorted(moved))}: {STEPS.get(self.way, self.way)}; an alarm undoes the whole "
                "deployment (`--at-once` does not wait)"
            )


def revision_of(folder: Path, given: Mapping[str, str], deployed: str) -> str:
    """Return the name of what a build and parameters deploy: that which is deployed, if nothing has changed.

    A new name has the time in it. So it differs from those of all names before, also when one of them is
    deployed again: Lambda makes no version of a function that has not changed.
    """
    files = [(path, path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
    settings = [f"{name}={value}" for name, value in sorted(given.items())]
    content = hash_of(files, settings)[:12]
    return deployed if deployed.startswith(f"{content}-") else f"{content}-{int(time.time())}"


def alarms_that_undo() -> frozenset[str]:
    """Return the logical ids of the alarms that undo a deployment. The file is ours and regular."""
    template = (source.house() / "template.yaml").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^ +- \{ Name: !Ref (\w+Alarm) \}", template, re.MULTILINE))


def ringing(cloudwatch: Any, stack: str) -> list[str]:
    """Return those of a stack's alarms that would undo a deployment and ring now, with what they say."""
    undo = alarms_that_undo()
    return sorted(f"{one.name} ({one.about})" for one in Alarms(cloudwatch, stack).on() if one.name in undo)


def check_calm(rings: list[str]) -> None:
    """Raise StackError when alarms ring that would undo a gradual deployment."""
    if rings:
        raise StackError(
            f"an alarm rings, and would undo the deployment: {'; '.join(rings)}. Wait until it ends, or "
            "deploy what mends it with `rejoinder deploy --at-once`"
        )


def forget_old_versions(client: Any, function: str) -> None:
    """Delete the old versions of a function, but for the newest few and those that an alias leads to."""
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    numbers = sorted(
        int(one["Version"]) for page in pages for one in page["Versions"] if one["Version"].isdigit()
    )
    live = {
        version
        for one in client.list_aliases(FunctionName=function)["Aliases"]
        for version in (
            one["FunctionVersion"],
            *one.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
        )
    }
    for number in numbers[: -KEPT_VERSIONS - 1]:
        if str(number) not in live:
            client.delete_function(FunctionName=function, Qualifier=str(number))
