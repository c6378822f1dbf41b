"""One run: who says what and when, what goes wrong outside the ports, and how the run ends."""

from collections.abc import Callable

from rejoinder.aws.stored.at_gate import read_outbound
from rejoinder.aws.stored.bodies import dump_update, read_update
from rejoinder.channels import channel_of
from rejoinder.model.contents import Text
from rejoinder.model.messages import TurnMessages
from rejoinder.model.own import Release
from rejoinder.model.updates import Inbound
from tests.simulation.bots import LINK, TROUBLE, WAITING_WORDS, WORDS
from tests.simulation.choices import Choices
from tests.simulation.meta import ACCOUNT, Ids, signed
from tests.simulation.oracle import judge, judge_the_end
from tests.simulation.telegramnet import BOT
from tests.simulation.toynet import TOY
from tests.simulation.world import SOMEBODY, START, Violation, World, stage

TOM = "9001"
"""The toy's contact. The number is not a phone number."""

TESS = 7100000001
"""Telegram's contact."""

NAMES = ("Ada", "Bob", "Cleo", "Dan")
GAPS = (1.0, 0.0, 0.0, 3.0, 30.0, 200.0, 700.0, 90_000.0)
"""The pauses between two messages, in seconds."""

OUTAGES = (20, 300, 4000)
"""How long the network fails on every message, in seconds."""

MAX_SAID = 12

MODES = ("phone", "both", "phone, then both", "user", "changes user id", "changes number")
DIALOG = ("7", "no number", "7", TROUBLE)


