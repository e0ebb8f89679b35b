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
    format: int = Field(description="The version of this format: 1.")
    id: Id = Field(description="The chapter's name in other chapters and in commands; the file is named after it.")
    teaches: list[Text] = Field([], description="The techniques that it teaches, in plain words.")
    requires: list[Id] = Field([], description="The ids of chapters that must come before this one.")
    cast: dict[Letter, Text] = Field(
        {}, description="Who speaks: a capital letter for each name. O is kept for the visitor who is not played."
    )
    language: Text = Field("en", description="The language of the prose.")
    ends: list[Id] = Field([], description="The scenes with which the tale may end.")


class OfferTable(Table):
    choices: list[Any] = Field(description="The values that the player clicks through, in this order; two at least.")
    start: Any = Field(description="The one of them that the player finds.")


class TrapTable(Table):
    set_: dict[str, Any] = Field(
        alias="set", description="What is turned, as in solution; the rest stands as at the start."
    )
    why: Text = Field(description="Why it fails, for other authors; the player does not see it.")
    diverges: bool = Field(False, description="Say true where its loss is meant to leave the numbers.")


class WayTable(Table):
    when: Text = Field(description="The goal of this way.")
    pass_: Id = Field(alias="pass", description="The scene that follows.")
    solution: dict[str, Any] = Field(description="Settings that meet it.")


class NumberTable(Table):
    number: typing.Literal[True] = Field(description="Always true: the player writes a number.")
    within: float | None = Field(None, gt=0, description="How far off the measured number the prediction may be.")


class LessonTable(Table):
    job: Text = Field(
        description="What is trained: a job that ships, or a job file of yours beside the chapter, by its name."
    )
    data: Text = Field("", description="A CSV or .npz file of yours beside the chapter, in place of the job's data.")
    with_: dict[str, Any] = Field(
        {}, alias="with", description="Settings that this lesson changes in the job; the player does not see them."
    )
    setting: dict[str, OfferTable] = Field(
        {}, description="The settings that the player may turn, one table for each; one at least."
    )
    predict: Text = Field(
        "", description="A question that the player answers before the first verdict; it needs predictions."
    )
    predict_metric: Text = Field("", description="The metric that decides whether the prediction was right.")
    within: float = Field(
        0.02,
        gt=0,
        description='A change of at most this much is "stay"; a number is right when it is at most this far off.',
    )
    seeds: int = Field(5, ge=1, le=100, description="How often a verdict trains, each time from another seed.")
    hints: list[Text] = Field(
        [], description="Help, from vague to plain; after each run that misses the goal the player may open one more."
    )
    traps: list[TrapTable] = Field([], description="Settings that look right and must fail.")
    fail: Id = Field(
        description="The scene that follows where the goal was missed; a choice leads from it back to the lesson."
    )
    share: Text = Field(
        "",
        description="A name that two lessons share: the second begins with the settings and the best run of the first.",
    )
    time_limit: float = Field(60.0, gt=0, le=3600, description="Seconds that one run may take.")


class OneWay(LessonTable):
    goal: Text = Field(description="What must be reached for the lesson to be passed.")
    pass_: Id = Field(alias="pass", description="The scene that follows where the goal was met.")
    solution: dict[str, Any] = Field(
        description="Settings that meet the goal; what is not named stands as at the start."
    )


class ManyWays(LessonTable):
    goal: list[WayTable] = Field(
        min_length=1, description="Several ways to end, each a [[goal]] table; the first one that is met decides."
    )


class Words(Table):
    predictions: list[Text] = Field(
        [],
        min_length=2,
        description="What may be predicted, in small letters; with predict_metric out of rise, fall and stay.",
    )


class Number(Table):
    predictions: NumberTable = Field(description="Makes the prediction a number: { number = true }.")


class QuizTable(Table):
    id: Id = Field(description="The quiz's name, by which a later chapter asks it again.")
    ask: Text = Field(description="The question.")
    right: Text = Field(description="The right answer. The options are shown in an order of their own.")
    wrong: list[Text] = Field(min_length=1, description="The wrong answers.")
    because: Text = Field(description="What is said after any answer.")


class RecallTable(Table):
    recall: FullId = Field(description="An earlier chapter's quiz.")


class WrongTable(Table):
    say: Text = Field(description="The wrong answer.")
    answer: Text = Field(description="What is said to it.")


class ReasonTable(Table):
    id: Id = Field("", description="A name of its own; without one it is reason- and the scene's id.")
    ask: Text = Field(description="The question.")
    right: Text = Field(description="The right answer.")
    wrong: list[WrongTable] = Field(min_length=1, description="The wrong answers, each with what is said to it.")
    because: Text = Field("", description="What is said to the right answer.")


class MendTable(Table):
    id: Id = Field("", description="A name of its own; without one it is mend- and the scene's id.")
    find: Text = Field("One line is at fault. Which?", description="Asked first, with the lines to choose from.")
    ask: Text = Field("What should stand in its place?", description="Asked then, with the repairs to choose from.")
    code: list[str] = Field(min_length=1, description="The lines of code, one text for each.")
    fault: int = Field(ge=1, description="The number of the line that is wrong, from 1.")
    repairs: list[Text] = Field(min_length=2, description="What that line could be instead.")
    right: int = Field(ge=1, description="The number of the repair that is right, from 1.")
    because: Text = Field(description="What is said after any answer.")
    job: Text = Field("", description="A job that is trained once the line is mended.")


class PageTable(Table):
    technique: Text = Field(description="The technique's name.")
    does: Text = Field(description="What it does and when it helps, in two sentences.")
    setting: Text = Field(description="The setting whose line of PyTorch stands on the page.")


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
_BOUNDS = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}
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
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"{key} cannot be {clip(given)}. Write a number {words} {context[bound]:g}."
    if kind == "string_too_long":
        return f"{key} has {len(given):,} characters; {context['max_length']:,} are allowed. Shorten it."
    return f"{key} cannot be {clip(given)}: {found['msg'][0].lower()}{found['msg'][1:]}."
