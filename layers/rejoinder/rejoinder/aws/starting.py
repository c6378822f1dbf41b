"""The start of a function in Lambda. Import this module first: it stops the garbage collector.

A start makes some 100,000 objects, and keeps nearly all of them. To look through them again and again would
cost a tenth of the start. Elsewhere, such as in a test, the collector stays as it is.
"""

import gc
import os

IN_LAMBDA = "AWS_LAMBDA_RUNTIME_API" in os.environ

if IN_LAMBDA:
    gc.disable()


def started() -> None:
    """End the start: what was made until now is never looked through again, what comes is."""
    if IN_LAMBDA:
        gc.freeze()
        gc.enable()
