"""Draws curves as one SVG picture: a panel for each figure that grows, or better does not, with what is counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _COLUMNS = 420, 250, 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 18, 44, 40
_MOST_NUMBERS = 8
"""Where more points are along an axis, only quarters of it have numbers."""
_COLORS = ("#1f5fa8", "#c2571a", "#2f7d4f")


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure by the number of something; drawn together with those of the same title."""

    title: str
    name: str
    unit: str
    of: str
    points: Sequence[tuple[float, float]]
    is_linear: bool = False  # whether twice as many is twice as far to the right, not a step further

    def data(self) -> dict[str, Any]:
        """The curve as data."""
        return asdict(self)


def svg(curves: Sequence[Curve], about: str) -> str:
    """The picture of all curves."""
    panels: dict[str, list[Curve]] = {}
    for curve in curves:
        panels.setdefault(curve.title, []).append(curve)
    rows = math.ceil(len(panels) / _COLUMNS)
    width, height = min(_COLUMNS, len(panels)) * _WIDTH, rows * _HEIGHT + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="11" fill="#222">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for n, (title, of_panel) in enumerate(panels.items()):
        parts.append(f'<g transform="translate({n % _COLUMNS * _WIDTH} {n // _COLUMNS * _HEIGHT})">')
        parts += _panel(title, of_panel)
        parts.append("</g>")
    parts += [_text(8, height - 8, about, "fill='#666'"), "</svg>"]
    return "\n".join(parts) + "\n"


def _panel(title: str, curves: Sequence[Curve]) -> list[str]:
    """A frame with an axis of numbers below, logarithmic or linear, and one from zero at the left."""
    xs = sorted({x for curve in curves for x, _ in curve.points})
    is_linear = curves[0].is_linear
    low, high = (0.0, xs[-1]) if is_linear else (math.log10(max(xs[0], 1)), math.log10(max(xs[-1], 10)))
    top = _round_up(max(y for curve in curves for _, y in curve.points))

    def across(x: float) -> float:
        return _LEFT + ((x if is_linear else math.log10(max(x, 1))) - low) / ((high - low) or 1) * (
            _WIDTH - _LEFT - _RIGHT
        )

    def down(y: float) -> float:
        return _HEIGHT - _BOTTOM - y / top * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 18, title, "font-weight='bold' font-size='13'")]
    for step in range(5):
        y = top * step / 4
        parts.append(f'<path d="M{_LEFT} {down(y):.1f}H{_WIDTH - _RIGHT}" stroke="#{"999" if step == 0 else "ddd"}"/>')
        parts.append(_text(_LEFT - 6, down(y) + 4, f"{y:,.4g}", "text-anchor='end'"))
    for x in xs if len(xs) <= _MOST_NUMBERS else [xs[-1] * step / 4 for step in range(5)]:
        parts.append(_text(across(x), _HEIGHT - _BOTTOM + 16, _short(x), "text-anchor='middle'"))
    parts.append(_text(_WIDTH - _RIGHT, _HEIGHT - 8, curves[0].of, "text-anchor='end'"))
    for n, curve in enumerate(curves):
        color = _COLORS[n % len(_COLORS)]
        line = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in curve.points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3" fill="{color}"/>' for x, y in curve.points]
        parts.append(_text(_LEFT + n * 130, 34, f"{curve.name}, {curve.unit}", f"fill='{color}'"))
    return parts


def _text(x: float, y: float, text: str, attributes: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {attributes}>{escape(text)}</text>"


def _short(number: float) -> str:
    """1000000 as 1M, 2500 as 2.5k."""
    for factor, letter in ((1e6, "M"), (1e3, "k")):
        if number >= factor:
            return f"{number / factor:g}{letter}"
    return f"{number:.3g}"


def _round_up(value: float) -> float:
    """The next 1, 2, 4, 5 or 8 times a power of ten: its quarters are easily read."""
    if value <= 0:
        return 1
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value * 0.9999)
