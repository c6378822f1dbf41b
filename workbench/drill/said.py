"""What the commands say while a fault is there."""

from collections.abc import Mapping
from pathlib import Path

from rejoinder.workbench.doctor.examine import CHECKS, examine
from rejoinder.workbench.doctor.facts import Patient
from rejoinder.workbench.doctor.finding import FINE
from rejoinder.workbench.drill.scene import Scene


def by_commands(scene: Scene) -> Mapping[str, str]:
    """Return the lines of each command that tell of a fault, by the name of the command."""
    return {"doctor": _doctor(scene)}


def _doctor(scene: Scene) -> str:
    """Return what the doctor finds wrong. What is always so on a stack of this machine is left out."""
    patient = Patient(place=scene.place, is_local=True, bot=Path(scene.stack.bot))
    found = [(check.title, one.what) for check, one in examine(patient, CHECKS) if one.level not in FINE]
    return "; ".join(f"{title}: {what}" for title, what in found)
