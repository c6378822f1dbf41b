"""Steps: what a handler does outside the talk, once."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rejoinder.bot import codec
from rejoinder.bot.handlers import check_result
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.turn import OpenTurn
from rejoinder.errors import BotError, TurnPostponed, TurnTimeLimit, TurnTooLarge
from rejoinder.model.sizes import bytes_of, stored_bytes_of
from rejoinder.model.talk import StepDone

MAX_STEP_BYTES = 64 * 1024
"""The most that one step may return, in bytes of JSON."""

MAX_STEPS_BYTES = 256 * 1024
"""The most that the results of one turn's steps may hold, in bytes of JSON: they are kept in its marker, an
item of DynamoDB (400 KB)."""


class Steps:
    """The steps of one run of a handler."""

    def __init__(self, replay: Replay, turn: OpenTurn) -> None:
        self.running: str = ""
        """The name of the step that is being done; empty when none is."""
        self.has_failed: bool = False
        """Whether a step raised something, or gave back what cannot be kept."""
        self._replay = replay
        self._turn = turn
        self._raised: dict[str, BaseException] = {}
        self._unkept: BotError | None = None

    def step(
        self, name: str, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Return what the step returned, or raise what it raised. It is done only if it was not done before.

        Raises TurnTooLarge, or BotError for a result that cannot be kept.
        """
        done = self._replay.read(StepDone, name)
        if done is None:
            done = self._done(name, function, args, kwargs)
            self._replay.write(done)
        try:
            return codec.result_of(done.result)
        except codec.Unknown as unknown:
            raise JournalMismatch(f"the result of {name}: {unknown}") from unknown

    def went_on(self) -> None:
        """Keep what steps raised: the handler goes on, so it has caught it.

        Raises BotError again where the result of a step could not be kept: the step had its effect.
        """
        if self._unkept:
            raise self._unkept
        for key, error in self._raised.items():
            self._turn.steps.setdefault(key, codec.write_error(error))

    def ended_with(self, error: BaseException) -> None:
        """Forget what a step raised if the handler ended with it: the next try does the step again.

        Raises BotError again as `went_on` does.
        """
        if self._unkept and self._unkept is not error:
            raise self._unkept from error
        caught = [raised for key, raised in self._raised.items() if key in self._turn.steps]
        behind = _behind(error, caught)
        for key, raised in self._raised.items():
            if any(raised is one for one in behind):
                self._turn.steps.pop(key, None)

    def _done(
        self, name: str, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> StepDone:
        arguments = codec.fingerprint([args, kwargs])
        kept = self._replay.kept(StepDone, name, arguments)
        if kept and _is_readable(kept):
            return kept
        key = kept.key if kept else self._replay.key_of_step(name, arguments)
        own = "" if key == self._replay.begun.key_of_step(self._replay.place, name) else key
        done = StepDone(name=name, result="", arguments=arguments, key=own)
        if key not in self._turn.steps:
            given = (
                {**kwargs, "idempotency_key": key} if "idempotency_key" in parameters(function) else kwargs
            )
            try:
                result = self._run(name, lambda: function(*args, **given))
            except (KeyboardInterrupt, TurnTimeLimit, TurnPostponed):
                raise  # it ends the turn, and is no outcome of the step
            except BaseException as error:  # noqa: BLE001 - it is raised again, also a SystemExit
                written = codec.write_error(error)
                self._replay.write(replace(done, result=written))
                again = codec.read_error(written)
                if codec.is_same(error, again):
                    again = error
                self._raised[key], self.has_failed = again, True
                raise again.with_traceback(error.__traceback__) from again.__cause__
            self._turn.steps[key] = self._kept(name, result)
        return replace(done, result=self._turn.steps[key])

    def _run(self, name: str, do: Callable[[], object]) -> object:
        self.running = name
        try:
            with self._turn.watch.step():
                return do()
        finally:
            self.running = ""

    def _kept(self, name: str, result: object) -> str:
        """Return the result of a step as it is written. Raises BotError when it cannot be kept."""
        try:
            check_result(name, result)
            return self._written(name, result)
        except BotError as error:
            self._unkept, self.has_failed = error, True
            raise

    def _written(self, name: str, result: object) -> str:
        written = codec.write(result, f"the result of step {name}")
        size = bytes_of(written)
        if size > MAX_STEP_BYTES:
            raise TurnTooLarge(f"the result of step {name} is {size} bytes; {MAX_STEP_BYTES} at most")
        if sum(map(stored_bytes_of, [written, *self._turn.steps.values()])) > MAX_STEPS_BYTES:
            handler = self._replay.begun.handler
            raise TurnTooLarge(f"{handler} has more than {MAX_STEPS_BYTES} bytes of results in one turn")
        return written


def _behind(error: BaseException, caught: Sequence[BaseException]) -> list[BaseException]:
    """Return an exception and those that led to it.

    One of `caught` that was merely being handled, when something else failed, did not lead to it.
    """
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or any(one is other for other in found):
            continue
        found.append(one)
        waiting += getattr(one, "exceptions", ())
        handled = None if any(one.__context__ is other for other in caught) else one.__context__
        waiting.append(one.__cause__ or handled)
    return found


def _is_readable(done: StepDone) -> bool:
    """Whether a result can be read. If it cannot, its class is gone, and the step must be done again."""
    try:
        codec.result_of(done.result)
    except codec.Unknown:
        return False
    except BaseException:  # noqa: BLE001 - what the step raised
        return True
    return True


def parameters(function: Callable[..., object]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function by their names; none when it does not tell."""
    try:
        return inspect.signature(function).parameters
    except ValueError:  # a function written in C may have none
        return {}
