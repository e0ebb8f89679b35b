"""Walk files: what a player types in a chapter, and what must be told in answer. ``FORMS`` are their lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lessons import metrics
from lessons.mistakes import Mistake, clip, unknown
from story import conditions
from story.faults import Faults, stray
from tutor.walk.expecting import Expect, read
from tutor.walk.finding import subject
from tutor.walk.madeup import DIAGNOSES, Wish

MAX_BYTES = 200_000
MAX_LINES = 5_000
DIRECTIVES = ("brief", "player", "flags")
TRAINS = ("train", "t", "judge", "j")
"""Words of the plain mode that begin a run."""
FORMS = {
    "# words": "A comment. Empty lines say nothing either.",
    "@brief": "Above everything else: it is played with --brief.",
    "@player lucy": "Above everything else: who is played, where an earlier chapter would have asked.",
    "@flags knows_secret kept_a_fly": "Above everything else: what earlier chapters are taken to have set.",
    "words": "They must be told in answer to the command above, or at the opening; one line after another, in order. "
    "They stand there as the player reads them: without marks, and with a speaker's whole name.",
    "/regex/": "A regular expression (of Python) that must be found, in order as well.",
    "!words": "They must not be told; capitals do not matter.",
    "!/regex/": "It must not be found.",
    "\\words": "Words whose first character would mean something: `\\# one`, `\\> look`, `\\/etc/`; also `!\\/etc/`.",
    "> choose WORDS": "Takes the only choice that begins with these words, or else holds them.",
    "> answer WORDS": "Answers a question with the only answer that begins with them, or else holds them.",
    "> answer right": "Answers it rightly, wherever the right answer stands; `> answer wrong` wrongly.",
    "> 2": "Anything else is typed as in `tutor play --plain`: a number, `look`, `back`, `set NAME VALUE`, "
    "`predict WORD`, `why`, `hint`, `settings`, `code`. What it is refused with must be expected, in words, "
    "by the line below.",
    "> train": "Really trains, on one seed; `> judge` on those of a verdict, after a `> train`. "
    "Such a walk is left out under --no-train.",
    "> train as METRIC=NUMBER ...": "Makes a first run up, with these numbers; nothing is trained.",
    "> judge as pass": "Makes a verdict up that passes, by the first way, and a first run and a prediction where there "
    "are none; numbers may follow: `> judge as pass test_accuracy=0.81 start.test_accuracy=0.7`. "
    "Those of `start.` are the first run's.",
    "> judge as pass SCENE": "The same by the way that leads to that scene.",
    "> judge as fail": "Makes a verdict up that misses the goal; numbers may follow.",
    "> judge as fail DIAGNOSIS": f"The same for one reason: {', '.join(DIAGNOSES)}.",
}
"""Every kind of line, and what it means."""


@dataclass(frozen=True)
class Command:
    """Something that the player does."""

    line: int
    verb: str
    """``type``, ``choose``, ``answer``; ``train`` or ``judge`` with made-up numbers."""
    text: str
    """What is typed, or the part of a label; as written for a made-up run."""
    wish: Wish = field(default_factory=Wish)
    start: Mapping[str, float] = field(default_factory=dict)
    """Means of the first run, where that is made up as well."""

    @property
    def trains(self) -> bool:
        """Whether it really trains."""
        return self.verb == "type" and self.text.split()[0].lower() in TRAINS


@dataclass(frozen=True)
class Step:
    """What the player does (nothing before the opening), and what must come of it."""

    command: Command | None
    expects: tuple[Expect, ...] = ()


@dataclass(frozen=True)
class Walk:
    """One walk file."""

    path: Path
    place: Path
    """The chapter file that it plays, or the folder."""
    steps: tuple[Step, ...]
    """The first has no command: it is the opening."""
    brief: bool = False
    player: str = ""
    """Who is played; empty where the tale asks."""
    flags: tuple[str, ...] = ()
    """That are set from the beginning."""

    @property
    def trains(self) -> bool:
        """Whether some of its runs are real."""
        return any(step.command and step.command.trains for step in self.steps)


def read_walk(path: Path) -> Walk:
    """The walk of a file; raises ``ChapterErrors`` with all that is wrong with it."""
    faults = Faults(path)
    place = path
    with faults.at(1):
        place = subject(path)
    lines = _lines(path, faults)
    faults.raise_any()
    given: dict[str, list[str]] = {}
    steps: list[tuple[Command | None, list[Expect]]] = [(None, [])]
    for number, line in lines:
        with faults.at(number):
            if line[0] == "@":
                name, words = _directive(line, late=len(steps) > 1 or bool(steps[0][1]))
                given[name] = words
            elif line[0] == ">":
                steps.append((_command(number, line[1:].strip()), []))
            else:
                steps[-1][1].append(read(number, line))
    faults.raise_any()
    made = tuple(Step(command, tuple(expects)) for command, expects in steps)
    if not any(step.command or step.expects for step in made):
        faults.add(1, "the walk is empty. Write what is typed (> 1), and beneath it what must be told.")
    elif all(expect.absent for step in made for expect in step.expects):
        faults.add(1, "the walk expects nothing to be told. Write words that must be, beneath a line that is typed.")
    faults.raise_any()
    player = next(iter(given.get("player", ())), "")
    return Walk(path, place, made, "brief" in given, player, tuple(given.get("flags", ())))


def _lines(path: Path, faults: Faults) -> list[tuple[int, str]]:
    """The lines that mean something, each with its number."""
    try:
        if path.stat().st_size > MAX_BYTES:
            faults.add(1, f"has {path.stat().st_size:,} bytes; {MAX_BYTES:,} are allowed. Split the walk.")
            return []
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.add(1, "is not UTF-8. Save the file as UTF-8.")
        return []
    except OSError as error:
        faults.add(1, f"cannot be read: {error.strerror or error}. Check the name and the rights.")
        return []
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        faults.add(MAX_LINES + 1, f"has {len(lines):,} lines; {MAX_LINES:,} are allowed. Split the walk.")
        return []
    for number, line in enumerate(lines, 1):
        if bad := stray(line):
            faults.add(number, f"the line holds the control character {bad}. Remove it.")
    numbered = ((number, line.strip()) for number, line in enumerate(lines, 1))
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _directive(line: str, late: bool) -> tuple[str, list[str]]:
    """Its name, and the words after it."""
    name, *words = line[1:].split() or [""]
    if name not in DIRECTIVES:
        raise unknown("directive", f"@{name}", [f"@{known}" for known in DIRECTIVES])
    if late:
        raise Mistake(f"@{name} stands too late. Write it above everything else.")
    if name == "player":
        if len(words) != 1:
            raise Mistake("@player names one visitor. Write @player lucy, or @player jonathan.")
        conditions.player(words[0])
    if name == "flags":
        if not words:
            raise Mistake("@flags names none. Write @flags knows_secret kept_a_fly.")
        words = [conditions.flag(word) for word in words]
    if name == "brief" and words:
        raise Mistake("@brief stands alone on its line. Remove the rest.")
    return name, words


def _command(number: int, text: str) -> Command:
    verb, _, rest = text.partition(" ")
    verb, rest = verb.lower(), " ".join(rest.split())
    if not verb:
        raise Mistake("nothing stands after >. Write what is typed, such as > 1 or > choose Take a chair.")
    if verb in ("choose", "answer"):
        if not rest:
            example = "> choose Take a chair" if verb == "choose" else "> answer Five, or > answer right"
            raise Mistake(f"> {verb} needs a part of what is offered: {example}.")
        return Command(number, verb, rest)
    if verb in ("train", "judge") and rest.split()[:1] == ["as"]:
        wish, start = _wish(verb, rest.split()[1:])
        return Command(number, verb, text, wish, start)
    if verb in ("train", "judge") and rest:
        raise Mistake(f"> {verb} takes nothing, or 'as' for a made-up run: {_EXAMPLES[verb]}.")
    return Command(number, "type", text)


_EXAMPLES = {
    "train": "> train as train_accuracy=0.99 validation_accuracy=0.6",
    "judge": "> judge as pass test_accuracy=0.81, > judge as fail overfit",
}


def _wish(verb: str, words: list[str]) -> tuple[Wish, dict[str, float]]:
    """What a made-up run is to say, and the means of the first run before it."""
    said = [word for word in words if "=" not in word]
    given, start = _numbers(word for word in words if "=" in word)
    if verb == "train":
        if start:
            raise Mistake("start. is for judge; a training run is itself the first. Write the numbers without it.")
        passed, said = None, ["fail", *said]
    else:
        if not said or said[0] not in ("pass", "fail"):
            raise Mistake(f"a made-up verdict is pass or fail: {_EXAMPLES['judge']}.")
        passed = said[0] == "pass"
    if len(said) > 2:
        raise Mistake(f"{clip(said[2])} is one word too many. Write {_EXAMPLES[verb]}.")
    second = said[1] if len(said) == 2 else ""
    if passed:
        return Wish(True, to=second, given=given), start
    if second and second not in DIAGNOSES:
        raise unknown("diagnosis", second, DIAGNOSES)
    if second == "diverged" and given:
        raise Mistake("a run that diverged has no numbers. Remove them, or remove 'diverged'.")
    return Wish(passed, diagnosis=second, given=given), start


def _numbers(words: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
    given: dict[str, float] = {}
    start: dict[str, float] = {}
    for word in words:
        name, _, text = word.partition("=")
        bare = name.removeprefix("start.")
        unit = metrics.metric(bare).unit
        into = start if bare != name else given
        try:
            value = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            raise Mistake(f"{name} cannot be {clip(text)}. Write a number, such as {name}=0.8.") from None
        if not abs(value) < 1e12:
            raise Mistake(f"{name} cannot be {clip(text)}. Write a finite number.")
        if unit == "share" and not (-1 if bare == "gap" else 0) <= value <= 1:
            raise Mistake(f"{name} is a share, from 0 to 1, and {text} was given. Write {name}={value / 100:g}.")
        if bare in into:
            raise Mistake(f"{name} is given twice. Remove one.")
        into[bare] = value
    return given, start
