"""The JSON Schema of a template's file, by which editors complete and check it.

`python -m rejoinder.workbench.templates.schema` writes the one of `bot/`.
"""

import ast
import inspect
import json
from pathlib import Path
from typing import Any, get_args

from rejoinder.bot.templates.catalog import FOLDER
from rejoinder.bot.templates.reading import BUTTON_KEYS, CATEGORIES, FILES, FLOW_ACTIONS, OTP
from rejoinder.model import written
from rejoinder.model.written import HeaderKind

NAME = "schema.json"
"""The name of the schema, beside the files of the templates."""

COMMENT = f"# yaml-language-server: $schema={NAME}\n# $schema: {NAME}\n"
"""The first lines of a file: one for VS Code with its YAML extension, one for JetBrains."""

Json = dict[str, Any]

_TEXT: Json = {"type": ["string", "number", "boolean"]}
"""A text, as it is written: 42 and true are texts, too."""

_EXAMPLES: Json = {"type": "object", "minProperties": 1, "additionalProperties": _TEXT}


def write(folder: Path) -> None:
    """Write the schema beside the templates of the bot in `folder`, if it has any."""
    if (folder / FOLDER).is_dir():
        (folder / FOLDER / NAME).write_text(json.dumps(schema(), indent=1) + "\n", encoding="utf-8")


def schema() -> Json:
    """Return the schema."""
    told = _docs()
    top = told["WrittenTemplate"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A template of a bot",
        **_object(
            {
                "category": {"enum": [*CATEGORIES]},
                "ttl_seconds": {"type": "integer"},
                "fallback": _TEXT,
                "languages": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": _wording(told),
                },
            },
            top,
            "category languages",
        ),
    }


def _wording(told: dict[str, Json]) -> Json:
    buttons = {"type": "array", "items": _button(told["WrittenButton"])}
    header = _header(told["WrittenHeader"])
    card = {"header": header, "body": _TEXT, "buttons": buttons, "examples": _EXAMPLES}
    offer = {"text": _TEXT, "expires": {"type": "boolean"}}
    return _object(
        {
            "header": header,
            "body": _TEXT,
            "footer": _TEXT,
            "buttons": buttons,
            "cards": {"type": "array", "items": _object(card, told["WrittenCard"], "header")},
            "offer": _object(offer, told["WrittenOffer"], "text"),
            "examples": _EXAMPLES,
            "security_note": {"type": "boolean"},
            "code_minutes": {"type": "integer"},
        },
        told["Wording"],
    )


def _header(told: Json) -> Json:
    kinds: dict[str, Json] = {
        kind: _TEXT if kind in FILES else {"const": True} for kind in get_args(HeaderKind) if kind != "text"
    }
    named = {"text": _TEXT | {"description": told["text"]}, "example": _TEXT}
    alone = [
        _object({kind: value}, {kind: told["example"]} if kind in FILES else {}, kind)
        for kind, value in kinds.items()
    ]
    return {"anyOf": [_TEXT, _object(named, {}, "text"), *alone]}


def _button(told: Json) -> Json:
    app = _object({"package": _TEXT, "hash": _TEXT}, {}, "package hash")
    values: Json = {
        "otp": {"enum": [*OTP]},
        "apps": {"type": "array", "items": app},
        "accepts_zero_tap_terms": {"type": "boolean"},
        "flow_action": {"enum": [*FLOW_ACTIONS]},
        "minutes": {"type": "integer"},
    }
    kinds = []
    for kind, (needed, optional) in BUTTON_KEYS.items():
        keys = {"type": {"const": kind}}
        keys |= {name: values.get(name, _TEXT) for name in f"{needed} {optional}".split()}
        kinds.append(_object(keys, told, f"type {needed}"))
    return {"oneOf": kinds}


def _object(properties: dict[str, Json], told: Json, needed: str = "") -> Json:
    described = {
        name: value | ({"description": told[name]} if name in told else {})
        for name, value in properties.items()
    }
    required = {"required": needed.split()} if needed else {}
    return {"type": "object", "properties": described, "additionalProperties": False} | required


def _docs() -> dict[str, Json]:
    """Return what the docstrings of the values say of their fields, by class."""
    told: dict[str, Json] = {}
    for node in ast.parse(inspect.getsource(written)).body:
        if isinstance(node, ast.ClassDef):
            pairs = zip(node.body, node.body[1:], strict=False)
            told[node.name] = {
                one.target.id: " ".join(str(doc.value.value).split())
                for one, doc in pairs
                if isinstance(one, ast.AnnAssign)
                and isinstance(one.target, ast.Name)
                and isinstance(doc, ast.Expr)
                and isinstance(doc.value, ast.Constant)
            }
    return told


if __name__ == "__main__":
    write(Path("bot"))
