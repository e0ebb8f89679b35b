"""The journal in lines of text and as JSON: for the command line, the plain mode, pipes and screen readers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from lessons import metrics
from lessons.mistakes import Mistake
from tutor.journal import AS_FOUND, NEWEST, Entry, Journal, date, label, shown
from tutor.journal_compare import Comparison, compare
from tutor.journal_note import sparkline

WIDTH = 78
SPARK = 16
EMPTY = "The journal is empty. Train once in any laboratory: from then on every run is written down here."
NOTHING = "No run matches {words!r}."
USE = """\
journal              the newest runs             journal dropout       those with a word in them
journal show N       one run in full             journal compare A B   two runs side by side
journal delete N     take a run out              journal undo          bring back what was deleted last"""
ABOUT = "The test rows of a practice run stay unseen: what was chosen by them would test nothing any more."


def table(rows: Iterable[Sequence[str]], indent: str = "  ", width: int = WIDTH) -> list[str]:
    """Rows of cells in columns, as narrow as they are; the last is folded under itself."""
    rows = [[*row] for row in rows]
    wide = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)][:-1] if rows else []
    left = len(indent) + sum(w + 2 for w in wide)
    lines = []
    for row in rows:
        front = indent + "".join(f"{cell:<{w}}  " for cell, w in zip(row, wide, strict=False))
        folded = textwrap.wrap(row[-1], max(width - left, 20)) or [""]
        lines += [(front + folded[0]).rstrip(), *(" " * left + more for more in folded[1:])]
    return lines


def listed(entries: Sequence[Entry], most: int | None, words: str = "", by: str = NEWEST) -> str:
    """The first of these runs, three lines each."""
    if not entries:
        return NOTHING.format(words=words) if words else EMPTY
    lines = []
    for entry in entries[:most]:
        lines += told(entry, by)
    if most is not None and len(entries) > most:
        lines.append(f"{most} of {len(entries):,} runs are shown.")
    return "\n".join(lines)


def told(entry: Entry, by: str = NEWEST) -> list[str]:
    """A run in a few lines."""
    names = list(dict.fromkeys([*([by] if by in entry.metrics else []), *entry.main[:3]]))
    reached = ", ".join(f"{metrics.metric(name).label} {entry.reached(name)}" for name in names)
    spark = sparkline(list(entry.curve), entry.curve_of.endswith("accuracy"), SPARK)
    return [
        f"#{entry.id}  {headline(entry)}",
        *textwrap.wrap(entry.words, WIDTH, initial_indent="    ", subsequent_indent="      "),
        *textwrap.wrap(f"{reached}  {spark}".strip(), WIDTH, initial_indent="    ", subsequent_indent="      "),
    ]


def headline(entry: Entry) -> str:
    """``No Mirror, dining hall: verdict, passed; 3 May 2024 14:05``."""
    alone = ("practice", "verdict", "measured")
    kind = entry.outcome if entry.outcome in alone else f"{entry.kind}, {entry.outcome}"
    deleted = " (deleted)" if entry.deleted else ""
    return f"{entry.lesson}: {kind}; {date(entry.made)} {entry.made:%Y %H:%M}{deleted}"


def in_full(entry: Entry) -> str:
    """Everything that is known of one run, its curves and its program left out."""
    offered = [(label(name), shown(name, value)) for name, value in entry.settings.items()]
    kept = [(text, value) for (text, value), name in zip(offered, entry.settings, strict=True) if name in entry.turned]
    rest = [pair for pair in offered if pair not in kept]
    lines = [
        f"#{entry.id}  {headline(entry)}",
        f"    {entry.seeds_words}, on {entry.device}, {entry.threads} thread{'s' * (entry.threads > 1)}, "
        f"{entry.seconds:.1f} s",
        "",
        "turned",
        *(table(kept) or [f"  {AS_FOUND}"]),
        *(["", "as found", *table(rest)] if rest and kept else []),
        "",
        "measured",
        *table([(metrics.metric(name).label, entry.reached(name)) for name in entry.measured]),
    ]
    if entry.diverged:
        lines += ["", f"The loss left the numbers in {entry.diverged} of {len(entry.seeds)} seeds."]
    if entry.kind == "practice":
        lines += ["", *textwrap.wrap(ABOUT, WIDTH)]
    return "\n".join([*lines, "", again(entry)])


def again(entry: Entry) -> str:
    """How to make the same run again, or why no code can say."""
    try:
        return f"the same again: {entry.command}"
    except Mistake as error:
        return str(error)[:1].upper() + str(error)[1:]


def side_by_side(found: Comparison) -> str:
    """Two runs in lines."""
    lines = []
    for letter, entry in (("A", found.a), ("B", found.b)):
        spark = sparkline(list(entry.curve), entry.curve_of.endswith("accuracy"), SPARK)
        curve = f"    {metrics.metric(entry.curve_of).label}, night by night: {spark}"
        lines += [f"{letter}  #{entry.id}  {headline(entry)}", f"    {entry.seeds_words}, on {entry.device}", curve]
    lines += [
        "",
        "settings",
        *table([("", "A", "B"), *((_mark(r.differs) + r.label, r.a, r.b) for r in found.settings)]),
    ]
    lines += [f"  and {found.alike} more alike in both" if found.alike else ""]
    rows = [(r.label, r.a, r.b, f"{r.difference}  {r.judged}".rstrip()) for r in found.metrics]
    lines += ["", "metrics", *table([("", "A", "B", "from A to B"), *rows])]
    if found.chance:
        lines.append(f"  {found.chance}")
    lines += ["", "code", *(found.diff or ("  the same program in both",))]
    return "\n".join(lines)


def _mark(differs: bool) -> str:
    return "* " if differs else "  "


def as_json(entry: Entry) -> dict[str, Any]:
    """A run as plain JSON values."""
    return {
        "number": entry.id,
        "lesson": entry.scene,
        "title": entry.lesson,
        "kind": entry.kind,
        "passed": entry.passed,
        "deleted": entry.deleted,
        "made": entry.made.isoformat(),
        "settings": entry.settings,
        "turned": list(entry.turned),
        "metrics": {name: {"mean": mean, "se": error} for name, (mean, error) in entry.metrics.items()},
        "seeds": list(entry.seeds),
        "diverged": entry.diverged,
        "curve_of": entry.curve_of,
        "curve": list(entry.curve),
        "device": entry.device,
        "threads": entry.threads,
        "seconds": entry.seconds,
        "share": entry.share,
    }


def compared_json(found: Comparison) -> dict[str, Any]:
    """A comparison as plain JSON values."""
    return {
        "a": as_json(found.a),
        "b": as_json(found.b),
        "settings": [{"name": r.name, "a": r.a, "b": r.b, "differs": r.differs} for r in found.settings],
        "metrics": [{"name": r.name, "difference": r.value, "se": r.error, "b_is": r.judged} for r in found.metrics],
        "diff": list(found.diff),
    }


def answer(journal: Journal, words: str, most: int) -> str:
    """What the plain mode says to ``journal ...``; a ``Mistake`` says what may be asked."""
    verb, *rest = words.split() or [""]
    if verb == "show":
        return in_full(journal.find(*_numbers(rest, 1)))
    if verb == "compare":
        return side_by_side(compare(journal, *_numbers(rest, 2)))
    if verb == "delete":
        entry = journal.delete(*_numbers(rest, 1))
        return f"Run #{entry.id} is deleted ({entry.lesson}). To bring it back: journal undo."
    if verb in ("undo", "restore"):
        entry = journal.restore(*_numbers(rest, 1)) if rest else journal.restore()
        return f"Run #{entry.id} is back ({entry.lesson})."
    return f"{listed(journal.select(words), most, words)}\n\n{USE}"


def _numbers(words: Sequence[str], count: int) -> list[int]:
    numbers = [word.removeprefix("#") for word in words]
    if len(numbers) != count or not all(n.isascii() and n.isdigit() for n in numbers):
        many = "two numbers of runs, such as 3 7" if count > 1 else "the number of a run, such as 7"
        raise Mistake(f"give {many}; the list shows them, as #7.")
    return [int(number[:18]) for number in numbers]
