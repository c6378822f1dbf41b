"""The templates of a WhatsApp Business Account, at Meta."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import Graph, GraphError, Json
from rejoinder.workbench.graph.uploads import upload
from rejoinder.workbench.templates.answers import DOCUMENTED, SEEN, Shown, shown

PAGE = 100
"""How many templates to ask for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The templates of one account."""

    graph: Graph
    """The client."""

    waba_id: str
    """The id of the account."""

    app_id: str = ""
    """The id of the app, to which examples of pictures and films are uploaded; empty for none."""

    fields: str = ",".join((*DOCUMENTED, *SEEN))
    """What to ask of each template."""

    def templates(self) -> list[Shown]:
        """Return all templates, in order. Raises GraphError."""
        try:
            found = self._asked(self.fields)
        except GraphError as error:
            if (error.code, error.subcode) != (100, 0):
                raise
            found = self._asked(",".join(DOCUMENTED))  # this version of the Graph API has not all of them
        return sorted(found, key=lambda one: (one.name, one.language))

    def _asked(self, fields: str) -> list[Shown]:
        return [shown(one) for one in self.graph.pages(self._edge, fields=fields, limit=PAGE)]

    def create(self, body: Json) -> Json:
        """Create a template in one language, and return Meta's answer. Raises GraphError."""
        return self.graph.post(self._edge, body)

    def change(self, template: Shown, body: Json) -> None:
        """Change a template in one language. Raises GraphError."""
        self.graph.post(template.id, body)

    def delete(self, template: Shown) -> None:
        """Delete a template in one language. Raises GraphError."""
        self.graph.delete(self._edge, name=template.name, hsm_id=template.id)

    def upload(self, file: Path) -> str:
        """Upload an example for the reviewers, and return its handle. Raises GraphError."""
        if not self.app_id:
            raise StackError("the secret has no app_id, and uploads need it: `rejoinder secrets` asks for it")
        return upload(self.graph, self.app_id, file)

    @property
    def _edge(self) -> str:
        return f"{self.waba_id}/message_templates"


def named(templates: Iterable[Shown], names: Iterable[str]) -> list[Shown]:
    """Return the templates with some names; all without names."""
    wanted = {*names}
    return [one for one in templates if not wanted or one.name in wanted]
