"""The way to Meta for a deployment: its secret has the token, its stack the address."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A business account at Meta, and the deployment that answers for it."""

    graph: Graph
    """The client."""

    place: Deployed
    """The deployment."""

    secret: Mapping[str, str]
    """The values of its secret."""

    def id_of(self, what: str) -> str:
        """Return `waba_id` or `app_id` of the secret; StackError when it is not there."""
        found = self.secret.get(what, "")
        if not found:
            raise StackError(f"the secret has no {what}: `rejoinder secrets` asks for it")
        return found

    @property
    def waba_id(self) -> str:
        """The id of the WhatsApp Business Account; StackError when it is not known."""
        return self.id_of("waba_id")

    @property
    def app_id(self) -> str:
        """The id of the Meta app; StackError when it is not known."""
        return self.id_of("app_id")


@contextmanager
def reach(where: Where, *, waba: str = "") -> Iterator[Reached]:
    """Yield the business account of a deployment: the one with the id `waba`, or its first one.

    Raises StackError when it is not there, and when AWS refuses something.
    """
    with deployed(where) as place:
        secret = place.secret(waba)
        with Graph(place.graph_address, place.graph_api_version, secret.get("access_token", "")) as graph:
            yield Reached(graph=graph, place=place, secret=secret)
