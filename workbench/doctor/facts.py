"""What the doctor knows of a deployment. Each fact is asked for once, by whichever check needs it first."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.doctor.finding import NotNow
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import Graph

Known = TypeVar("Known")
Opened = TypeVar("Opened", bound="AbstractContextManager[Any]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The deployment that is looked at."""

    place: Deployed
    """Where its parts are."""

    is_local: bool
    """Whether it runs on this machine."""

    bot: Path | None = None
    """The folder of its bot; None when it is not here."""

    waba: str = ""
    """The business account that is meant, if there are several; empty for the first one."""

    now: Callable[[], float] = time.time
    """Returns the time of this machine, in Unix seconds."""


class Facts:
    """Everything that is known of a patient. Many threads may ask."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        """Who is looked at."""
        self._lock = Lock()
        self._known: dict[object, Future[Any]] = {}
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def of(self, find: "Callable[[Facts], Known]") -> Known:
        """Return what `find` finds. It is called once. The error that it raises is raised again each time."""
        with self._lock:
            is_first = find not in self._known
            future: Future[Known] = self._known.setdefault(find, Future())
        if is_first:
            try:
                future.set_result(find(self))
            except Exception as error:  # noqa: BLE001 - whoever asks gets it
                future.set_exception(error)
        return future.result()

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service. boto3 makes clients in one thread at a time only."""
        with self._lock:
            return self.patient.place.client(service)

    def graph(self, token: str) -> Graph:
        """Return a client of the Graph API with a token. It is closed at the end."""
        place = self.patient.place
        return self.closing(Graph(place.graph_address, place.graph_api_version, token))

    def closing(self, client: Opened) -> Opened:
        """Return a client, and close it at the end."""
        with self._lock:
            self._opened.enter_context(client)
        return client


def secret(facts: Facts) -> dict[str, str]:
    """Return the values of the secret."""
    return facts.patient.place.secret(facts.patient.waba)


def value(facts: Facts, name: str) -> str:
    """Return a value of the secret; NotNow without it, because the check of the secret says so."""
    try:
        found = facts.of(secret).get(name)
    except (StackError, BotoCoreError, ClientError):
        found = None
    if not found:
        raise NotNow(f"the secret has no {name} (see Secret)")
    return found


def only_on_aws(facts: Facts, why: str) -> None:
    """Raise NotNow on a stack of this machine, with the reason."""
    if facts.patient.is_local:
        raise NotNow(why)
