"""The parameters of template.yaml: what they are for and which values they have when nobody sets them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rejoinder.workbench.source import house

_SECTION = re.compile(r"^Parameters:\n(.*?)^\S", re.MULTILINE | re.DOTALL)
_PARAMETER = re.compile(r"^  (\w+):\n(.*?)(?=^  \w|\Z)", re.MULTILINE | re.DOTALL)
_DESCRIPTION = re.compile(r"^    Description: (?:>-\n)?((?:.+\n)(?:      .+\n)*)", re.MULTILINE)
_DEFAULT = re.compile(r"^    Default: \"?(.*?)\"?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of the template."""

    description: str
    default: str


def parameters() -> Mapping[str, Parameter]:
    """Return the parameters by their names.

    The file is ours and regular, so that no parser of YAML has to be installed for it.
    """
    found = _SECTION.search((house() / "template.yaml").read_text(encoding="utf-8"))
    section = found.group(1) if found else ""
    return {name: _parameter(text) for name, text in _PARAMETER.findall(section)}


def _parameter(text: str) -> Parameter:
    description, default = _DESCRIPTION.search(text), _DEFAULT.search(text)
    return Parameter(
        description=" ".join(description.group(1).split()) if description else "",
        default=default.group(1) if default else "",
    )
