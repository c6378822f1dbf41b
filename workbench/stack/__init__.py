"""The local AWS with the stack deployed to it, as `make run` and the tests use it."""

from workbench.stack.errors import StackError
from workbench.stack.handle import LocalStack
from workbench.stack.local import running, up

__all__ = ["LocalStack", "StackError", "running", "up"]
