"""The TOML fences of a chapter: typed models, and what is made of them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError

from lessons import challenge as challenges
from lessons import own
from lessons.challenge import DIRECTIONS, Challenge, Prediction, Trap
from lessons.jobs import Job, job_beside
from lessons.mistakes import Mistake, clip, unknown
from lessons.settings import setting
from story import slips
from story.chapter import Lesson, Page, Question, Recall, nearest
from story.faults import MAX_ERRORS, Faults, stray
from story.places import Path, key_lines
from story.tables import (
    Facts,
    LessonTable,
    ManyWays,
    MendTable,
    Number,
    OneWay,
    PageTable,
    QuizTable,
    ReasonTable,
    RecallTable,
    Table,
    Words,
    dotted,
    fields,
    plain,
)

FORMAT = 1
KINDS = ("chapter", "lesson", "quiz", "reason", "mend", "page")
MAX_FENCE = 50_000
"""Characters of one fence."""


MAX_GOAL = 500
"""Characters."""
MAX_HINTS = 20
MAX_TRAPS = 30
"""Each is trained by every check."""
MAX_CHOICES = 30
"""Values of one setting, which the player clicks through."""
MAX_OPTIONS = 9
"""Wrong answers, repairs, goals."""
MAX_CODE = 60
"""Lines of a mending task."""

_EXAMPLES = {
    "format": FORMAT,
    "id": '"a-name"',
    "job": '"clean-digits"',
    "goal": '"test_accuracy >= 0.75"',
    "when": '"test_accuracy >= 0.75"',
    "solution": "{ dropout = 0.5 }",
    "set": "{ dropout = 0.5 }",
    "choices": "[0.0, 0.5]",
    "start": "0.0",
    "pass": '"a-scene"',
    "fail": '"a-scene"',
    "right": '"The right answer"',
    "ask": '"A question?"',
    "because": '"The reason, shown after the answer."',
    "why": '"why it fails"',
}


class Fence:
    """One fence: its table, the lines of its keys, and the file's errors."""

    def __init__(self, text: str, line: int, faults: Faults) -> None:
        self.line = line
        self.faults = faults
        self.table: dict[str, Any] | None = None
        self.lines: dict[Path, int] = {}
        before = len(faults)
        self._parse(text)
        self.sound = len(faults) == before

    def _parse(self, text: str) -> None:
        if len(text) > MAX_FENCE:
            words = f"the fence has {len(text):,} characters; {MAX_FENCE:,} are allowed. Shorten it."
            self.faults.add(self.line, words)
            return
        try:
            self.table = tomllib.loads(text)
            self.lines = {path: self.line + 1 + line for path, line in key_lines(text).items()}
        except tomllib.TOMLDecodeError as error:
            at, words = slips.explain(text, error, self.line + 1)
            self.faults.add(at, f"this is not TOML: {words}")
        except RecursionError:
            self.faults.add(self.line, "tables and lists are nested too deeply. Flatten them.")
        except Mistake as mistake:
            self.faults.add(self.line, mistake)
        except ValueError:  # of int(), which reads 4,300 digits at most
            lengths = [len(line) for line in text.split("\n")]
            longest = self.line + 1 + lengths.index(max(lengths))
            self.faults.add(longest, "a whole number here has thousands of digits. Write a smaller one.")
        else:
            for path, text_ in _texts(self.table, ()):
                if bad := stray(text_):
                    self.add(path, f"the text holds the control character {bad}. Remove it.")
            for path, words in slips.odd(self.table):
                self.add(path, f"{dotted(path)}: {words}")

    def at(self, *keys: str | int) -> int:
        """The line of a key, or of the nearest key around it."""
        return nearest(self.lines, keys, self.line)

    def add(self, path: Path, message: object) -> None:
        """Notes an error at a key; its own name, or one inside it that the message names, decides the line."""
        if len(self.faults) >= MAX_ERRORS:  # it would be counted, and not told
            self.faults.add(self.line, message)
            return
        message = str(message)
        named = [
            (match.start(), key)
            for key in self.lines
            if len(key) > len(path) and key[: len(path)] == path and isinstance(key[-1], str)
            if (match := re.search(rf"(?<![\w.]){re.escape(key[-1])}(?!\w)", message))
        ]
        self.faults.add(self.at(*(min(named, key=lambda n: n[0])[1] if named else path)), message)

    def few(self, path: Path, entries: Sequence[Any], most: int) -> None:
        """Notes an error where a list has more entries than a player could look through."""
        if len(entries) > most:
            self.faults.add(
                self.at(*path), f"{dotted(path)} has {len(entries):,} entries; {most} are allowed. Give fewer."
            )

    def model(self, kind: type[Table], table: dict[str, Any] | None = None) -> Any:
        """The table as a checked model; None where it has errors, which are noted."""
        try:
            return kind.model_validate(self.table if table is None else table)
        except ValidationError as error:
            for found in error.errors(include_url=False):
                if len(self.faults) >= MAX_ERRORS:
                    break
                path = tuple(p for p in found["loc"] if p != "[key]")
                if found["type"] == "missing":
                    self.faults.add(self.at(*path[:-1]), f"{dotted(path)} is missing. Add {_example(path[-1])}.")
                elif found["type"] == "extra_forbidden":
                    self.faults.add(self.at(*path), unknown("key", path[-1], fields(kind, path[:-1])))
                else:
                    self.faults.add(self.at(*path), plain(dotted(path), found))
            return None


