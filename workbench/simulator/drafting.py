"""The endpoints for templates: what a business writes, finds, changes and deletes.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator import errors, fields, template_rules
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.business import StoredTemplate, template_id
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.review import Review
from rejoinder.workbench.simulator.templates import Template

NODE: Final = "MessageTemplate"
CREATIONS: Final = 100
"""How many templates may be created in an hour."""

EDITS: Final = ((24 * 3600, 1), (30 * 24 * 3600, 10))
"""How often an approved template may be edited in so many seconds."""

EDITABLE: Final = ("APPROVED", "REJECTED", "PAUSED")
LOCK_SECONDS: Final = 30 * 24 * 3600
"""How long nobody can use the name of a template that was approved and deleted, in seconds."""

FILTERS: Final = ("name", "language", "status", "category", "quality_score")
_USUAL: Final = ("name", "parameter_format", "components", "language", "status", "category", "id")
_NEVER_SET: Final = (
    *("sub_category", "library_template_name", "cta_url_link_tracking_opted_out"),
    "degrees_of_freedom_spec",
)


class Drafting:
    """Answers the requests for templates."""

    def __init__(self, network: Network, review: Review) -> None:
        self._network = network
        self._review = review

    async def templates(self, call: Call) -> JsonObject:
        given = call.parameters
        names = [*fields.asked_for(given, _USUAL), "id"]
        known = [self._fields(one) for one in self._network.templates.values()]
        fitting = [one for one in known if _fits(one, given)]
        page = fields.page([fields.picked(one, names, NODE) for one in fitting], given, call.request.url)
        if "summary" in given:
            names_ = {one["name"] for one in known}
            counts = {"total_count": len(fitting), "message_template_count": len(names_)}
            limit = self._network.settings.template_limit
            page["summary"] = {**counts, "message_template_limit": limit, "are_translations_complete": True}
        return page

    async def create(self, call: Call) -> JsonObject:
        """Keep a template. It is said to be PENDING, also when it is approved at once."""
        part = Part(call.parameters)
        name, language = part.text("name"), part.text("language")
        template_rules.check_name(name)
        template_rules.check_language(language)
        if "library_template_name" in part.value:
            raise errors.lacking("the library of templates")
        self._check_room(name, language)
        template = self._keep(name, language, part)
        self._review.submit(template)
        its_id = template_id(name, language)
        return {"id": its_id, "status": "PENDING", "category": template.category}

    async def upsert(self, call: Call) -> JsonObject:
        """Create or change a template for one-time codes in many languages."""
        part = Part(call.parameters)
        name, languages = part.text("name"), fields.texts(part, "languages")
        part.value = {"category": "AUTHENTICATION", **part.value}
        if part.text("category").upper() != "AUTHENTICATION":
            raise errors.not_one_of("category", ("AUTHENTICATION",), part.value["category"])
        template_rules.check_name(name)
        if not languages:
            raise errors.required("languages")
        for language in languages:
            template_rules.check_language(language)
        made = [self._keep(name, language, part) for language in languages]
        for template in made:
            self._review.submit(template)
        return {"data": [self._brief(name, language) for language in languages]}

    async def template(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, _USUAL), "id"]
        return fields.picked(self._fields(self._template(call.node)), names, NODE)

    async def change(self, call: Call) -> JsonObject:
        """Replace the components of a template, which is looked at anew."""
        old, part = self._template(call.node), Part(call.parameters)
        stored = self._network.stored(old)
        self._check_edit(old, stored, part)
        part.value = {
            "category": old.category,
            "components": stored.components,
            "parameter_format": stored.parameter_format,
            "message_send_ttl_seconds": stored.message_send_ttl_seconds,
            **part.value,
        }
        new = self._keep(old.name, old.language, part)
        kept = self._network.stored(new)
        kept.pauses, kept.quality = stored.pauses, stored.quality
        kept.edits = [*stored.edits, self._network.clock.now()] if old.status == "APPROVED" else stored.edits
        self._review.edited(new)
        return {"success": True, "id": call.node, "name": new.name, "category": new.category}

    async def unpause(self, call: Call) -> JsonObject:
        template = self._template(call.node)
        if template.status != "PAUSED":
            return {"success": False, "reason": "The template is not paused"}
        self._review.unpause(template)
        return {"success": True}

    async def archive(self, call: Call) -> JsonObject:
        done, failed = [], {}
        for its_id, template in self._listed(call):
            if template is None or template.status == "ARCHIVED":
                failed[its_id] = "The template does not exist, or is archived already"
            else:
                self._review.archive(template)
                done.append(its_id)
        return {"archived_templates": done, "failed_templates": failed}

    async def unarchive(self, call: Call) -> JsonObject:
        done, failed = [], {}
        for its_id, template in self._listed(call):
            if template is None or template.status != "ARCHIVED":
                failed[its_id] = "The template does not exist, or is not archived"
            else:
                self._review.unarchive(template)
                done.append(its_id)
        return {"unarchived_templates": done, "failed_templates": failed}

    async def compare(self, call: Call) -> JsonObject:
        """Say how often templates were sent. Nobody blocks the business here."""
        given = call.parameters.get("template_ids", "")
        others = given if isinstance(given, list) else str(given).split(",")
        ids = [call.node, *(str(one).strip() for one in others if str(one).strip())]
        for one in ids:
            if not self.has(one):
                raise errors.unknown_object(one, "get")
        sent = [one.template for one in self._network.sent.values() if one.template]
        uses = [template_id(one.name, one.language) for one in sent]
        counts = [{"key": one, "value": uses.count(one)} for one in ids]
        return {
            "data": [
                {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": ids},
                {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": counts},
            ]
        }

    async def delete(self, call: Call) -> JsonObject:
        """Delete a template in all its languages, or in the one that `hsm_id` names."""
        part = Part(call.parameters)
        name, hsm_id = part.text("name"), str(part.value.get("hsm_id", ""))
        gone = [
            one
            for key, one in self._network.templates.items()
            if one.name == name and hsm_id in ("", template_id(*key))
        ]
        if not gone:
            raise errors.coded(100, f"There is no template {name}")
        for one in gone:
            self._review.delete(one)
        return {"success": True}

    def has(self, node: str) -> bool:
        """Return whether an id is a template's."""
        return any(node == template_id(*key) for key in self._network.templates)

    def _template(self, node: str) -> Template:
        return next(one for key, one in self._network.templates.items() if node == template_id(*key))

    def _listed(self, call: Call) -> list[tuple[str, Template | None]]:
        """Return the templates whose ids a request lists, with commas between them."""
        ids = [one.strip() for one in Part(call.parameters).text("hsm_ids").split(",")]
        return [(one, self._template(one) if self.has(one) else None) for one in ids]

    def _brief(self, name: str, language: str) -> JsonObject:
        template = self._network.templates[name, language]
        brief = {"id": template_id(name, language), "language": language}
        return {**brief, "status": template.status, "category": template.category}

    def _fields(self, template: Template) -> JsonObject:
        stored = self._network.stored(template)
        return {
            **dict.fromkeys(_NEVER_SET),
            "id": template_id(template.name, template.language),
            "name": template.name,
            "language": template.language,
            "status": template.status,
            "category": template.category,
            "components": stored.components,
            "parameter_format": stored.parameter_format,
            "message_send_ttl_seconds": stored.message_send_ttl_seconds,
            "quality_score": {"score": stored.quality, "date": int(stored.changed_at)},
            "rejected_reason": stored.rejection.reason if stored.rejection else "NONE",
            "previous_category": stored.previous_category,
            "last_updated_time": int(stored.changed_at),
            "correct_category": stored.correct_category,
        }

    def _check_room(self, name: str, language: str) -> None:
        """Raise Meta's error when a template cannot be created now, whatever is in it."""
        network, business = self._network, self._network.business
        now = network.clock.now()
        if (name, language) in network.templates:
            raise template_rules.language_error(2388024, language)
        if now - business.deleted.get((name, language), -LOCK_SECONDS) < LOCK_SECONDS:
            raise template_rules.language_error(2388023, language)
        names = {one.name for one in network.templates.values()}
        if name not in names and len(names) >= network.settings.template_limit:
            why = f"The account has {len(names)} templates. Delete some, or verify the business."
            raise errors.template_error(2388019, "Message template limit exceeded", why)
        business.created = [at for at in business.created if now - at < 3600]
        if len(business.created) >= CREATIONS:
            raise errors.coded(80007, f"{CREATIONS} templates were created in an hour")

    def _check_edit(self, template: Template, stored: StoredTemplate, part: Part) -> None:
        now, title = self._network.clock.now(), "Message template can't be edited"
        if template.status not in EDITABLE:
            why = f"The template is {template.status}. Only {', '.join(EDITABLE)} templates can be edited."
            raise errors.template_error(2388039, title, why)
        category = str(part.value.get("category") or template.category).upper()
        if template.status == "APPROVED" and category != template.category:
            raise errors.template_error(2388039, title, "The category of an approved template is fixed.")
        for seconds, most in EDITS:
            if template.status == "APPROVED" and sum(now - at < seconds for at in stored.edits) >= most:
                why = f"An approved template can be edited {most} times in {seconds // 3600} hours."
                raise errors.template_error(2388039, title, why)

    def _keep(self, name: str, language: str, part: Part) -> Template:
        template, stored = template_rules.read(name, language, part, self._network.handles)
        now = self._network.clock.now()
        stored.changed_at = now
        if (name, language) not in self._network.templates:
            self._network.business.created.append(now)
        self._network.approve(template)
        self._network.business.templates[template_id(name, language)] = stored
        return template


def _fits(shown: JsonObject, given: JsonObject) -> bool:
    """Return whether a template is among those that a request asks for."""
    for key in FILTERS:
        value = shown["quality_score"]["score"] if key == "quality_score" else shown[key]
        wanted = given.get(key)
        if isinstance(wanted, str):
            wanted = wanted.split(",")
        if isinstance(wanted, list) and value not in wanted:
            return False
    words = str(given.get("content") or given.get("name_or_content") or "").lower()
    name = str(shown["name"]) if "name_or_content" in given else ""
    return words in f"{name} {shown['components']}".lower()
