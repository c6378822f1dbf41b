"""The processes of the functions on the local AWS: who waits for one, and what they share."""

import io
import os
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from rejoinder.workbench.stack.workers import Layers, Turnstile, with_unpacked


class _Pool:
    """The processes of one function, as MiniStack counts them."""

    def __init__(self) -> None:
        self.started = self.free = 0

    def is_free(self, _function: str) -> bool:
        return self.free > 0 or not self.started

    def take(self) -> None:
        if self.free:
            self.free -= 1
        else:
            self.started += 1

    def give(self) -> None:
        self.free += 1


def _at_once(count: int, work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_invocations_at_once_share_the_process_that_becomes_free_again_and_again() -> None:
    pool = _Pool()
    turnstile = Turnstile(is_free=pool.is_free)

    def invoke() -> None:
        turnstile.enter("ingress", pool.take)
        time.sleep(0.005)
        turnstile.leave("ingress", pool.give)

    _at_once(25, invoke)
    assert (pool.started, pool.free) == (1, 1)


def test_an_invocation_that_its_own_function_waits_for_gets_a_process_of_its_own() -> None:
    pool = _Pool()
    turnstile = Turnstile(is_free=pool.is_free)
    turnstile.enter("bot", pool.take)
    _at_once(1, lambda: turnstile.enter("bot", pool.take))
    assert pool.started == 2


def test_a_busy_function_does_not_keep_another_one_waiting() -> None:
    free = {"ingress": False, "sender": True}
    turnstile = Turnstile(is_free=free.__getitem__)
    turnstile.enter("ingress", lambda: None)
    assert turnstile.enter("sender", lambda: "taken") == "taken"


def _layer(text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("python/module.py", text)
    return content.getvalue()


def test_a_layer_is_unpacked_once_also_for_the_next_run_and_goes_when_no_run_uses_it(tmp_path: Path) -> None:
    places: list[Path] = []
    first = Layers(folder=tmp_path / "layers")
    _at_once(4, lambda: places.append(first.unpacked(_layer("old"))))
    (place,) = set(places)
    module = place / "python" / "module.py"
    made = module.stat().st_mtime_ns, module.stat().st_ino
    assert module.read_text() == "old"

    second = Layers(folder=tmp_path / "layers")
    assert second.unpacked(_layer("old")) == place
    assert (module.stat().st_mtime_ns, module.stat().st_ino) == made
    (tmp_path / "layers" / "half").mkdir()  # what a kill left
    other = second.unpacked(_layer("new"))
    second.forget_unused()
    assert {*(tmp_path / "layers").iterdir()} == {place, other}

    third = Layers(folder=tmp_path / "layers")
    third.unpacked(_layer("new"))
    third.forget_unused()
    assert [*(tmp_path / "layers").iterdir()] == [other]


def test_a_function_keeps_its_variables_beside_its_unpacked_layers() -> None:
    config = {"Layers": ["arn"], "Environment": {"Variables": {"TABLE_NAME": "t"}}, "Timeout": 10}
    assert with_unpacked(config, [Path("/a"), Path("/b")]) == {
        "Layers": [],
        "Environment": {"Variables": {"TABLE_NAME": "t", "_LAMBDA_LAYERS_DIRS": f"/a{os.pathsep}/b"}},
        "Timeout": 10,
    }
    assert config["Layers"] == ["arn"]
