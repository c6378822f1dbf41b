"""Questions to the person at the terminal."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.terminal import plain

Check = Callable[[str], str | None]
"""Returns what is wrong with an answer; None when it is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Asks with a description, and again until the answer is right."""

    screen: Console

    def value(self, name: str, description: str, *, default: str, check: Check) -> str:
        """Return what is typed, or the default when nothing is."""
        self.screen.print(plain(f"{name}: {description}"), style="bold")
        while True:
            typed = self._typed(f"  {name} [{default}]: " if default else f"  {name}: ") or default
            wrong = check(typed)
            if wrong is None:
                return typed
            self.screen.print(plain(f"  {wrong}", "red"))

    def yes(self, question: str) -> bool:
        """Return whether the answer is yes. Nothing typed is no."""
        return self._typed(f"{question} [y/N] ").lower() in ("y", "yes")

    def repeated(self, question: str, word: str) -> bool:
        """Return whether exactly `word` was typed, which nobody does by accident."""
        return self._typed(f"{question} ", "answer in a terminal") == word

    def _typed(
        self, prompt: str, cure: str = "answer in a terminal, or let nothing be asked with --yes"
    ) -> str:
        self.screen.file.flush()
        try:
            return input(prompt).strip()
        except EOFError:
            raise StackError(f"nobody answered {prompt.strip()!r}: {cure}") from None
