"""Computes the expressions of our alarms, by what AWS's documentation says of them.

See docs.aws.amazon.com, "Using math expressions with CloudWatch metrics". Only the functions that our alarms
use are here.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Values = Sequence[float | None]
"""The value of each period; None for a period without data."""


@dataclass(frozen=True, eq=False)
class Series:  # noqa: PLW1641 - nobody hashes one
    """A time series."""

    values: Values

    def _with(self, other: object, compute: Callable[[Any, Any], Any]) -> "Series":
        others = other.values if isinstance(other, Series) else [other] * len(self.values)
        pairs = zip(self.values, others, strict=True)
        return Series([None if a is None or b is None else float(compute(a, b)) for a, b in pairs])

    def __add__(self, other: object) -> "Series":
        return self._with(other, operator.add)

    def __sub__(self, other: object) -> "Series":
        return self._with(other, operator.sub)

    def __truediv__(self, other: object) -> "Series":
        return self._with(other, operator.truediv)

    def __gt__(self, other: object) -> "Series":
        return self._with(other, operator.gt)

    def __lt__(self, other: object) -> "Series":
        return self._with(other, operator.lt)

    def __and__(self, other: object) -> "Series":
        return self._with(other, lambda a, b: bool(a and b))

    def __eq__(self, other: object) -> "Series":  # type: ignore[override]
        return self._with(other, operator.eq)


def fill(series: Series, filler: float | None) -> Series:
    """Return FILL(series, filler); a filler of None is REPEAT."""
    filled: list[float | None] = []
    for value in series.values:
        before = filled[-1] if filled else None
        filled.append(value if value is not None else before if filler is None else filler)
    return Series(filled)


def diff(series: Series) -> Series:
    """Return DIFF(series): how much each value is above the one before it."""
    steps = [None if a is None or b is None else b - a for a, b in pairwise(series.values)]
    return Series([None, *steps])


def compute(expression: str, metrics: Mapping[str, Values]) -> Values:
    """Return the values of an expression, whose metrics all have as many.

    An `IF` must be the whole expression, and end with `, 1, 0)`. Else it raises ValueError.
    """
    if "IF(" in expression and not re.fullmatch(r"IF\((?!.*IF\().*, 1, 0\)", expression, re.DOTALL):
        raise ValueError(f"an IF that is not computed here: {expression}")
    python = expression.replace("IF(", "IF((").replace(" AND ", ") & (").replace(", 1, 0)", "), 1, 0)")
    functions = {"FILL": fill, "REPEAT": None, "DIFF": diff, "IF": lambda condition, *_: condition}
    names = functions | {name: Series(values) for name, values in metrics.items()}
    result: Series = eval(python, names)  # noqa: S307 - our own template
    return result.values
