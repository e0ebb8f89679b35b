"""The typed tables of a chapter's fences, and pydantic's errors in the words of this format."""

from __future__ import annotations

import typing
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lessons.mistakes import clip
from story.places import Path

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$")]
FullId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}/[A-Za-z0-9-]{1,80}$")]
Letter = Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]


class Table(BaseModel):
    """A fence or a table in it: no key but the declared ones, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Facts(Table):
    format: int
    id: Id
    teaches: list[Text] = []
    requires: list[Id] = []
    cast: dict[Letter, Text] = {}
    language: Text = "en"
    ends: list[Id] = []


class OfferTable(Table):
    choices: list[Any]
    start: Any


class TrapTable(Table):
    set_: dict[str, Any] = Field(alias="set")
    why: Text
    diverges: bool = False


class WayTable(Table):
    when: Text
    pass_: Id = Field(alias="pass")
    solution: dict[str, Any]


class NumberTable(Table):
    number: typing.Literal[True]
    within: float | None = Field(None, gt=0)


class LessonTable(Table):
    job: Text
    data: Text = ""
    with_: dict[str, Any] = Field({}, alias="with")
    setting: dict[str, OfferTable] = {}
    predict: Text = ""
    predict_metric: Text = ""
    within: float = Field(0.02, gt=0)
    seeds: int = Field(5, ge=1, le=100)
    hints: list[Text] = []
    traps: list[TrapTable] = []
    fail: Id
    share: Text = ""
    time_limit: float = Field(60.0, gt=0, le=3600)


class OneWay(LessonTable):
    goal: Text
    pass_: Id = Field(alias="pass")
    solution: dict[str, Any]


class ManyWays(LessonTable):
    goal: list[WayTable] = Field(min_length=1)


class Words(Table):
    predictions: list[Text] = Field([], min_length=2)


class Number(Table):
    predictions: NumberTable


class QuizTable(Table):
    id: Id
    ask: Text
    right: Text
    wrong: list[Text] = Field(min_length=1)
    because: Text


class RecallTable(Table):
    recall: FullId


class WrongTable(Table):
    say: Text
    answer: Text


class ReasonTable(Table):
    id: Id = ""
    ask: Text
    right: Text
    wrong: list[WrongTable] = Field(min_length=1)
    because: Text = ""


class MendTable(Table):
    id: Id = ""
    ask: Text = ""
    code: list[str] = Field(min_length=1)
    fault: int = Field(ge=1)
    repairs: list[Text] = Field(min_length=2)
    right: int = Field(ge=1)
    because: Text
    job: Text = ""


class PageTable(Table):
    technique: Text
    does: Text
    setting: Text


def fields(kind: Any, path: Path) -> list[str]:
    """The keys that may stand at ``path`` of a model."""
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}[str(part)]
        else:
            kind = typing.get_args(kind)[-1]
    return [field.alias or name for name, field in kind.model_fields.items()]


def dotted(path: Path) -> str:
    """A path as an author reads it: ``traps.2.why``."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


_KINDS = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list in [brackets]",
    "dict_type": "a table in {braces}",
    "model_type": "a table in {braces}",
    "literal_error": "true",
}
_PATTERNS = {
    Id: "letters, digits and hyphens",
    FullId: "chapter-id/quiz-id",
    Letter: "one capital letter",
}


def plain(key: str, found: Any) -> str:
    """A pydantic error in the words of this format."""
    given, context = found["input"], found.get("ctx", {})
    kind = found["type"]
    if kind in _KINDS:
        return f"{key} cannot be {clip(given)}. Write {_KINDS[kind]}."
    if kind == "string_too_short":
        return f"{key} is blank. Write a text, or remove it."
    if kind == "too_short":
        return f"{key} has {context['actual_length']} entries. Give at least {context['min_length']}."
    if kind == "string_pattern_mismatch":
        words = next(w for t, w in _PATTERNS.items() if context["pattern"] == t.__metadata__[0].pattern)
        return f"{key} cannot be {clip(given)}. Write {words}."
    return f"{key} cannot be {clip(given)}: {found['msg'][0].lower()}{found['msg'][1:]}."