def _example(key: Any) -> str:
    return f"{key} = {_EXAMPLES.get(key, '...')}"


def facts(fence: Fence) -> Facts | None:
    """The facts of a chapter. Another format version is the only error then: nothing else can be judged."""
    version = (fence.table or {}).get("format")
    if isinstance(version, int) and not isinstance(version, bool) and version != FORMAT:
        if version > FORMAT:
            words = f"format {version} is newer than this program, which reads format {FORMAT}. Update the program."
        else:
            words = f"format {version} is older than any this program reads. Rewrite the chapter for format = {FORMAT}."
        fence.add(("format",), words)
        return None
    return fence.model(Facts)


def lesson(fence: Fence) -> Lesson | None:
    """The lesson of a scene, its theory still empty."""
    assert fence.table is not None
    table = dict(fence.table)
    before = len(fence.faults)
    predicted = {"predictions": table.pop("predictions")} if "predictions" in table else {}
    kind = ManyWays if isinstance(table.get("goal"), list) else OneWay
    if kind is ManyWays:
        for key in ("pass", "solution"):
            if table.pop(key, None) is not None:
                fence.add((key,), f"{key} belongs into each [[goal]] table of this lesson. Move it there.")
    model = fence.model(kind, table)
    options = _predictions(fence, predicted)
    if model:
        fence.few(("hints",), model.hints, MAX_HINTS)
        fence.few(("traps",), model.traps, MAX_TRAPS)
        fence.few(("goal",), model.goal if kind is ManyWays else (), MAX_OPTIONS)
        for number, goal in enumerate([w.when for w in model.goal] if kind is ManyWays else [model.goal]):
            if len(goal) > MAX_GOAL:
                path = ("goal", number, "when") if kind is ManyWays else ("goal",)
                fence.faults.add(fence.at(*path), f"goal has more than {MAX_GOAL} characters. Shorten it.")
        for name, offer in model.setting.items():
            fence.few(("setting", name, "choices"), offer.choices, MAX_CHOICES)
    if model is None or len(fence.faults) > before:
        return None
    prediction = _prediction(fence, model, options)
    if kind is ManyWays:
        ways = [(way.when, way.pass_, way.solution) for way in model.goal]
    else:
        ways = [(model.goal, model.pass_, model.solution)]
    rest = {"predict": prediction, "seeds": model.seeds, "hints": tuple(model.hints), "share": model.share}
    if model.data:
        with fence.faults.at(fence.at("data")):
            rest["file"] = _file(fence.faults.path, model.data)
    if len(fence.faults) > before:
        return None
    with fence.faults.at(fence.at("job")):
        rest["job"] = _job(fence.faults.path, model.job)
    if len(fence.faults) > before:
        return None
    built = _build(fence, model, ways, rest)
    return Lesson(built, (), fence.line, fence.lines) if built and len(fence.faults) == before else None


def _file(chapter: File, name: str) -> own.OwnData:
    """The instructor's own data, which lie beside the chapter and nowhere else."""
    if "/" in name or "\\" in name:
        raise Mistake(f"data cannot be {clip(name)}: the file lies beside the chapter. Give its name without a folder.")
    place = chapter.resolve().parent / name
    # realpath, as Path.resolve raises on a link that leads to itself
    if os.path.islink(place) and not File(os.path.realpath(place)).is_relative_to(place.parent):
        raise Mistake(
            f"data cannot be {clip(name)}: it is a link to a place outside the chapter's folder. Copy the file."
        )
    try:
        return own.inspect(place)
    except Mistake as mistake:
        raise Mistake(f"data: {mistake}") from None


def _job(chapter: File, name: str) -> Job:
    """A job beside the chapter, or one that ships."""
    try:
        return job_beside(chapter.resolve().parent, name)
    except Mistake:
        raise
    except ValueError:  # of int(), which reads 4,300 digits at most, and of repr(), which writes no more
        raise Mistake(f"{name}.toml: a whole number in it has thousands of digits. Write a smaller one.") from None


def _predictions(fence: Fence, table: dict[str, Any]) -> Words | Number | None:
    if not table:
        return None
    return fence.model(Number if isinstance(table["predictions"], dict) else Words, table)


