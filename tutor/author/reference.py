"""``tutor reference``: the chapter format, made from the tables that read it.

The words stand in ``reference.md``; ``{{name argument ...}}`` on a line is replaced by what ``PARTS[name]`` makes.
"""

from __future__ import annotations

import argparse
import json
import re
import types
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tutor.exits import DONE

PROSE = Path(__file__).with_suffix(".md")
COMMANDS = ("new", "play", "calibrate", "check", "graph", "stats", "list")
_PART = re.compile(r"\{\{([a-z]+)((?: [\w.]+)*)\}\}")


def reference(known: argparse.Namespace) -> int:
    """Print the format as Markdown."""
    print(text(), end="")
    return DONE


def text() -> str:
    """The format as Markdown: what ``docs/format.md`` holds."""
    return _PART.sub(lambda part: PARTS[part[1]](*part[2].split()), PROSE.read_text(encoding="utf-8"))


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(value: object) -> str:
    """A text as a code span; nothing for an empty one."""
    return f"`{value}`" if str(value) else ""


def _commands() -> str:
    from tutor.arguments import build

    _, commands = build()
    return table(
        ("command", "what it does"), ((code(f"tutor {name}"), commands[name].description) for name in COMMANDS)
    )


def _example(suffix: str) -> str:
    """A file that ``tutor new chapter the-well`` writes."""
    from tutor.author.new import TEMPLATES, filled

    return filled((TEMPLATES / f"chapter.{suffix}").read_text(encoding="utf-8"), "the-well", "The well").rstrip("\n")


def _keys(*names: str) -> str:
    """The keys of a fence, those that must be there first; of ``Model.key`` that key alone."""
    from story import tables

    fields = []
    for name in names:
        model, _, only = name.partition(".")
        found = getattr(tables, model).model_fields.items()
        fields += [(field.alias or key, field) for key, field in found if key == (only or key)]
    fields.sort(key=lambda field: not field[1].is_required())
    rows = ((code(name), kind(f), _left_out(f), f.description or "") for name, f in fields)
    return table(("key", "value", "left out", "what it says"), rows)


def _left_out(field: Any) -> str:
    if field.is_required():
        return "must be there"
    return "" if field.default in ("", [], {}, None) else code(json.dumps(field.default))


def kind(field: Any) -> str:
    """What may be written for a key of a fence, in words."""
    bounds = {
        name: v for m in field.metadata for name in ("ge", "gt", "le") if (v := getattr(m, name, None)) is not None
    }
    least = next((m.min_length for m in field.metadata if type(m).__name__ == "MinLen"), None)
    words = _kind(field.annotation, field.metadata)
    if "gt" in bounds:
        words += f" above {bounds['gt']:g}"
    if "ge" in bounds:
        words += f" from {bounds['ge']:g}"
    if "le" in bounds:
        words += f" to {bounds['le']:g}" if "ge" in bounds else f", at most {bounds['le']:g}"
    return words + (f", at least {least}" if least else "")


def _kind(of: Any, metadata: Iterable[Any] = ()) -> str:
    from pydantic import BaseModel

    from story.tables import FullId, Id, Letter

    origin, inner = typing.get_origin(of), typing.get_args(of)
    if origin is typing.Annotated:
        return _kind(inner[0], inner[1:])
    if origin is types.UnionType:
        return _kind(inner[0])
    if origin is typing.Literal:
        return code(json.dumps(inner[0]))
    if origin is list:
        return "list of " + {"text": "texts", "id": "ids", "value": "values"}.get(_kind(inner[0]), "tables")
    if origin is dict:
        return f"table: {'setting' if inner[0] is str else _kind(inner[0])} = {_kind(inner[1])}"
    if of is str:
        words = {Id: "id", FullId: "chapter-id/quiz-id", Letter: "letter"}
        patterns = {kind.__metadata__[0].pattern: name for kind, name in words.items()}
        return next((patterns[p] for m in metadata if (p := getattr(m, "pattern", None)) in patterns), "text")
    if isinstance(of, type) and issubclass(of, BaseModel):
        return "table"
    return {int: "whole number", float: "number", bool: "true or false"}.get(of, "value")


