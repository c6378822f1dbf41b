"""The person at the keyboard, who sees what a talk does and gives what its journal lacks."""

from rejoinder.bot import codec
from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.templates.showing import shown_of
from rejoinder.model.contents import Text
from rejoinder.model.own import TimeUp
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import InboundContent
from rejoinder.testing.transcript import heard, said
from rejoinder.workbench.handset import lines
from rejoinder.workbench.terminal import DIM, GREEN, RED, show


class Left(BaseException):
    """The person leaves."""


class Author:
    """Whoever debugs."""

    def __init__(self, catalog: Catalog | None) -> None:
        self._catalog = catalog

    def tell(self, words: str) -> None:
        """Tell what happens."""
        show(f"({words})", DIM)

    def warn(self, words: str) -> None:
        """Tell what is wrong."""
        show(words, RED)

    def hears(self, content: InboundContent) -> None:
        """Show what the contact said."""
        if isinstance(content, TimeUp):
            self.tell("the time for an answer is over")
        else:
            print(heard(content), flush=True)

    def sees(self, content: OutboundContent) -> None:
        """Show what the bot says."""
        show(f"(not sent) {said(content, shown_of(content, self._catalog))}", GREEN)

    def answer(self) -> InboundContent:
        """Return what the person answers to the question that waits. Raises Left."""
        self.tell("the talk waits here for an answer: type one, or leave with Ctrl-D")
        while True:
            typed = _typed("> ")
            try:
                line = lines.read(typed)
            except lines.Mistyped as error:
                self.warn(f"! {error}")
                continue
            match line:
                case lines.Words(words=words) | lines.Choice(title=words) if words:
                    return Text(body=words)
                case lines.Sending(content=content):
                    return content
                case _:
                    self.warn("! type what the contact answers")

    def result(self, step: str) -> object:
        """Return what the person gives as the result of a step. Raises Left."""
        self.tell(f"the journal has no result of the step {step}, and it is not done here")
        self.tell("has it failed? then q, begin again, stop before this line, and `debug` its function")
        while True:
            typed = _typed("its result as JSON, or q to leave: ").strip()
            if typed == "q":
                raise Left
            try:
                return codec.read(typed)
            except codec.Unknown as error:
                self.warn(f'! that is no JSON ({error}); words are in quotes: "…"')


def _typed(prompt: str) -> str:
    try:
        return input(prompt)
    except EOFError:
        print()
        raise Left from None
