"""Writes trimmed copies of botocore's descriptions of AWS into the layer: what we call, and nothing else.

A function reads them while it starts. Botocore's own are 2.3 MB of JSON, these 0.1 MB.

Usage: python trim.py folder
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "dynamodb": (
        *("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"),
    ),
    "secretsmanager": ("GetSecretValue",),
    "sqs": ("ChangeMessageVisibility", "SendMessageBatch"),
}
"""The operations that the functions call by botocore at most of their starts, by service."""

ENDPOINTS = (*OPERATIONS, "bedrock-runtime", "s3", "scheduler")
"""The services whose endpoints are kept: those that the functions call rarely, too."""


def shapes_of(shape: str, shapes: Mapping[str, Any], seen: set[str]) -> None:
    """Add to `seen` the names of `shape` and of all shapes in it."""
    if shape in seen:
        return
    seen.add(shape)
    for inner in _references(shapes[shape]):
        shapes_of(inner, shapes, seen)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def without_documentation(part: Any) -> Any:
    """Return `part` without the texts for people."""
    if isinstance(part, dict):
        return {
            k: without_documentation(v)
            for k, v in part.items()
            if k != "documentation" or not isinstance(v, str)
        }
    return [without_documentation(value) for value in part] if isinstance(part, list) else part


def trimmed_service(model: Mapping[str, Any], operations: tuple[str, ...]) -> dict[str, Any]:
    """Return the description of a service with some of its operations."""
    kept = {name: model["operations"][name] for name in operations}
    seen: set[str] = set()
    for name in _references(kept):
        shapes_of(name, model["shapes"], seen)
    shapes = {name: shape for name, shape in model["shapes"].items() if name in seen}
    trimmed: dict[str, Any] = without_documentation({**model, "operations": kept, "shapes": shapes})
    return trimmed


def trimmed_endpoints(endpoints: Mapping[str, Any]) -> dict[str, Any]:
    """Return the list of endpoints with those services only."""
    partitions = []
    for partition in endpoints["partitions"]:
        services = {name: one for name, one in partition["services"].items() if name in ENDPOINTS}
        partitions.append({**partition, "services": services})
    return {**endpoints, "partitions": partitions}


def write(folder: Path) -> None:
    """Write all of it below `folder`."""
    loader = Loader()
    files = {
        "endpoints": trimmed_endpoints(loader.load_data("endpoints")),
        "partitions": loader.load_data("partitions"),
        "sdk-default-configuration": loader.load_data("sdk-default-configuration"),
    }
    for service, operations in OPERATIONS.items():
        version = loader.determine_latest_version(service, "service-2")
        model = loader.load_data(f"{service}/{version}/service-2")
        files[f"{service}/{version}/service-2"] = trimmed_service(model, operations)
        for kind in ("endpoint-rule-set-1", "service-2.sdk-extras"):
            with suppress(DataNotFoundError):  # few services have extras
                files[f"{service}/{version}/{kind}"] = loader.load_data(f"{service}/{version}/{kind}")
    for name, data in files.items():
        file = folder / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(data, separators=(",", ":")))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
