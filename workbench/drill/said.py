"""What the commands say while a fault is there."""

from collections.abc import Collection, Mapping
from pathlib import Path

from rejoinder.workbench.cli.deployed import Deployed
from rejoinder.workbench.cli.watch import rows
from rejoinder.workbench.doctor.examine import examine
from rejoinder.workbench.doctor.facts import Patient
from rejoinder.workbench.doctor.finding import FINE
from rejoinder.workbench.doctor.traffic import of_alarms
from rejoinder.workbench.watching.state import Observer, local_now
from rejoinder.workbench.watching.timeline import life_of

ALARMS = ("alarms", "notices")
"""The rows of `rejoinder watch` that name alarms."""

OF_A_FAULT = ("answering", "failures", "queues", "dead letters", "gates")
"""The rows of `rejoinder watch` that tell of faults. An alarm's row is chosen by its name."""

WELL = ("yes,", "no message came", "none in", "none", "open", "inbound 0, outbound 0, events 0")
"""How such a row begins when it tells of none."""


class Commands:
    """The commands that somebody runs who was woken up."""

    def __init__(self, place: Deployed, bot: Path, alarms: Mapping[str, str]) -> None:
        """Look at a deployment. `alarms` has CloudWatch's name of each, or of its stand-in."""
        self._alarms = alarms
        self._patient = Patient(place=place, is_local=True, bot=bot)
        self._observer = Observer(place=place)
        self._before: Collection[str] = ()
        self._always = [*self._examined()]

    def begin(self) -> None:
        """Begin with a fault: what is said already is of an earlier one."""
        self._before = [words for _, words in self._watched()]

    def said(self, rung: Collection[str], message: str) -> Mapping[str, str]:
        """Return what each command says of the fault, by the command's name.

        `rung` are the alarms of it. `message` is the id of what a contact wrote; empty when nobody did.
        """
        watched = [(title, words) for title, words in self._watched() if words not in self._before]
        alarms = [words.split(maxsplit=1)[0] for title, words in watched if title in ALARMS]
        watch = [name for name in alarms if name in rung]
        watch += [words for title, words in watched if title not in ALARMS]
        doctor = [words for words in self._examined() if words not in self._always]
        doctor += [f"Alarms: ringing: {name}" for name in self._ringing() if name in rung]
        trace = self._traced(message) if message else ""
        return {"watch": "; ".join(watch), "trace": trace, "doctor": "; ".join(doctor)}

    def _watched(self) -> list[tuple[str, str]]:
        """Return the rows that tell of faults: their titles and what they say."""
        found, title = [], ""
        for name, words, _ in rows(self._observer.look(local_now())):
            title = name or title  # a row without a title goes on with the one before
            if title in ALARMS or (title in OF_A_FAULT and not words.startswith(WELL)):
                found.append((title, words))
        return found

    def _traced(self, message: str) -> str:
        """Return the last thing that happened to a message, and what is missing."""
        found = life_of(self._patient.place, message)
        if found is None:
            return "nothing is known of that message"
        last = [f"{one.where}: {one.what}" for one in found.happenings[-1:]]
        return "; ".join([*last, *found.open])

    def _examined(self) -> list[str]:
        found = examine(self._patient)
        return [f"{check.title}: {one.what}" for check, one in found if one.level not in FINE]

    def _ringing(self) -> list[str]:
        """Return what the doctor says of alarms on AWS. On a stack of this machine it leaves them out."""
        found = of_alarms(self._patient.place.client("cloudwatch"), self._alarms)
        return found.what.removeprefix("ringing: ").split(", ")
