"""The sync of templates, at once: the tracker of a deployment asks Meta for all of them."""

import json

from rejoinder.aws.template_states import SYNC_EVENT
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.errors import StackError


def sync(place: Deployed) -> None:
    """Let the tracker ask Meta for the state of all templates, and wait until it has kept them.

    The schedule of the stack does the same once a day. Raises StackError when it fails.
    """
    answer = place.client("lambda").invoke(
        FunctionName=place.functions["tracker"], Payload=json.dumps({**SYNC_EVENT}).encode()
    )
    told = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer or not isinstance(told, dict) or told.get("failed"):
        raise StackError("the templates were not synced: `rejoinder logs --function tracker` says why")
