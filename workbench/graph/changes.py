"""Requests that change something at Meta. Each can be shown before it is made."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from rejoinder.workbench.graph.client import Graph, Json

HIDDEN = "(hidden)"
"""What stands for a secret where a request is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request that was not made yet."""

    method: str
    """`POST` or `DELETE`."""

    path: str
    """The path below the version of the API."""

    body: Json = field(default_factory=dict, repr=False)
    """The parameters. They may hold secrets."""

    secrets: tuple[str, ...] = ()
    """The keys in the body whose values nobody may see, at any depth."""

    def shown(self) -> str:
        """Return the request as a person may see it."""
        body = json.dumps(_without(self.body, self.secrets), ensure_ascii=False)
        return f"{self.method} /{self.path}" + (f"\n  {body}" if self.body else "")

    def make(self, graph: Graph) -> Json:
        """Make the request, and return its answer. Raises GraphError."""
        return graph.ask(self.method, self.path, **({"json": self.body} if self.body else {}))


def _without(value: object, secrets: Iterable[str]) -> object:
    if isinstance(value, dict):
        return {key: HIDDEN if key in secrets else _without(part, secrets) for key, part in value.items()}
    return [_without(part, secrets) for part in value] if isinstance(value, list) else value


def post(path: str, body: Json | None = None, *, secrets: tuple[str, ...] = ()) -> Change:
    """Return a request that sends `body`."""
    return Change(method="POST", path=path, body=body or {}, secrets=secrets)


def delete(path: str, body: Json | None = None) -> Change:
    """Return a request that deletes."""
    return Change(method="DELETE", path=path, body=body or {})