class Play:
    """One run. `perform` plays it, and the oracle judges it."""

    def __init__(self, choices: Choices, story: list[str] | None = None) -> None:
        self.world = World(choices, story)
        self.choices = choices
        self.contacts: list[Ids] = []
        self.modes: list[str] = []
        self.said = 0
        self.is_redriving = False
        self.changed_at: dict[str, float] = {}
        self.plays_with_toy = self.plays_with_telegram = False

    def perform(self) -> None:
        """Play the run. Raise Violation if a rule is broken."""
        with stage(self.world):
            self._write()
            self.world.run()
            judge(self.world)
            for contact in self.contacts:
                contact.shows = "both"
                self._says(contact, "hurry")
            if self.plays_with_toy:
                self._says_to_toy("hurry")
            if self.plays_with_telegram:
                self._says_to_telegram("hurry")
            self.world.run()
            judge(self.world)
            judge_the_end(self.world)

    # --- the script -------------------------------------------------------------------------------------

    def _write(self) -> None:
        draw, world = self.choices.draw, self.world
        modes = [MODES[draw(len(MODES))] for _ in NAMES]
        for name, mode in zip(NAMES[: 1 + draw(4)], modes, strict=False):
            place = len(self.contacts)
            shows = "both" if mode.startswith(("both", "changes")) else mode.partition(",")[0]
            contact = Ids(name=name, phone=f"1555000{place}", user_id=f"US.{place}", shows=shows)
            self._owns(contact)
            self.contacts.append(contact)
            self.modes.append(mode)
        others = draw(4)
        self.plays_with_toy, self.plays_with_telegram = others % 2 == 1, others >= 2
        if self.plays_with_toy:
            self.world.owners[TOM] = "Tom"
        if self.plays_with_telegram:
            self.world.owners[str(TESS)] = "Tess"
        at = START + 1
        for _ in range(MAX_SAID):
            # The same numbers are drawn in both cases, so leaving out one event changes no other.
            is_said, gap = draw(3) > 0, GAPS[draw(len(GAPS))]
            do = self._plan()
            if is_said:
                at += gap
                world.at(at, do)
        at += 60
        world.calm_at = at + (0, 600, 100_000)[draw(3)]
        world.at(world.calm_at, self._all_is_well)

    def _owns(self, contact: Ids) -> None:
        self.world.owners[contact.phone] = self.world.owners[contact.user_id] = contact.name

    def _plan(self) -> Callable[[], None]:
        """Return one event of the script, chosen by chance."""
        place = self.choices.draw(4) % len(self.contacts)
        contact, mode, world = self.contacts[place], self.modes[place], self.world
        what, word, answer = self.choices.draw(48), self.choices.draw(len(WORDS)), self.choices.draw(8)
        says = DIALOG[answer - 4] if answer >= 4 else WORDS[word]
        if what in (40, 41, 42) and self.plays_with_toy:
            return lambda: self._says_to_toy(says)
        if what < 14 and self.plays_with_telegram:
            return self._plans_on_telegram(contact, what, says, number=answer)
        seldom: dict[int, Callable[[], None]] = {
            **dict.fromkeys((39, 43, 44, 45), self._rolls_back),
            38: self._rolls_back,
            37: self._rolls_out,
            **dict.fromkeys((31, 36, 46, 47), lambda: self._redrives(stops_at=3 - self.choices.draw(4))),
            35: lambda: self._shuts_the_window(contact),
            34: lambda: self._shuts_the_window(contact),
            33: self._breaks_the_network,
            32: self._hides_the_secret,
            30: lambda: self._prefers(contact),
            29: self._releases_a_bot,
            28: self._breaks_the_token,
            27: self._rotates_the_secret,
            26: lambda: self._echoes(contact),
            25: lambda: self._prefers(contact),
            24: lambda: self._releases(contact),
            23: self._forges,
            22: self._tells_nonsense,
            **dict.fromkeys((14, 15, 16), world.meta.of_templates.changes),
            17: world.syncs,
        }
        changes = mode.startswith("changes") or "then" in mode
        if what in (18, 19, 20, 21) and changes:
            return lambda: self._changes(contact, mode)
        return seldom.get(what) or (lambda: self._says(contact, says))

    def _all_is_well(self) -> None:
        """Repair everything that was broken."""
        world = self.world
        world.meta.token_is_good = True
        world.meta.blocked_until = world.meta.down_until = world.secrets.hidden_until = 0.0
        world.is_rolled_back = world.is_rolling_out = False
        if self.is_redriving:
            self._redrives()
        self._puts_back_unreadable()
        world.tell_story("world", "from here on nothing goes wrong any more")
        # It is done several times, because a wake-up that comes during a handoff is put off again.
        for hours in (0.1, 1.5, 3.5, 7.5):
            world.at(world.now + hours * 3600, self._releases_all)

    def _releases_all(self) -> None:
        for conversation in self.world.store.conversations.values():
            if conversation.handoff:
                self._tells_release(conversation.user_id or conversation.contact_ids[-1])

    def _next_id(self, label: str) -> str:
        self.said += 1
        return f"wamid.{self.said}.{label}"

    def _says(self, contact: Ids, word: str) -> None:
        label = f"{contact.name}'s {word!r}"
        kind = self.choices.draw(12)
        body: dict[str, object] = {"type": "text", "text": {"body": word}}
        if kind == 11:
            others: tuple[dict[str, object], ...] = (
                {"type": "reaction", "reaction": {"message_id": "wamid.out1", "emoji": "x"}},
                {"type": "edit", "edit": {"original_message_id": "wamid.1", "message": body}},
                {"type": "revoke", "revoke": {"original_message_id": "wamid.1"}},
            )
            body = others[self.said % 3]
            label = f"{contact.name}'s {body['type']}"
        elif kind == 9:
            name = ("image", "document")[self.said % 2]
            label = f"{contact.name}'s {name}"
            body = {"type": name, name: self.world.meta.files.of_contact(f"{label} {self.said} ")}
        elif kind == 10:
            body = {"type": "of_tomorrow"}
            label = f"{contact.name}'s unknown type"
        id = self._next_id(word)
        label = f"{label} ({self.said})"
        item = self.world.meta.message(label, contact, {"id": id, **body})
        self.world.names[item.hashed_id] = label
        self.world.meta.tell(item, float(self.choices.draw(4)))
        if word in WAITING_WORDS and self.said % 3:  # while something waits for them, or just when it is over
            again = (27, 46)[self.said % 2] * 3600 + self.choices.draw(3)
            self.world.at(self.world.now + again, lambda: self._says(contact, "hi"))

    def _says_to_toy(self, word: str) -> None:
        label = f"Tom's {word!r} ({self.said + 1})"
        self.world.toy.says(TOM, self._next_id(word), word, label)

    def _plans_on_telegram(self, contact: Ids, what: int, says: str, *, number: int) -> Callable[[], None]:
        """Return one event of the script that happens on Telegram, or on both networks."""
        world = self.world
        special: dict[int, Callable[[], None]] = {
            7: lambda: self._chooses("buttons", number),
            8: lambda: self._chooses("choose", number),
            9: lambda: self._says_to_telegram("STOP"),
            10: lambda: self._says_to_telegram("START"),
            11: lambda: world.telegram.blocks(TESS, "Tess"),
            12: lambda: self._links(contact, starts_here=number % 2 == 0),
            13: lambda: self._links(contact, starts_here=number % 2 == 0),
        }
        return special.get(what) or (lambda: self._says_to_telegram(says))

    def _says_to_telegram(self, word: str) -> None:
        self.said += 1
        self.world.telegram.says(TESS, "Tess", word, f"Tess's {word!r} ({self.said})")

    def _chooses(self, word: str, number: int) -> None:
        """Ask for buttons, and tap one of them or an older one; the network may tell a tap late."""
        self._says_to_telegram(word)
        for pause in (20.0, 300.0)[: 1 + number % 2]:
            self.world.at(
                self.world.now + pause, lambda: self.world.telegram.taps_newest(TESS, "Tess", number // 4)
            )

    def _links(self, contact: Ids, *, starts_here: bool) -> None:
        """Let a person link two conversations, by the code that one of them was told."""
        if starts_here:
            self._types(contact, "link code")
        else:
            self._says_to_telegram("link code")
        self.world.at(self.world.now + 40, lambda: self._takes_code(contact, starts_here=starts_here))

    def _takes_code(self, contact: Ids, *, starts_here: bool) -> None:
        owners, who = self.world.owners, contact.name if starts_here else "Tess"
        told = [
            one.content.body
            for one in self.world.meta.accepted
            if isinstance(one.content, Text)
            and LINK.fullmatch(one.content.body)
            and who in (owners.get(one.contact.id), owners.get(one.contact.user_id or ""))
        ]
        if not told:
            return
        if starts_here:
            self._says_to_telegram(told[-1])
        else:
            self._types(contact, told[-1])

    def _types(self, contact: Ids, words: str) -> None:
        """Say words on WhatsApp, and nothing else in their place."""
        body: dict[str, object] = {"type": "text", "text": {"body": words}}
        label = f"{contact.name}'s {words!r} ({self.said + 1})"
        item = self.world.meta.message(label, contact, {"id": self._next_id("typed"), **body})
        self.world.names[item.hashed_id] = label
        self.world.meta.tell(item, float(self.choices.draw(3)))

    def _changes(self, contact: Ids, mode: str) -> None:
        if mode == "phone, then both" and contact.shows == "phone":
            contact.shows = "both"
            return
        if self.world.now < self.changed_at.get(contact.name, 0.0) + 60:
            return  # nobody changes twice in a minute
        self.changed_at[contact.name] = self.world.now
        number = contact.phone
        is_given_on = mode != "changes user id" and self.choices.draw(2)
        system: dict[str, object] = {"type": "user_changed_number", "wa_id": f"{contact.phone}9"}
        after = Ids(contact.name, contact.phone + "9", contact.user_id, "both")
        if mode == "changes user id":
            after = Ids(contact.name, contact.phone, contact.user_id + "9", "both")
            system = {
                "type": "user_changed_user_id",
                "previous_user_id": contact.user_id,
                "user_id": after.user_id,
            }
        label = f"{contact.name} {system['type']}"
        message = {"id": self._next_id("system"), "type": "system", "system": system}
        item = self.world.meta.message(label, contact, message, spoken=False)
        self.world.names[item.hashed_id] = label
        # The contact may write before this notice arrives.
        self.world.meta.tell(item, float(self.choices.draw(60)))
        if is_given_on:
            self.world.at(self.world.now + 7200, lambda: self._takes_over(number, item.hashed_id))
        self._is_now(contact, after)

    def _is_now(self, contact: Ids, after: Ids) -> None:
        contact.phone, contact.user_id, contact.shows = after.phone, after.user_id, after.shows
        self._owns(contact)

    def _takes_over(self, phone: str, notice: str) -> None:
        """Give the number that a contact gave up to a stranger, who then writes to us as well.

        In reality that takes months, and no notice of a change stays unhandled for so long. So this waits for
        the notice.
        """
        marker = self.world.store.markers.get(notice)
        if marker is None or not marker.finished:
            self.world.at(self.world.now + 3600, lambda: self._takes_over(phone, notice))
            return
        place = len(self.contacts)
        stranger = Ids(name=f"Stranger {place}", phone=phone, user_id=f"US.{place}", shows="both")
        self._owns(stranger)
        self.world.owners[phone] = SOMEBODY
        self.world.taken_over[phone] = (stranger.name, self.world.now)
        self.contacts.append(stranger)
        self._says(stranger, WORDS[self.choices.draw(len(WORDS))])
        if self.choices.draw(2):  # the network tries for days to deliver something
            self.world.at(self.world.now + 90, lambda: self._echoes_late(phone, self.world.now - 4000))

    def _echoes_late(self, phone: str, at: float) -> None:
        """Deliver, late, the echo of an answer to the former owner of the number."""
        what = {"id": self._next_id("echo"), "type": "text", "to": phone}
        item = self.world.meta.aside("a late echo", "smb_message_echoes", "message_echoes", what, at=at)
        self.world.names[item.hashed_id] = "late echo"
        self.world.meta.tell(item)

    def _breaks_for(self, hashed_id: str) -> None:
        """Make the bot always fail on this update, in one of four cases."""
        if self.choices.one_in(4):
            self.world.outside.broken.add(hashed_id)

    def _echoes(self, contact: Ids) -> None:
        to = {"to": contact.phone} if contact.shows != "user" else {"to_user_id": contact.user_id}
        what = {"id": self._next_id("echo"), "type": "text", **to}
        item = self.world.meta.aside("an echo", "smb_message_echoes", "message_echoes", what)
        self.world.names[item.hashed_id] = f"echo to {contact.name}"
        self._breaks_for(item.hashed_id)
        self.world.meta.tell(item)

    def _prefers(self, contact: Ids) -> None:
        """Deliver the contact's wish about offers. A changed mind may arrive before the first wish."""
        first, second = (("stop", "resume"), ("resume", "stop"))[self.choices.draw(2)]
        self._wishes(contact, first)
        if self.choices.draw(3) == 2:
            self.world.at(self.world.now + 2, lambda: self._wishes(contact, second))

    def _wishes(self, contact: Ids, value: str) -> None:
        what = {"wa_id": contact.phone, "value": value}
        label = f"{contact.name}'s wish: {value}"
        item = self.world.meta.aside(label, "user_preferences", "user_preferences", what)
        self.world.names[item.hashed_id] = label
        self._breaks_for(item.hashed_id)
        self.world.meta.tell(item, (0.0, 0.0, 5.0, 60.0)[self.choices.draw(4)])

    def _releases(self, contact: Ids) -> None:
        release = self._tells_release(contact.phone if contact.shows == "phone" else contact.user_id)
        self._breaks_for(release.hashed_id)

    def _tells_release(self, contact_id: str) -> Inbound:
        account = {TOM: TOY, str(TESS): BOT}.get(contact_id, ACCOUNT)
        told = channel_of(account).contact_of(contact_id)
        assert told, "every id names somebody"
        release = Inbound(
            id=self._next_id("release"), account=account, contact=told, at=self.world.now, content=Release()
        )
        self.world.names[release.hashed_id] = f"release of {self.world.owners[contact_id]}"
        self.world.updates.put(release)
        return release

    def _releases_a_bot(self) -> None:
        self.world.bot.release = 1 - self.world.bot.release
        self.world.tell_story("operator", f"deploys release {self.world.bot.release} of the bot")

    def _redrives(self, *, stops_at: int = 0) -> None:
        """Redrive as `make redrive ITEMS=all` does. It may stop halfway; then it is begun again later."""
        world = self.world
        for held in [one for one in world.dead.heads() if '"cause"' in one.body]:
            update = read_update(held.body)
            world.tell_story("operator", f"puts {world.name(update.hashed_id)} back")
            if world.store.unpark(update):
                world.redriven[update.hashed_id] += 1
                if stops_at == 1:
                    self.is_redriving = True
                    return
                world.inbound.put(update.group, f"{held.id} {world.now}", dump_update(update), world.now)
            if stops_at == 2:
                self.is_redriving = True
                return
            world.dead.delete(held)

    def _rolls_back(self) -> None:
        """Deploy the earlier version again, and after a while the present one."""
        world = self.world
        if not world.changed or world.is_rolled_back or world.is_rolling_out:
            return
        world.is_rolled_back = True
        world.tell_story("operator", f"rolls back; since then these changed: {', '.join(world.changed)}")

        def forward() -> None:
            if world.is_rolled_back:
                world.is_rolled_back = False
                world.tell_story("operator", "deploys the present version again")

        world.at(world.now + (20, 600, 9000)[self.choices.draw(3)], forward)
        # A preference leaves a talk in progress alone.
        if self.choices.draw(2):
            world.at(world.now + 2, self._all_wish)

    def _rolls_out(self) -> None:
        """Deploy the next release step by step: an invocation is of the old version, or of the new one."""
        world = self.world
        if world.is_rolled_back or world.is_rolling_out:
            return
        self._releases_a_bot()
        world.is_rolling_out = True

        def end() -> None:
            if world.is_rolling_out:
                world.is_rolling_out = False
                world.tell_story("operator", "all traffic goes to the new version")

        world.at(world.now + (20, 300, 600)[self.choices.draw(3)], end)

    def _all_wish(self) -> None:
        for contact in self.contacts:
            self._wishes(contact, "stop")

    def _puts_back_unreadable(self) -> None:
        """Put back, as `make redrive ITEMS=all` does, the messages that could not be read when they came."""
        world = self.world
        for dead, queue in ((world.dead, world.inbound), (world.outbound_dead, world.outbound)):
            while held := next((one for one in dead.heads() if '"cause"' not in one.body), None):
                world.tell_story("operator", f"puts {held.id} back")
                if dead is world.dead:
                    world.put_back.update(world.updates_in(held.body))
                elif isinstance(turn := read_outbound(held.body), TurnMessages):
                    world.put_back.add(turn.correlation_id)
                queue.put(held.group, f"{held.id} {world.now}", held.body, world.now)
                dead.delete(held)

    def _breaks_the_token(self) -> None:
        meta = self.world.meta
        meta.token_is_good = False
        self.world.tell_story("network", "the token has expired")

        def renew() -> None:
            meta.token_is_good = True
            self.world.tell_story("operator", "renews the token")

        self.world.at(self.world.now + (20, 300, 4000)[self.choices.draw(3)], renew)

    def _breaks_the_network(self) -> None:
        meta = self.world.meta
        meta.down_until = self.world.now + OUTAGES[self.choices.draw(3)]
        self.world.tell_story("network", "fails over every message, for a while; some it takes all the same")

    def _shuts_the_window(self, contact: Ids) -> None:
        """Let the network believe that this contact has been silent for a long time."""
        self.world.meta.heard_at[contact.name] = 0.0
        self.world.tell_story("network", f"holds the window of {contact.name} to be closed")

    def _hides_the_secret(self) -> None:
        self.world.secrets.hidden_until = self.world.now + (20, 400)[self.choices.draw(2)]
        self.world.tell_story("operator", "denies the ingress its secret, for a while")

    def _rotates_the_secret(self) -> None:
        world = self.world
        if len(world.secrets.values) > 1 and world.secrets.values[0] != world.meta.secret:
            return  # the last rotation is not over
        secret = f"secret {world.now}"
        world.secrets.values = (secret, world.meta.secret)
        world.tell_story("operator", "puts in a new app secret, beside the previous one")

        def switch() -> None:
            world.meta.secret = secret
            world.tell_story("network", "signs with the new secret")

        world.at(world.now + self.choices.draw(400), switch)

    def _forges(self) -> None:
        meta = self.world.meta
        item = meta.message("forged", Ids("Eve", "666", "US.666"), {"id": "forged"}, spoken=False)
        body = meta.body([item])
        status = self.world.ingress(signed(body, "a guess"))
        if status == 200:
            raise Violation("an unsigned body is answered 401", f"{status}")

    def _tells_nonsense(self) -> None:
        meta = self.world.meta
        item = meta.message("nonsense", self.contacts[0], {"id": "nonsense"}, spoken=False)
        item.change["value"]["messages"] = ["nonsense"]
        item.is_misfit = True
        meta.tell(item)


def perform(choices: Choices, story: list[str] | None = None) -> Violation | None:
    """Play a run with `choices`, and return the violation if there is one."""
    play = Play(choices, story)
    try:
        play.perform()
    except Violation as violation:
        return violation
    except Exception as error:
        return Violation("only functions fail", f"{type(error).__name__}: {error}")
    return None
