"""The state of our stack in the local AWS, and the fingerprint of what was deployed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rejoinder.workbench.stack import aws
from rejoinder.workbench.stack.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One stack. Each call reads its present state."""

    endpoint_url: str
    stack_name: str

    def outputs(self) -> Mapping[str, str] | None:
        """Return the stack's outputs; None when there is no stack."""
        stack = self._describe()
        return None if stack is None else {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}

    def fingerprint(self) -> Fingerprint | None:
        """Return the fingerprint of what was deployed last; None when there is none.

        The local AWS keeps it, so it is lost only together with the stack.
        """
        try:
            found = aws.client("ssm", self.endpoint_url).get_parameter(Name=self._parameter)
        except ClientError:
            return None
        return Fingerprint.read(found["Parameter"]["Value"])

    def remember(self, fingerprint: Fingerprint) -> None:
        """Store the fingerprint of what was deployed."""
        ssm = aws.client("ssm", self.endpoint_url)
        ssm.put_parameter(Name=self._parameter, Value=str(fingerprint), Type="String", Overwrite=True)

    @property
    def _parameter(self) -> str:
        return f"/{self.stack_name}/fingerprint"

    def _describe(self) -> Any:
        cloudformation = aws.client("cloudformation", self.endpoint_url)
        try:
            (stack,) = cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"]
        except ClientError:
            return None
        return stack