def _prediction(fence: Fence, model: LessonTable, options: Words | Number | None) -> Prediction | None:
    if not model.predict:
        for key in ("predictions", "predict_metric", "within"):
            if key in fence.table:  # type: ignore[operator]
                fence.add((key,), f'{key} has no question. Add predict = "What will happen to ...?".')
        return None
    if options is None:
        words = 'predictions is missing. Add predictions = ["rise", "fall", "stay"] or { number = true }.'
        fence.add(("predict",), words)
        return None
    if isinstance(options, Number):
        within = options.predictions.within or model.within
        return Prediction(model.predict, (), model.predict_metric, within)
    words = tuple(options.predictions)
    for number, word in enumerate(words):
        with fence.faults.at(fence.at("predictions", number)):
            if word != word.lower():
                raise Mistake(f"prediction {clip(word)} has capitals. Write {word.lower()!r}.")
            if model.predict_metric and word not in DIRECTIONS:
                raise unknown("prediction", word, DIRECTIONS)
            if word in words[:number]:
                raise Mistake(f"prediction {clip(word)} stands twice. Remove one.")
    return Prediction(model.predict, words, model.predict_metric, model.within)


def _build(fence: Fence, model: Any, ways: list[tuple[str, str, Any]], rest: dict[str, Any]) -> Challenge | None:
    """The Challenge. Ways and traps are tried one by one, so that each error finds its own line."""
    many = len(ways) > 1 or isinstance(model, ManyWays)
    traps = [Trap(dict(t.set_), t.why, t.diverges) for t in model.traps]

    def build(ways: list[tuple[str, str, Any]], traps: list[Trap]) -> Challenge:
        return challenges.build(
            fixed=model.with_,
            fail=model.fail,
            ways=ways,
            traps=traps,
            time_limit=model.time_limit,
            offers={name: (offer.choices, offer.start) for name, offer in model.setting.items()},
            **rest,
        )

    for number, way in enumerate(ways):
        try:
            build([way], [])
        except Mistake as mistake:
            key = str(mistake).split(":", 1)[0]
            inside = {"goal": ("goal", number, "when"), "solution": ("goal", number, "solution")} if many else {}
            path = inside.get(key) or {"start": ("setting",)}.get(key) or tuple(key.split("."))
            fence.add(path, mistake)
            if key not in ("goal", "solution"):
                return None
    for number, trap in enumerate(traps):
        try:
            build(ways[:1], [trap])
        except Mistake as mistake:
            key, _, words = str(mistake).partition(": ")
            if key == "traps, number 1":
                fence.add(("traps", number), f"trap {number + 1}: {words}")
    try:
        return build(ways, traps)
    except Mistake:
        return None


def questions(kind: str, fence: Fence, name: str) -> list[Question | Recall]:
    """A quiz, a recall or a reason, or the two steps of a mending task; ``name`` is ``chapter/default-id``."""
    assert fence.table is not None
    before = len(fence.faults)
    chapter = name.split("/")[0]
    if kind == "quiz" and "recall" in fence.table:
        recall = fence.model(RecallTable)
        return [Recall(recall.recall, fence.line)] if recall else []
    model = fence.model({"quiz": QuizTable, "reason": ReasonTable, "mend": MendTable}[kind])
    if model is None:
        return []
    full = f"{chapter}/{model.id}" if model.id else name
    key = "repairs" if kind == "mend" else "wrong"
    fence.few((key,), getattr(model, key), MAX_OPTIONS)
    if kind == "mend":
        fence.few(("code",), model.code, MAX_CODE)
        return _mend(fence, model, full)
    if kind == "quiz":
        options = (model.right, *model.wrong)
        answers = (model.because,) * len(options)
    else:
        options = (model.right, *(w.say for w in model.wrong))
        answers = (model.because, *(w.answer for w in model.wrong))
    made = Question(full, kind, model.ask, options, 0, answers, fence.line)
    return [made] if len(fence.faults) == before else []


def _mend(fence: Fence, model: MendTable, full: str) -> list[Question | Recall]:
    """First the faulty line is found, then what it should be."""
    before = len(fence.faults)
    if model.fault > len(model.code):
        fence.add(("fault",), f"fault is line {model.fault}, and code has {len(model.code)} lines. Count from 1.")
    elif not model.code[model.fault - 1].strip():
        fence.add(("fault",), f"fault is line {model.fault}, and it is empty. Count from 1, empty lines as well.")
    if model.right > len(model.repairs):
        fence.add(("right",), f"right is {model.right}, and there are {len(model.repairs)} repairs. Count from 1.")
    if model.job:
        with fence.faults.at(fence.at("job")):
            _job(fence.faults.path, model.job)
    if len(fence.faults) > before:
        return []
    # A line without words cannot be at fault, and a single one need not be looked for.
    lines = [number for number, line in enumerate(model.code, 1) if line.strip()]
    options = tuple(model.code[number - 1] for number in lines)
    none = ("",) * len(lines)
    find = Question(f"{full}-line", "find", model.find, options, lines.index(model.fault), none, fence.line)
    answers = (model.because,) * len(model.repairs)
    place = (fence.line, tuple(model.code), model.fault, model.job)
    mend = Question(full, "mend", model.ask, tuple(model.repairs), model.right - 1, answers, *place)
    return [find, mend] if len(lines) > 1 else [mend]


def page(fence: Fence) -> Page | None:
    """A page of the grimoire."""
    model = fence.model(PageTable)
    if model is None:
        return None
    with fence.faults.at(fence.at("setting")):
        setting(model.setting)
        return Page(model.technique, model.does, model.setting, fence.line)
    return None


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))
