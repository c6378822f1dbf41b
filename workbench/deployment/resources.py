"""The resources of a stack, as CloudFormation lists them."""

from collections.abc import Iterable, Mapping
from typing import Any


def resources(cloudformation: Any, stack_name: str) -> list[dict[str, Any]]:
    """Return the resources of a stack."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_name)
    return [one for page in pages for one in page["StackResourceSummaries"]]


def names_of(listed: Iterable[Mapping[str, Any]], *types: str) -> dict[str, str]:
    """Return AWS's name of each resource, by its name in the template; if types are given, only of those."""
    return {
        one["LogicalResourceId"]: one.get("PhysicalResourceId", "")
        for one in listed
        if not types or one["ResourceType"] in types
    }
