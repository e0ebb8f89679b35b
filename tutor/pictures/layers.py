"""Gradient and spread of the outputs, layer by layer, as bars on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lessons.views import LayerView
from tutor.pictures.picture import Picture, Row, Segment, Sight, few, listed

WAITING = "The layers are measured as soon as a run has begun: how far the gradient comes, how far the outputs spread."
EIGHTHS = "▏▎▍▌▋▊▉█"
NAMED = 64
"""Cells from which on a layer has its name and not only its number."""
DECADES = 12
"""Powers of ten that a bar spans at most, and two at least."""
NUMBER = 7
"""Cells for a value."""


def draw(sight: Sight, width: int, height: int, title: str) -> Picture:
    """A row for each layer, two bars in it; where there is no room for all, those in the middle are left out."""
    if sight.view is None:
        return Picture(title, (), WAITING)
    layers = sight.view.layers
    name = max((len(layer.name) for layer in layers), default=0) if width >= NAMED else len(str(len(layers)))
    bar = max((width - name - 2 * (NUMBER + 2)) // 2, 3)
    gradients = [layer.gradient_norm for layer in layers]
    spreads = [layer.spread for layer in layers]
    heads = [f"{what} {_span(values)}" for what, values in (("gradient", gradients), ("spread", spreads))]
    rows: list[Row] = [
        ((" " * (name + 1), ""), *((_cut(head, bar + NUMBER).ljust(bar + NUMBER + 1), "muted") for head in heads))
    ]
    room = max(height - 1, 1)
    upper = (room + 1) // 2 if len(layers) > room else len(layers)
    lower = max(room - upper - 1, 0)
    for number, layer in enumerate(layers):
        if number == upper and len(layers) > room > 1:
            left_out = len(layers) - upper - lower
            rows.append(((f"{'':>{name}} ... {left_out} more between", "muted"),))
        if upper <= number < len(layers) - lower:
            continue
        label = layer.name if width >= NAMED else str(number + 1)
        rows.append(
            (
                (f"{label:<{name}} ", ""),
                *_bar(layer.gradient_norm, gradients, bar, "turned", solid=True),
                *_bar(layer.spread, spreads, bar, "training", solid=False),
            )
        )
    return Picture(title, tuple(rows), _words(layers), _between(layers))


def _scale(values: Sequence[float | None]) -> tuple[int, int]:
    """The powers of ten at both ends of the bars."""
    logs = [math.log10(value) for value in values if value]
    if not logs:
        return -2, 0
    high = math.ceil(max(logs))
    return max(min(math.floor(min(logs)), high - 2), high - DECADES), high


def _span(values: Sequence[float | None]) -> str:
    low, high = _scale(values)
    return f"{10.0**low:g}..{10.0**high:g}"


def _bar(value: float | None, values: Sequence[float | None], wide: int, ink: str, solid: bool) -> list[Segment]:
    low, high = _scale(values)
    share = min(max((math.log10(value) - low) / (high - low), 0.0), 1.0) if value else 0.0
    if solid:
        eighths = max(round(share * wide * 8), 1) if value else 0
        drawn = EIGHTHS[-1] * (eighths // 8) + (EIGHTHS[eighths % 8 - 1] if eighths % 8 else "")
    else:
        drawn = "▒" * (max(round(share * wide), 1) if value else 0)
    return [(drawn, ink), ("·" * (wide - len(drawn)), "rule"), (f" {few(value):<{NUMBER}} ", "")]


def _cut(text: str, wide: int) -> str:
    return text if len(text) <= wide else text.split(" ")[0][:wide]


def _words(layers: Sequence[LayerView]) -> str:
    first, last = layers[0], layers[-1]
    if len(layers) == 1:
        return (
            f"The one layer gets a gradient of {few(first.gradient_norm)}; its outputs spread by {few(first.spread)}."
        )
    return (
        f"From layer {len(layers)} back to layer 1 the gradient {_course(last.gradient_norm, first.gradient_norm)}; "
        f"the outputs spread by {few(first.spread)} after layer 1 and by {few(last.spread)} after the last."
    )


def _between(layers: Sequence[LayerView]) -> str:
    """What the sentence, which names the first layer and the last, leaves out: the least and the most between them."""
    inner = [(str(number), layer) for number, layer in enumerate(layers[1:-1], 2)]
    if not inner:
        return ""
    lost = [number for number, layer in inner if layer.gradient_norm is None or layer.spread is None]
    parts = [
        _extremes(
            "gradient", [(value, number) for number, layer in inner if (value := layer.gradient_norm) is not None]
        ),
        _extremes("spread", [(value, number) for number, layer in inner if (value := layer.spread) is not None]),
        f"lost among numbers too large: layer{'s' * (len(lost) > 1)} {listed(lost)}" if lost else "",
    ]
    return f"Between them, {'; '.join(filter(None, parts))}."


def _extremes(what: str, found: Sequence[tuple[float, str]]) -> str:
    if not found:
        return ""
    (least, low), (most, high) = min(found), max(found)
    if least == most:
        return f"the {what} is {few(least)}"
    return f"the {what} is least, {few(least)}, in layer {low} and most, {few(most)}, in layer {high}"


def _course(begun: float | None, ended: float | None) -> str:
    """What becomes of a number on its way."""
    if begun is None or ended is None:
        return "is lost among numbers too large"
    if ended and begun and 0.5 < ended / begun < 2:
        return f"stays near {few(ended)}"
    return f"{'shrinks' if ended < begun else 'grows' if ended > begun else 'stays at'} " + (
        f"from {few(begun)} to {few(ended)}" if ended != begun else few(ended)
    )
