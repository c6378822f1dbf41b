"""Draws curves over logarithmic axes, as SVG that can be read on light and on dark pages."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 48, 44
COLOURS = ("#c2410c", "#2563eb", "#0891b2", "#6b7280")
DASHES = ("", "", "6 4", "2 4")
STYLE = (
    "text{font:13px sans-serif;fill:#1f2937}.grid{stroke:#9ca3af;stroke-opacity:.35}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line in the picture."""

    name: str
    """What it shows."""

    points: Sequence[tuple[float, float]]
    """Turns in a month and US dollars."""


def draw(curves: Sequence[Curve]) -> str:
    """Return the picture."""
    x, y = (
        _axis([at for curve in curves for at, _ in curve.points]),
        _axis([usd for curve in curves for _, usd in curve.points]),
    )
    inner = "\n".join([*_grid(x, y), *_drawn(curves, x, y)])
    label = "dollars a month over turns in a month"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{label}">\n<style>{STYLE}</style>\n{inner}\n</svg>\n'
    )


def _axis(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten between which the values lie."""
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _across(value: float, axis: tuple[int, int]) -> float:
    """Return how far along an axis a value lies, from 0 to 1."""
    return (math.log10(value) - axis[0]) / (axis[1] - axis[0])


def _x(turns: float, axis: tuple[int, int]) -> float:
    return LEFT + _across(turns, axis) * (WIDTH - LEFT - RIGHT)


def _y(usd: float, axis: tuple[int, int]) -> float:
    return HEIGHT - BOTTOM - _across(usd, axis) * (HEIGHT - TOP - BOTTOM)


def _grid(x: tuple[int, int], y: tuple[int, int]) -> Iterator[str]:
    for power in range(x[0], x[1] + 1):
        at = _x(10**power, x)
        yield f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        yield f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_short(10**power)}</text>'
    for power in range(y[0], y[1] + 1):
        at = _y(10**power, y)
        yield f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">${_short(10**power)}</text>'
    yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">turns in a month</text>'


def _short(number: float) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:g}M"
    return f"{number / 1000:g}k" if number >= 1000 else f"{number:g}"


def _drawn(curves: Sequence[Curve], x: tuple[int, int], y: tuple[int, int]) -> Iterator[str]:
    """Yield each curve, and its name above the picture."""
    for number, (curve, colour, dashes) in enumerate(zip(curves, COLOURS, DASHES, strict=True)):
        way = "L".join(f"{_x(turns, x):.1f} {_y(usd, y):.1f}" for turns, usd in curve.points)
        look = f'fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dashes or "none"}"'
        yield f'<path {look} d="M{way}"/>'
        left, top = LEFT + (number % 2) * 320, 16 + (number // 2) * 18
        yield f'<path {look} d="M{left} {top - 4}h28"/>'
        yield f'<text x="{left + 36}" y="{top}">{escape(curve.name)}</text>'
