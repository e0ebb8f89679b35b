"""Numbers in the text: ``{test_accuracy:.1%}`` is found at reading and filled at telling.

The names and formats are a declared list; nothing is evaluated, and ``str.format`` is not used.
"""

from __future__ import annotations

import math
import re
from typing import Any

from lessons import metrics
from lessons.metrics import METRICS
from lessons.mistakes import Mistake, clip, unknown
from lessons.settings import SETTINGS, setting
from story.chapter import Blank, Span

WORDS = ("player", "other", "tries")
"""Names that take no format."""
SAID = ("prediction", "truth")
SPECS = (".0%", ".1%", ".0f", ".1f", ".2f", ".3f")
GAP = "gap"
NOTHING = "nothing"
BEYOND = "beyond number"
_BRACE = re.compile(r"\{([^{}]*)\}|[{}]")
_NAMES = "a metric, start.METRIC, set.SETTING, prediction, truth, player, other, tries"


def split(text: str, style: str, line: int) -> list[Span | Blank]:
    """The text cut at its blanks; a ``Mistake`` names a blank that cannot be filled."""
    pieces: list[Span | Blank] = []
    end = 0
    for match in _BRACE.finditer(text):
        if match[1] is None:
            raise Mistake(f"a {match[0]} stands alone. Write {{name}} or {{name:.1%}}, or put code into backticks.")
        pieces += [Span(style, text[end : match.start()]), _blank(match[1], style, line)]
        end = match.end()
    pieces.append(Span(style, text[end:]))
    return [piece for piece in pieces if isinstance(piece, Blank) or piece.text]


def _blank(inside: str, style: str, line: int) -> Blank:
    name, colon, spec = inside.partition(":")
    prefix, _, rest = name.rpartition(".")
    if prefix == "start":
        known, allowed = rest in METRICS, [f"start.{m}" for m in METRICS]
    elif prefix == "set":
        known, allowed = rest in SETTINGS, [f"set.{s}" for s in SETTINGS]
    else:
        known, allowed = name in METRICS or name in WORDS or name in SAID, [*METRICS, *SAID, *WORDS]
    if not known:
        if not re.fullmatch(r"[a-z0-9_.]*", name) or not name:
            raise Mistake(f"{clip('{' + inside + '}')} is not a name. Allowed in braces: {_NAMES}.")
        raise unknown("name in braces", name, allowed)
    if colon and (name in WORDS or prefix == "set"):
        raise Mistake(f"{{{name}}} takes no format, and {clip(spec)} was given. Write {{{name}}}.")
    if colon and spec not in SPECS:
        raise unknown("format", spec, SPECS)
    return Blank(name, spec, style, line)


def metric(name: str, value: Any, spec: str = "") -> str:
    """A metric in words: by its format, or as its unit is shown."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return BEYOND
    if name == GAP and spec.endswith("%"):  # shares differ by points, not by percent
        return f"{_unsigned(format(100 * value, spec.replace('%', 'f')))} points"
    return _unsigned(format(value, spec) if spec else metrics.show(name, value))


def said(value: Any, of: str, spec: str = "") -> str:
    """A prediction or its truth in words; ``of`` is the metric that it is about, if any."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return NOTHING
    if of in METRICS or spec:
        return metric(of, value, spec)
    return f"{value:g}" if math.isfinite(value) else BEYOND


def turned(name: str, value: Any) -> str:
    """The value of a setting as a player reads it."""
    try:
        return setting(name).show(setting(name).check(value))
    except Mistake:
        return NOTHING


def _unsigned(text: str) -> str:
    """Without the sign of a zero: a change of -0.0% is none."""
    return text[1:] if text.startswith("-") and not re.search("[1-9]", text) else text
