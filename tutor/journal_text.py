"""The journal in lines of text and as JSON: for the command line, pipes, and what plain play says of a run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lessons import metrics
from lessons.mistakes import Mistake
from tutor import courses
from tutor.journal import AS_FOUND, NEWEST, Entry, date, label, shown
from tutor.journal_compare import Comparison

if TYPE_CHECKING:
    from lessons.report import Report

WIDTH = 78
EMPTY = "The journal is empty. Train once in any laboratory: from then on every run is written down here."
NOTHING = "No run matches {words!r}."
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
    reached = ", ".join(f"{metrics.metric(name).label} {entry.reached(name)}{_way(entry, name)}" for name in names)
    return [
        f"#{entry.id}  {headline(entry)}",
        *textwrap.wrap(entry.words, WIDTH, initial_indent="    ", subsequent_indent="      "),
        *textwrap.wrap(reached, WIDTH, initial_indent="    ", subsequent_indent="      "),
    ]


def _way(entry: Entry, name: str) -> str:
    """Where the curve of a metric began and how far it came on the way, as far as that is not where it ended."""
    numbers = [value for value in entry.curve if value is not None]
    if name != entry.curve_of or len(entry.curve) < 2 or not numbers:
        return ""
    best = max(numbers) if metrics.metric(name).better == "higher" else min(numbers)
    told = {"at first": metrics.show(name, entry.curve[0]), "at best": metrics.show(name, best)}
    ended = metrics.show(name, entry.curve[-1])
    words = ", ".join(f"{when} {value}" for when, value in told.items() if when == "at first" or value != ended)
    return f" ({words})"


def headline(entry: Entry) -> str:
    """``No Mirror, dining hall: verdict, passed; 3 May 2024 14:05``."""
    alone = ("practice", "verdict", "measured")
    kind = entry.outcome if entry.outcome in alone else f"{entry.kind}, {entry.outcome}"
    deleted = " (deleted)" if entry.deleted else ""
    return f"{entry.lesson}: {kind}; {date(entry.made)} {entry.made:%Y %H:%M}{deleted}"


def in_full(entry: Entry, report: Report) -> str:
    """Everything that is known of one run, its program left out."""
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
        "",
        "night by night",
        *folded(courses.told(report, courses.main(report)), "  "),
    ]
    if entry.diverged:
        lines += ["", f"The loss left the numbers in {entry.diverged} of {len(entry.seeds)} seeds."]
    if entry.kind == "practice":
        lines += ["", *textwrap.wrap(ABOUT, WIDTH)]
    return "\n".join([*lines, "", again(entry)])


def folded(lines: Iterable[str], indent: str = "") -> list[str]:
    """Lines folded under themselves."""
    found = []
    for line in lines:
        left = indent + line[: len(line) - len(line.lstrip())]
        wrap = textwrap.TextWrapper(WIDTH, initial_indent=left, subsequent_indent=f"{left}    ")
        found += wrap.wrap(line.lstrip()) or [""]
    return found


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
        lines += [f"{letter}  #{entry.id}  {headline(entry)}", f"    {entry.seeds_words}, on {entry.device}"]
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
    lines += [
        "",
        "night by night",
        *folded(curves(found), "  "),
        "",
        "code",
        *(found.diff or ("  the same program in both",)),
    ]
    return "\n".join(lines)


def curves(found: Comparison, names: Sequence[str] = ()) -> list[str]:
    """Every curve that both runs have, or those of these metrics: in a line for each, where the nights are the same."""
    pairs = {name: [courses.course(report, name) for report in found.reports] for name in names or found.curves}
    both = {name: (a, b) for name, (a, b) in pairs.items() if a and b}
    if not both:
        return [courses.NONE]
    nights = {tuple(night for night, _ in course.points) for pair in both.values() for course in pair}
    if len(nights) > 1:
        return [
            f"{c.label}, {letter}: {c.words}" for pair in both.values() for letter, c in zip("AB", pair, strict=True)
        ]
    lines = [f"after night {', '.join(map(str, *nights))}:"]
    for a, b in both.values():
        ours, theirs = (", ".join(value for _, value in course.points) for course in (a, b))
        lines.append(f"{a.label}: A {ours}; B {theirs}")
    return lines


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
