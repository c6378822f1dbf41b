"""The start of a function. Import this module first: from then on nothing is collected until the start is over.

A start makes some 100,000 objects, and keeps nearly all of them. Looking through them again and again costs a
tenth of the start (`make bench`).
"""

import gc

gc.disable()


def started() -> None:
    """End the start: what was made until now is never looked through again, what comes is."""
    gc.freeze()
    gc.enable()