def _specs() -> str:
    from story.blanks import SPECS

    return ", ".join(map(code, SPECS))


def _blanks() -> str:
    from story.blanks import SAID, WORDS

    return table(
        ("name", "what is filled in"), ((code("{" + n + "}"), BLANKS[n]) for n in (*METRIC_BLANKS, *SAID, *WORDS))
    )


METRIC_BLANKS = ("test_accuracy", "start.test_accuracy", "set.dropout")
BLANKS = {
    "test_accuracy": "any metric of the last verdict, a mean over its seeds",
    "start.test_accuracy": "any metric of the player's first run of that lesson",
    "set.dropout": "any setting, as it was turned for that verdict",
    "prediction": "what the player predicted",
    "truth": "what happened, in the words of the prediction",
    "player": "the name of the visitor who is played",
    "other": "the name of the other one",
    "tries": "how often that lesson was judged",
}
"""What each name in braces stands for; of metrics and settings one stands for all."""


def _choices() -> str:
    from story.choices import _PARTS

    forms = _PARTS.partition(", joined")[0].split(", ")
    return table(("part", "what it does"), ((code(form), CHOICES[form]) for form in forms))


CHOICES = {
    "once": "it can be chosen once",
    "set FLAG": "chosen, it sets a flag",
    "clear FLAG": "chosen, it takes a flag away",
    "set player = lucy": "from here on Lucy is played; or jonathan",
    "if CONDITION": "it is offered where the condition holds",
}


def _reserved() -> str:
    from lessons.metrics import METRICS
    from story.conditions import RESERVED

    return ", ".join(code(word) for word in RESERVED if word not in METRICS) + ", and the name of every metric"


def _conditions() -> str:
    from story.conditions import GRAMMAR

    forms = re.findall(r"'([^']+)'", GRAMMAR.partition(", joined")[0])
    return table(("term", "it holds"), ((code(form), CONDITIONS[form]) for form in forms))


CONDITIONS = {
    "[not] FLAG": "where the flag is set; with `not`, where it is not",
    "METRIC < NUMBER": "where the metric of the last verdict is so; also `<=`, `>`, `>=`; shares go from 0 to 1",
    "player = lucy": "where Lucy is played; or jonathan",
    "underfit": "where the last verdict missed its goal and the training rows were not learned well",
    "overfit": "where it missed its goal and the training rows went much better than the test rows",
    "diverged": "where it missed its goal because a loss left the numbers",
    "missed METRIC": "where the goal on that metric was not met",
    "margin < 1.0": "where the narrowest comparison of the goal was so many standard errors away",
    "predicted right": "where the last prediction was right",
    "tries > 2": "where the lesson was judged so often",
    "predictions_right >= 0.5": "where that share of all predictions so far was right",
    "brief": "where the game is played with --brief, which leaves out what no lesson needs",
}


def _goals() -> str:
    from lessons.goals import parse

    return "\n".join(f"- {code(parse(goal).text)}: {words}." for goal, words in GOALS.items())


GOALS = {
    "test_accuracy >= 0.75": "a metric and a number; operators are `>=`, `<=`, `>` and `<`",
    "test_accuracy >= 0.75 and gap <= 0.1": "all comparisons must be met",
    "weight_norm <= 0.5 * start.weight_norm": "against the player's first run",
    "validation_loss <= best.validation_loss": "against the best run so far",
    "test_accuracy >= start.test_accuracy + 0.05": "and by how much",
}


def _metrics() -> str:
    from lessons.metrics import METRICS

    rows = ((code(m.name), m.unit, m.better, m.words) for m in METRICS.values())
    return table(("metric", "unit", "better", "what it says"), rows)


