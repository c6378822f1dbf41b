"""The local AWS with the deployed stack, for `make run` and the tests."""

from workbench.stack.errors import StackError
from workbench.stack.handle import LocalStack
from workbench.stack.local import running, up

__all__ = ["LocalStack", "StackError", "running", "up"]
