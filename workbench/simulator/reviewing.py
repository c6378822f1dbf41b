"""The rules by which the network approves or rejects a template that was written without an error.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-review
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rejoinder.workbench.simulator.business import Rejection
from rejoinder.workbench.simulator.templates import VARIABLE, Template

REASONS: Final = (
    *("ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "INVALID_FORMAT", "PROMOTIONAL", "SCAM"),
    "TAG_CONTENT_MISMATCH",
)
"""Why a template may be rejected."""

_ADJACENT: Final = re.compile(r"\}\}\s*\{\{")
_BRACES: Final = re.compile(r"\{\{|\}\}")


def fault_of(template: Template, others: Iterable[Template]) -> Rejection | None:
    """Return why a template is rejected; None when it is approved."""
    return _malformed(f"{template.header}\n{template.body}") or _repeated(template, others)


def _malformed(text: str) -> Rejection | None:
    if _ADJACENT.search(text):
        return _invalid(
            "Your template has parameters placed next to each other (like {{1}}{{2}}) without text or "
            "punctuation between them.",
            "Separate parameters with descriptive text and ensure each parameter is clearly contextualized.",
        )
    if _BRACES.search(VARIABLE.sub("", text)):
        return _invalid(
            "Your template has parameters with special characters, or braces that do not match.",
            "Write each parameter as {{1}} or {{name}}, without characters such as #, $ or %.",
        )
    numbers = sorted({int(name) for name in VARIABLE.findall(text.partition("\n")[2]) if name.isdecimal()})
    if numbers != list(range(1, len(numbers) + 1)):
        return _invalid(
            "The parameters of your template are not sequential.",
            "Number the parameters {{1}}, {{2}} and so on, without a gap.",
        )
    return None


def _repeated(template: Template, others: Iterable[Template]) -> Rejection | None:
    if template.category == "AUTHENTICATION":
        return None  # all of them have the same words
    for other in others:
        is_other = (other.name, other.language) != (template.name, template.language)
        if is_other and (other.body, other.footer) == (template.body, template.footer):
            return _invalid(
                f"Your template has the same body and footer as the template {other.name}.",
                "Use the template that there is, or change the words.",
            )
    return None


def _invalid(why: str, recommendation: str) -> Rejection:
    return Rejection(reason="INVALID_FORMAT", why=why, recommendation=recommendation)
