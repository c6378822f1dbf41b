"""How type checkers see the decorators of `Bot`. Where code runs there is no such module.

A decorator gives its handler back unchanged, and refuses one for another content. No type variable can say
both, because its bound cannot depend on another variable. `HandlerOf` says it.
"""

from collections.abc import Callable
from typing import Never, ParamSpec, Protocol, overload

from typing_extensions import TypeVar

from rejoinder.bot.chat import Chat
from rejoinder.model.contents import Media
from rejoinder.model.spoken import SpokenContent
from rejoinder.model.updates import Content_co, InboundContent

One = TypeVar("One", bound=InboundContent, default=Never)
Two = TypeVar("Two", bound=InboundContent, default=Never)
Three = TypeVar("Three", bound=InboundContent, default=Never)
Four = TypeVar("Four", bound=InboundContent, default=Never)

H = TypeVar("H", bound=Callable[[Chat], None])
S = TypeVar("S", bound=Callable[[Chat[SpokenContent]], None])

P = ParamSpec("P")
Content_contra = TypeVar("Content_contra", bound=InboundContent | Media, contravariant=True)

class SomeChat(Chat[Content_co]):
    """A chat that no handler asks for: if a handler was just like the first signature of `HandlerOf`, mypy
    would not look at the second one.
    """

class HandlerOf(Protocol[Content_contra, P]):
    """A function with the parameters `P`, which can be called with a chat about that content."""

    @overload
    def __call__(self, chat: SomeChat[Content_contra], /) -> None: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None: ...

class Registers(Protocol[Content_co]):
    """Registers a handler of a content, and gives it back unchanged."""

    def __call__(self, handler: HandlerOf[Content_co, P], /) -> Callable[P, None]: ...
