"""The local AWS with the deployed stack, for `rejoinder run` and the tests."""

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack.handle import LocalStack
from rejoinder.workbench.stack.local import running, up

__all__ = ["LocalStack", "StackError", "running", "up"]
