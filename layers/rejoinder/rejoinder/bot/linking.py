"""The part of `Chat` that links conversations with one person, such as over two networks."""

from rejoinder.bot.consenting import Consenting
from rejoinder.errors import BotError
from rejoinder.model.links import MAX_LINKED, MAX_WRONG, WRONG_SECONDS, Linked, as_typed
from rejoinder.model.people import Account
from rejoinder.model.updates import Content_co


class Linking(Consenting[Content_co]):
    """Links this conversation with another one of the same person, by a code that they say."""

    def link_code(self) -> str:
        """Return a code of 8 letters and digits that links another conversation of this person with this one.

        Give it to them here, and let them say it where they are to be linked: `chat.link` takes it there. It
        may be used once, within 15 minutes. It is the same again when the handler is run again.

        Raises:
            BotError: this is a conversation in a group, in which everybody would read it.
        """
        self._does("link_code")
        self._turn.refuse_public("a code that links")
        turn = self._turn
        owner = Linked(
            account=turn.message.account,
            contact_id=turn.message.contact.id,
            conversation_key=turn.conversation_key,
        )
        made: str = self.steps.step("chat.link_code", lambda: turn.outside.link_code(owner), (), {})
        return made

    def link(self, code: str) -> bool:
        """Link this conversation with the one in which `code` was made. Return whether it was right.

        From then on, what the person tells about consent in one of them counts in both. So does what they
        told last before. Whoever links with a linked person joins all of their conversations.

        A code is wrong after 15 minutes, when it was used, and where it was made. After five wrong codes, all
        are wrong here for an hour. Small letters, spaces and dashes make no difference.

        Raises:
            BotError: this is a conversation in a group, or `code` is no text.
        """
        self._does("link")
        given: object = code  # what an untyped bot gives may be anything
        if not isinstance(given, str):
            raise BotError(f"link() takes the code as the contact said it, not {given!r}")
        self._turn.refuse_public("a link")
        turn, typed, is_live = self._turn, as_typed(code), self._replay.is_live
        counted = [at for at in (*turn.wrong_codes, *turn.guesses) if at > turn.now - WRONG_SECONDS]
        is_tried = len(counted) < MAX_WRONG
        was_right: bool = self.steps.step(
            "chat.link", lambda code: is_tried and self._claim(code), (typed,), {}
        )
        if is_live and was_right and typed not in turn.links:
            self._claim(typed)  # the step is of an earlier try, whose turn was not kept
        if is_live and is_tried and not was_right:
            turn.guesses.append(turn.now)
        return was_right

    @property
    def linked(self) -> tuple[Account, ...]:
        """The accounts in which the same person is known, as codes proved; empty when there is none.

        It is the same again when the handler is run again.
        """
        self._does("linked")
        turn = self._turn
        found: tuple[Account, ...] = self.steps.step(
            "chat.linked", lambda: tuple(one.account for one in (*turn.linked, *turn.links.values())), (), {}
        )
        return found

    def _claim(self, code: str) -> bool:
        """Use a code up, if there is room for one more. Return whether it was right."""
        turn = self._turn
        has_room = len(turn.linked) + len(turn.links) < MAX_LINKED
        found = turn.outside.claim(code, turn.conversation_key) if has_room else None
        if found:
            turn.links[code] = found
        return found is not None
