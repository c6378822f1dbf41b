"""What CloudFormation in the local AWS says of our stack, and the note of what it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from workbench.stack import aws
from workbench.stack.fingerprint import Fingerprint

HEALTHY = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One stack; reads it as it is now."""

    endpoint_url: str
    stack_name: str

    def outputs(self) -> Mapping[str, str] | None:
        """The stack's outputs; None when there is no stack."""
        stack = self._describe()
        return None if stack is None else {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}

    def is_broken(self) -> bool:
        """Whether it stands in a state (a deployment cut short, a failed creation) that cannot be updated."""
        stack = self._describe()
        return stack is not None and stack["StackStatus"] not in HEALTHY

    def fingerprint(self) -> Fingerprint | None:
        """What was deployed last. It lies in the local AWS, to be kept or lost together with the stack."""
        try:
            found = aws.client("ssm", self.endpoint_url).get_parameter(Name=self._note)
        except ClientError:
            return None
        return Fingerprint.read(found["Parameter"]["Value"])

    def remember(self, fingerprint: Fingerprint) -> None:
        """Note what was deployed."""
        ssm = aws.client("ssm", self.endpoint_url)
        ssm.put_parameter(Name=self._note, Value=str(fingerprint), Type="String", Overwrite=True)

    @property
    def _note(self) -> str:
        return f"/{self.stack_name}/fingerprint"

    def _describe(self) -> Any:
        cloudformation = aws.client("cloudformation", self.endpoint_url)
        try:
            (stack,) = cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"]
        except ClientError:
            return None
        return stack
