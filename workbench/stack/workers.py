"""
Lets MiniStack bear many invocations at once on a machine with few cores.

MiniStack starts a process for each invocation that finds none free, and unpacks its layers for each.
It does that itself, in its only process. So twenty webhooks at once stopped the whole local AWS for half a
minute. Here an invocation waits for a process while any becomes free, and all share the unpacked layers.
leash.py runs this file in MiniStack's own interpreter, so it imports nothing of ours.
"""

import hashlib
import io
import os
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

PATIENCE_SECONDS = 1.0
"""How long no process of a function becomes free until another one is started, in seconds."""

Taken = TypeVar("Taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Layers on disk, each unpacked once. They stay there for the next run."""

    folder: Path
    """Where they are, each in a folder of its own."""

    _used: set[Path] = field(default_factory=set)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def unpacked(self, layer: bytes) -> Path:
        """Return the folder with the contents of a zipped layer."""
        place = self.folder / hashlib.sha256(layer).hexdigest()
        with self._one_at_a_time:
            if not place.exists():
                self.folder.mkdir(exist_ok=True)
                draft = Path(tempfile.mkdtemp(dir=self.folder))  # a kill must not leave half a layer
                zipfile.ZipFile(io.BytesIO(layer)).extractall(draft)
                draft.rename(place)
            self._used.add(place)
        return place

    def forget_unused(self) -> None:
        """Remove what no process of this run has used, such as layers of earlier deployments."""
        for place in self.folder.glob("*"):
            if place not in self._used:
                shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnstile:
    """Lets an invocation pass when there is a process for it."""

    is_free: Callable[[str], bool]
    """Whether a process of that function is free, or it has none yet."""

    _changes: threading.Condition = field(default_factory=threading.Condition)
    _changed_at: dict[str, float] = field(default_factory=dict)

    def enter(self, function: str, take: Callable[[], Taken]) -> Taken:
        """
        Wait for a free process, and return what `take` returns.

        `take` also comes when none has become free for PATIENCE_SECONDS. So an invocation that waits for
        another one of the same function does not wait for ever.
        """
        with self._changes:
            while not self.is_free(function) and (seconds := self._patience(function)) > 0:
                self._changes.wait(seconds)
            self._changed_at[function] = time.monotonic()
            return take()

    def leave(self, function: str, give: Callable[[], None]) -> None:
        """Call `give`, which gives a process back, and wake who waits for it."""
        with self._changes:
            give()
            self._changed_at[function] = time.monotonic()
            self._changes.notify_all()

    def _patience(self, function: str) -> float:
        return self._changed_at.get(function, 0.0) + PATIENCE_SECONDS - time.monotonic()


def install(folder: Path) -> Layers:
    """Change the MiniStack of this process. Return the layers, which are unpacked into `folder`."""
    from ministack.core import lambda_runtime as runtime  # type: ignore[import-not-found]  # noqa: PLC0415
    from ministack.services import lambda_svc as service  # type: ignore[import-not-found]  # noqa: PLC0415

    # MiniStack has no settings for this, so its own functions are wrapped.
    spawn, acquire, release = runtime.Worker._spawn, runtime.acquire_worker, runtime.release_worker  # noqa: SLF001
    layers = Layers(folder=folder)

    def spawn_with_shared_layers(worker: Any) -> None:
        zipped = [service._resolve_layer_zip(layer) for layer in worker.config.get("Layers", [])]  # noqa: SLF001
        if zipped and all(zipped):
            worker.config = with_unpacked(worker.config, [layers.unpacked(layer) for layer in zipped])
        spawn(worker)

    def is_free(function: str) -> bool:
        pools = [pool for key, pool in list(runtime._workers.items()) if f":{function}:" in key]  # noqa: SLF001
        return not any(pools) or any(not worker.in_use for pool in pools for worker in pool)

    turnstile = Turnstile(is_free=is_free)

    def acquire_in_turn(function: str, *arguments: Any, **options: Any) -> Any:
        return turnstile.enter(function, lambda: acquire(function, *arguments, **options))

    def release_in_turn(worker: Any) -> None:
        if worker:
            turnstile.leave(worker.func_name, lambda: release(worker))

    runtime.Worker._spawn = spawn_with_shared_layers  # noqa: SLF001
    service.acquire_worker, service.release_worker = acquire_in_turn, release_in_turn
    return layers


def with_unpacked(config: dict[str, Any], layers: Sequence[Path]) -> dict[str, Any]:
    """Return a function's configuration with unpacked layers in the place of its zipped ones."""
    environment = config.get("Environment", {})
    # MiniStack's processes find their layers through this variable.
    paths = {"_LAMBDA_LAYERS_DIRS": os.pathsep.join(map(str, layers))}
    variables = environment.get("Variables", {}) | paths
    return config | {"Layers": [], "Environment": environment | {"Variables": variables}}
