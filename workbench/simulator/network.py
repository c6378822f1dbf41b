"""The network's state and rules: numbers, contacts, windows, rates, messages, receipts. It does no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rejoinder.workbench.simulator import contacts, errors, wamid
from rejoinder.workbench.simulator.business import Business, Number, StoredTemplate, template_id
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.contacts import Contact, PhoneBook
from rejoinder.workbench.simulator.drafted import components_of, parameter_format
from rejoinder.workbench.simulator.health import Health
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.media import MediaShelf, Session
from rejoinder.workbench.simulator.pace import Bucket
from rejoinder.workbench.simulator.pricing import Audience, Price, Prices, tier_of
from rejoinder.workbench.simulator.records import Said, Sent
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.templates import Template
from rejoinder.workbench.simulator.validation import Receipt, Request

WINDOW_SECONDS: Final = 24 * 3600
"""How long the service window stays open, in seconds:
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages."""


class Network:
    """Everything that `/sim/reset` forgets, and the rules for messages."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.shelf = MediaShelf(clock)
        self.reset()

    def reset(self) -> None:
        """Forget contacts, messages and rates, and go back to the templates of the settings."""
        self.business = Business(
            reviews_by_hand=not self.settings.approves_templates,
            messaging_limit=tier_of(self.settings.messaging_limit),
        )
        self.templates: dict[tuple[str, str], Template] = {}
        for template in self.settings.templates:
            self.approve(template)
        self.phone_book = PhoneBook()
        self.sent: dict[str, Sent] = {}
        self.said: dict[str, Said] = {}
        self.receipts: list[JsonObject] = []
        self.shelf.clear()
        self.uploads: dict[str, Session] = {}
        self.handles: dict[str, str] = {}
        self.health = Health()
        self.paused: dict[tuple[str, str], str] = {}
        self.numbers = {number: self._number_of(number) for number in self.settings.phone_numbers}
        self.history: list[Said | Sent] = []
        self._window_closes_at: dict[tuple[str, Contact], float] = {}
        self._pairs: dict[tuple[str, Contact], Bucket] = {}
        self._numbers: dict[str, Bucket] = {}
        self.prices = Prices()
        self.stopped: set[tuple[str, Contact]] = set()
        self._audience = Audience(self.settings.messaging_limit)

    def _number_of(self, phone_number_id: str) -> Number:
        is_working = phone_number_id not in self.settings.unverified
        return Number(verified=is_working, registered=is_working)

    def approve(self, template: Template) -> None:
        """Add a template. It replaces one with the same name and language."""
        self.forget(template)
        self.templates[template.name, template.language] = template

    def forget(self, template: Template) -> None:
        """Remove a template, and what is kept of it."""
        self.templates.pop((template.name, template.language), None)
        self.business.templates.pop(template_id(template.name, template.language), None)

    def stored(self, template: Template) -> StoredTemplate:
        """Return what is kept of a template beside what a message needs."""
        return self.business.templates.setdefault(
            template_id(template.name, template.language),
            StoredTemplate(components=components_of(template), parameter_format=parameter_format(template)),
        )

    def status_of(self, template: Template) -> str:
        """Return the status of a template as it is now."""
        now = self.templates.get((template.name, template.language))
        return now.status if now else "DELETED"

    # -- from the contact ---------------------------------------------------------------------------------

    def contact_of(self, sender: str) -> Contact:
        """Return the contact who writes from a number (digits) or under a user id."""
        if contacts.is_user_id(sender):
            return self.phone_book.with_user_id(sender)
        return self.phone_book.with_phone(sender)

    def hear(self, said: Said) -> None:
        """Record a contact's message. It opens the service window until 24 hours after the message."""
        if said.id in self.said:
            return
        self.said[said.id] = said
        self.history.append(said)
        self._number(said.phone_number_id).spend(self.clock.now())
        key = (said.phone_number_id, said.contact)
        closes_at = min(said.at, self.clock.now()) + WINDOW_SECONDS
        self._window_closes_at[key] = max(closes_at, self._window_closes_at.get(key, 0.0))
        if "referral" in said.content:
            self.prices.came_from_ad(said.phone_number_id, said.contact, said.at)

    def prefer(self, phone_number_id: str, contact: Contact, *, marketing: bool) -> None:
        """Let a contact stop or resume the marketing of a number."""
        if marketing:
            self.stopped.discard((phone_number_id, contact))
        else:
            self.stopped.add((phone_number_id, contact))

    def tapped(self, contact: Contact, tap: str, phone_number_id: str | None) -> tuple[Sent, Choice] | None:
        """Return the newest message to the contact with a choice of this title or id, and the choice."""
        for record in reversed(self.history):
            if not isinstance(record, Sent) or record.contact is not contact or record.doomed:
                continue
            if phone_number_id not in (None, record.phone_number_id):
                continue
            for choice in record.choices:
                if tap in (choice.title, choice.id):
                    return record, choice
        return None

    def window_closes_at(self, phone_number_id: str, contact: Contact) -> float:
        """Return when the service window closes, or has closed; 0 when it was never open."""
        return self._window_closes_at.get((phone_number_id, contact), 0.0)

    # -- from the business --------------------------------------------------------------------------------

    def whom(self, phone_number_id: str, request: Request) -> Contact | None:
        """Return the contact of a request; `to` wins over `recipient`.

        None for a user id in `to`: Meta accepts such a message and never delivers it.
        """
        if request.to is None:
            return self._by_user_id(request)
        if request.to_group:
            return self.phone_book.group(request.to)
        if contacts.is_user_id(request.to):
            return None
        number = contacts.digits(request.to)
        if not contacts.is_phone(number):
            raise errors.invalid("to: not a phone number")
        if number == self.settings.phone_numbers[phone_number_id]:
            raise errors.coded(131021)
        return self.phone_book.dialled(number)

    def accept(
        self, phone_number_id: str, request: Request, contact: Contact | None, body: JsonObject
    ) -> Sent:
        """Accept a message request to the contact found by `whom`. Raises Meta's error above the rate."""
        if not self.numbers[phone_number_id].registered:
            raise errors.coded(133010)
        self._keep_pace(phone_number_id, contact)
        template = request.content.template
        doomed = self._doom(phone_number_id, contact, request) if contact else None
        sent = Sent(
            id=wamid.sent(contact.id if contact else contacts.digits(request.to or "")),
            phone_number_id=phone_number_id,
            contact=contact,
            address={"to": request.to} if request.to else {"recipient": request.recipient},
            body=body,
            at=self.clock.now(),
            text=request.content.text,
            choices=request.content.choices,
            template=template,
            price=self._price(phone_number_id, contact, template, doomed),
            callback_data=request.callback_data,
            doomed=doomed,
            reaction=request.content.reacts_to is not None,
        )
        self.sent[sent.id] = sent
        self.history.append(sent)
        return sent

    def read(self, phone_number_id: str, receipt: Receipt) -> None:
        """Mark a message of a contact, and those before it, as read."""
        said = self.said.get(receipt.message_id)
        if said is None or said.phone_number_id != phone_number_id:
            raise errors.invalid("Message id is unknown")
        for earlier in self.said.values():
            if earlier.contact is said.contact and earlier.phone_number_id == phone_number_id:
                earlier.state = "read"
            if earlier is said:
                break
        entry = {"message_id": said.id, "phone_number_id": phone_number_id, "typing": receipt.typing}
        self.receipts.append({**entry, "at": self.clock.now()})

    def _by_user_id(self, request: Request) -> Contact:
        user_id = request.recipient or ""
        if not contacts.is_user_id(user_id):
            raise errors.invalid("recipient: not a business-scoped user id")
        template = request.content.template
        if template and template.category == "AUTHENTICATION":
            raise errors.coded(131062)
        # An unknown user id is not remembered: nobody has it, and the message fails.
        return self.phone_book.find(user_id) or Contact(user_id=user_id, wa_id=None)

    def _keep_pace(self, phone_number_id: str, contact: Contact | None) -> None:
        now = self.clock.now()
        if not self._number(phone_number_id).spend(now):
            raise errors.coded(130429)
        if contact is None:
            return
        pair = (phone_number_id, contact)
        fresh = Bucket(self.settings.pair_burst, self.settings.pair_seconds, now)
        if not self._pairs.setdefault(pair, fresh).spend(now):
            raise errors.coded(131056)

    def _number(self, phone_number_id: str) -> Bucket:
        rate = self.settings.messages_per_second
        fresh = Bucket(rate, 1 / rate, self.clock.now())
        return self._numbers.setdefault(phone_number_id, fresh)

    def _doom(self, phone_number_id: str, contact: Contact, request: Request) -> int | None:
        """Return the error code with which the accepted message will fail; None when it will not fail."""
        if self.phone_book.find(contact.user_id) is None:
            return 131026
        if contact in self.numbers[phone_number_id].blocked:
            return 130403
        reacts_to = request.content.reacts_to
        if reacts_to and reacts_to not in self.said and reacts_to not in self.sent:
            return 131009
        if request.content.template is None:
            return None if self.is_open(phone_number_id, contact) else 131047
        return self._doom_of_template(phone_number_id, contact, request.content.template)

    def _doom_of_template(self, phone_number_id: str, contact: Contact, template: Template) -> int | None:
        if template.category == "MARKETING" and (phone_number_id, contact) in self.stopped:
            return 131050
        if self.is_open(phone_number_id, contact) or self._audience.reach(contact, self.clock.now()):
            return None
        return 131048

    def is_open(self, phone_number_id: str, contact: Contact) -> bool:
        """Return whether a contact wrote to a number in the last 24 hours. For a group, say yes."""
        return contact.is_group or self.clock.now() < self._window_closes_at.get(
            (phone_number_id, contact), 0.0
        )

    def _price(
        self, phone_number_id: str, contact: Contact | None, template: Template | None, doomed: int | None
    ) -> Price:
        category = template.category.lower() if template else "service"
        if contact is None or doomed is not None:
            return Price(type="regular" if template else "free_customer_service", category=category)
        return self.prices.of(phone_number_id, contact, category, self.clock.now())

    # -- the transcript -----------------------------------------------------------------------------------

    def _named(self, record: Said | Sent) -> JsonObject:
        """Return the name that a file in a message, or above its words, had when it was uploaded, if any."""
        body = record.content if isinstance(record, Said) else record.body
        part = body.get(str(body.get("type", "")).lower())
        header = part.get("header") if isinstance(part, dict) else None
        part = header.get(str(header.get("type"))) if isinstance(header, dict) else part
        medium = self.shelf.get(str(part.get("id"))) if isinstance(part, dict) else None
        return {"filename": medium.filename} if medium and medium.filename else {}

    def transcript(self, contact_id: str | None) -> Iterator[JsonObject]:
        """Yield what a contact's phone shows, oldest first; for all contacts when none is named."""
        contact = self.phone_book.find(contact_id) if contact_id else None
        for record in self.history:
            if record.contact is None or (contact_id and record.contact is not contact):
                continue
            yield {**record.line(), **self._named(record)}
