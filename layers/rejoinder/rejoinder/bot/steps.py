"""Steps: what a handler does outside the talk, once."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rejoinder.bot import codec
from rejoinder.bot.handlers import check_result
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.turn import OpenTurn
from rejoinder.errors import TurnTooLarge
from rejoinder.model.ids import digest
from rejoinder.model.talk import StepDone, bytes_of, stored_bytes_of

MAX_STEP_BYTES = 64 * 1024
"""The most that one step may return, in bytes of JSON."""

MAX_STEPS_BYTES = 256 * 1024
"""The most that the results of one turn's steps may hold, in bytes of JSON: they are kept in its marker, an
item of DynamoDB (400 KB)."""


class Steps:
    """The steps of one run of a handler."""

    def __init__(self, replay: Replay, turn: OpenTurn) -> None:
        self.running = ""
        """The name of the step that is being done; empty when none is."""
        self._replay = replay
        self._turn = turn
        self._raised: dict[str, Exception] = {}

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
        """Keep what steps raised: the handler goes on, so it has caught it."""
        for key, error in self._raised.items():
            self._turn.steps.setdefault(key, codec.write_error(error))

    def ended_with(self, error: BaseException) -> None:
        """Forget what a step raised if the handler ended with it: the next try does the step again."""
        chain: list[BaseException] = [error]
        while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
            chain.append(cause)
        for key, raised in self._raised.items():
            if raised in chain:
                self._turn.steps.pop(key, None)

    def _done(
        self, name: str, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> StepDone:
        arguments = codec.fingerprint([args, kwargs])
        kept = self._replay.kept(StepDone, name, arguments)
        if kept and codec.can_be_read(kept.result):
            return kept
        key = digest(self._replay.key, name, *([arguments] if self._replay.begun.restarts else []))
        if key not in self._turn.steps:
            given = (
                {**kwargs, "idempotency_key": key} if "idempotency_key" in parameters(function) else kwargs
            )
            try:
                self._turn.steps[key] = self._run(name, lambda: function(*args, **given))
            except Exception as error:  # noqa: BLE001 - it is raised again
                written = codec.write_error(error)
                self._replay.write(StepDone(name=name, result=written, arguments=arguments))
                again = codec.read_error(written)
                if codec.is_same(error, again):
                    again = error
                self._raised[key] = again
                raise again.with_traceback(error.__traceback__) from error.__cause__
        return StepDone(name=name, result=self._turn.steps[key], arguments=arguments)

    def _run(self, name: str, do: Callable[[], object]) -> str:
        """Do a step, and return its result as JSON."""
        self.running = name
        try:
            with self._turn.watch.step():
                result = do()
            check_result(name, result)
        finally:
            self.running = ""
        written = codec.write(result, f"the result of step {name}")
        size = bytes_of(written)
        if size > MAX_STEP_BYTES:
            raise TurnTooLarge(f"the result of step {name} is {size} bytes; {MAX_STEP_BYTES} at most")
        if sum(map(stored_bytes_of, [written, *self._turn.steps.values()])) > MAX_STEPS_BYTES:
            handler = self._replay.begun.handler
            raise TurnTooLarge(f"{handler} has more than {MAX_STEPS_BYTES} bytes of results in one turn")
        return written


def parameters(function: Callable[..., object]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function by their names; none when it does not tell."""
    try:
        return inspect.signature(function).parameters
    except ValueError:  # a function written in C may have none
        return {}
