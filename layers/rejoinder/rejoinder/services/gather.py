"""Messages of one moment: they are kept, and reach the bot together when the moment is over.

So do the files of an album, which a network may send one by one.

A message that is kept has a marker of its own, like any other, and nothing is said to it. With it goes a
`Gathered` that comes back when the moment is over. It does nothing if more was said since: then it is not
named after what is kept. Otherwise what is kept becomes one update, which is queued in its conversation.
Until the bot has had that one, further messages are queued behind it: none overtakes another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rejoinder.model.contents import Media, Tap, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import digest
from rejoinder.model.own import Gathered
from rejoinder.model.sizes import content_bytes_of, shortened
from rejoinder.model.spoken import Deleted, Edited, FileContent, SaidContent, Several
from rejoinder.model.updates import GroupMessage, Inbound, WakeUp

MAX_GATHERED = 20
"""The most messages that are kept for one moment. With one more, the moment is over."""

MAX_GATHERED_BYTES = 32 * 1024
"""The most that they may hold together, in bytes of JSON: they share an item of DynamoDB (400 KB)."""

MAX_MOMENTS = 10
"""How many times as long as one pause a moment may last, while the contact goes on writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An update after which the bot does not run yet."""

    conversation: Conversation
    """The conversation after it."""

    wake_ups: tuple[WakeUp, ...] = ()
    """What comes of it."""


def gather(
    inbound: Inbound,
    before: Conversation,
    heard: Conversation,
    *,
    pause_seconds: float,
    album_seconds: float,
    now: float,
) -> Kept | None:
    """Return what an update is while messages are gathered; None when the bot runs on it at once.

    Args:
        inbound: the update.
        before: the conversation before it.
        heard: the conversation that has heard it.
        pause_seconds: how long nothing more must be said, in seconds; 0 gathers albums only.
        album_seconds: how long no more files of an album must come, in seconds; 0 where there are none.
        now: the time, in Unix seconds.
    """
    if isinstance(inbound.content, Gathered):
        is_newest = bool(heard.gathered) and inbound.id == _moment_of(heard.gathered[-1])
        return _over(heard, now) if is_newest else Kept(conversation=heard)
    inbound = _of_album(inbound, heard)
    # What tells something about consent, such as STOP, is answered at once.
    if inbound.conversation_key or not inbound.is_spoken or heard.handoff or heard.ledger:
        return None
    pause = max(pause_seconds, album_seconds if inbound.album else 0.0)
    if not (pause or heard.gathered or heard.behind):
        return None
    # What was gathered is heard once more, as the contact's first message if it is: not before.
    heard = replace(heard, spoken_at=before.spoken_at)
    if isinstance(inbound.content, Tap) or not pause:
        return _then(inbound, heard, now) if heard.gathered or heard.behind else None
    over: tuple[WakeUp, ...] = ()
    if heard.gathered and not pause_seconds and heard.gathered[-1].album != inbound.album:
        ended = _over(heard, now)
        heard, over = ended.conversation, ended.wake_ups
    kept = _kept(inbound, heard, pause, now)
    return replace(kept, wake_ups=(*over, *kept.wake_ups))


def _kept(inbound: Inbound, heard: Conversation, pause: float, now: float) -> Kept:
    """Return what is left when a message is kept until the moment is over."""
    since = heard.gathered_at if heard.gathered else now
    message = shortened(inbound.without_raw(), MAX_GATHERED_BYTES)
    heard = replace(heard, gathered=(*heard.gathered, message), gathered_at=since)
    if _is_full(heard.gathered) or now - since > MAX_MOMENTS * pause:
        return _over(heard, now)
    moment = replace(
        inbound.without_raw(),
        id=_moment_of(message),
        at=now + pause,
        content=Gathered(),
        conversation_key=heard.key,
    )
    return Kept(conversation=heard, wake_ups=(WakeUp(at=moment.at, inbound=moment),))


def _over(heard: Conversation, now: float) -> Kept:
    """Return what is left when the moment is over: one update, of all that was gathered and not deleted."""
    rest = replace(heard, gathered=(), gathered_at=0.0)
    said = [message for message in heard.gathered if not isinstance(message.content, Deleted)]
    if not said:
        return Kept(conversation=rest)
    together = _together(said, heard.key)
    rest = replace(rest, behind=together.id)
    return Kept(conversation=rest, wake_ups=(WakeUp(at=now, inbound=together),))


def _then(last: Inbound, heard: Conversation, now: float) -> Kept:
    """Return what is left when a tap, or words behind an album, end the moment: that comes last. So does what
    is said before the bot has had all of them.
    """
    over = _over(heard, now)
    behind = replace(
        last.without_raw(),
        id=digest("after", last.id, *(one.id for one in heard.gathered)),
        conversation_key=heard.key,
        newest_id=last.id,
    )
    return Kept(
        conversation=replace(over.conversation, behind=behind.id),
        wake_ups=(*over.wake_ups, WakeUp(at=now, inbound=behind)),
    )


def _of_album(inbound: Inbound, heard: Conversation) -> Inbound:
    """Return a file of an album as said to us, where another file of the album was: in a group, the words
    under only one of them name the bot.
    """
    content = inbound.content
    if not (isinstance(content, GroupMessage) and inbound.album and heard.gathered):
        return inbound
    return replace(inbound, content=content.content) if heard.gathered[-1].album == inbound.album else inbound


def as_changed(heard: Conversation, inbound: Inbound) -> Conversation:
    """Return the conversation after an update that edits or deletes something that was gathered, or that is
    the last one that was queued again.
    """
    if inbound.id == heard.behind:
        return replace(heard, behind="")
    change = inbound.content
    if not isinstance(change, Edited | Deleted) or not heard.gathered:
        return heard
    content = change if isinstance(change, Deleted) else change.content
    gathered = tuple(
        replace(message, content=_with_its_file(content, message.content))
        if content and message.id == change.message_id
        else message
        for message in heard.gathered
    )
    return replace(heard, gathered=gathered)


def _with_its_file(now: SaidContent, before: object) -> SaidContent:
    """Return what a message holds now. Where only the words under its file were changed, it has that file."""
    if isinstance(now, Media) and not now.media_id and isinstance(before, FileContent):
        return replace(before, caption=now.caption)
    return now


def _is_full(gathered: Sequence[Inbound]) -> bool:
    size = sum(content_bytes_of(message.content) for message in gathered)
    return len(gathered) > MAX_GATHERED or size > MAX_GATHERED_BYTES


def _moment_of(newest: Inbound) -> str:
    """Return the id of the update that ends the moment: another one with each message."""
    return digest("moment", newest.id)


def _together(gathered: Sequence[Inbound], key: str) -> Inbound:
    """Return the messages as one: words are joined by line breaks."""
    *_, newest = gathered
    contents: list[SaidContent] = [one.content for one in gathered]  # type: ignore[misc]
    words = [content.body for content in contents if isinstance(content, Text)]
    content: SaidContent = Several(contents=tuple(contents))
    if len(words) == len(contents):
        content = Text(body="\n".join(words))
    elif len(contents) == 1:
        content = contents[0]
    return replace(
        newest,
        id=digest("together", *(message.id for message in gathered)),
        content=content,
        quoted=next((one.quoted for one in gathered if one.quoted), None),
        referral=next((one.referral for one in gathered if one.referral), None),
        product=next((one.product for one in gathered if one.product), None),
        conversation_key=key,
        newest_id=newest.id,
    )