def _jobs() -> str:
    from lessons.jobs import job, job_names

    return table(("job", "what it trains"), ((code(name), job(name).words) for name in job_names()))


def _settings() -> str:
    from lessons.settings import GROUPS, setting

    def only(one: Any) -> str:
        when = [f"{other} {' or '.join(map(str, values))}" for other, values in one.when.items()]
        return "; ".join(when + ([" or ".join(one.needs)] if one.needs else []))

    def default(name: str) -> str:
        value = setting(name).default
        return json.dumps(list(value) if isinstance(value, tuple) else value)

    parts = []
    for group, listed in GROUPS.items():
        rows = (
            (code(s.name), s.words, s.allowed, code(default(s.name)), "" if s.code == "{}" else code(s.code), only(s))
            for s in listed
        )
        heads = ("setting", "what it does", "allowed", "default", "the line that it writes", "only with")
        parts.append(f"### Settings of the {group}\n\n{table(heads, rows)}")
    return "\n\n".join(parts)


def _walks() -> str:
    """The lines of a walk, as their reader declares them."""
    from tutor.walk.script import FORMS

    return table(("line", "what it means"), ((code(form), words) for form, words in FORMS.items()))


def _limits() -> str:
    import importlib

    rows = []
    for place, words in LIMITS.items():
        module, _, name = place.rpartition(".")
        rows.append((words, f"{getattr(importlib.import_module(module), name):,}"))
    return table(("what", "at most"), rows)


LIMITS = {
    "story.reading.MAX_BYTES": "bytes of a chapter file",
    "story.reading.MAX_LINES": "lines of a chapter file",
    "story.reading.MAX_CHAPTERS": "chapters that a tale goes on in, from one chapter file",
    "story.reading.MAX_BLOCK": "characters of a paragraph",
    "story.blocks.MAX_TITLE": "characters of a title",
    "story.blocks.MAX_SCENES": "scenes of a chapter",
    "story.blocks.MAX_CHOICES": "choices of a scene",
    "story.fences.MAX_FENCE": "characters of a fence",
    "story.places.MAX_DEPTH": "keys within keys",
    "story.slips.MAX_DIGITS": "digits of a whole number",
    "story.fences.MAX_GOAL": "characters of a goal",
    "story.fences.MAX_CHOICES": "values of one setting in a lesson",
    "story.fences.MAX_HINTS": "hints of a lesson",
    "story.fences.MAX_TRAPS": "traps of a lesson",
    "story.fences.MAX_OPTIONS": "wrong answers, repairs, or [[goal]] tables",
    "story.fences.MAX_CODE": "lines of a mending task",
    "story.lint.WORDS": "words of the tale before the first run",
    "story.lint.WORDS_BRIEF": "the same, under --brief",
    "lessons.jobs.MAX_BYTES": "bytes of a job file",
    "lessons.own.rules.MAX_BYTES": "bytes of a data file",
    "lessons.own.rules.MAX_ROWS": "rows of a .csv file",
    "lessons.own.rules.MAX_COLUMNS": "columns of a .csv file",
    "lessons.own.rules.MAX_CLASSES": "classes",
}
"""Where each limit is declared, and what of."""


def _rules() -> str:
    from story.lint import RULES

    return table(("rule", "what it asks for"), ((code(name), words) for name, words in RULES.items()))


PARTS: dict[str, Callable[..., str]] = {
    "commands": _commands,
    "example": _example,
    "keys": _keys,
    "specs": _specs,
    "blanks": _blanks,
    "choices": _choices,
    "reserved": _reserved,
    "conditions": _conditions,
    "goals": _goals,
    "metrics": _metrics,
    "jobs": _jobs,
    "settings": _settings,
    "walks": _walks,
    "limits": _limits,
    "rules": _rules,
}
"""What is made for each name in the prose."""
