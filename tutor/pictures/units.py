"""One sign for each unit: the dead ones, and those that dropout struck out of a training step."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.pictures.picture import Picture, Row, Segment, Sight, listed, many, row

WAITING_DEAD = "The units are counted as soon as a run has begun: those that put out the same for every row are dead."
WAITING_MASK = "As soon as a run has begun, this shows which units dropout strikes out of a training step."
NO_UNITS = "This network has no hidden units that could die."
OFF = (
    "Trained without dropout, and so no unit was struck out; "
    "train with it turned up, to see here the gaps of one training step."
)
ALIVE, DEAD = ("·", "muted"), ("×", "count")
KEPT, STRUCK = ("■", "training"), ("·", "muted")
GONE = ("…", "muted")
"""More units than there is room for."""


@dataclass(frozen=True)
class _Group:
    """The units of one layer."""

    name: str
    number: str
    marks: str
    """1 or 0 for each of its first units."""
    units: int
    marked: int


def dead(sight: Sight, width: int, height: int, title: str) -> Picture:
    """The hidden units, the dead ones crossed out."""
    if sight.view is None:
        return Picture(title, (), WAITING_DEAD)
    layers = [layer for layer in enumerate(sight.view.layers, 1) if layer[1].dead is not None]
    if not layers:
        return Picture(title, (), "What the units put out is no number any more." if _lost(sight) else NO_UNITS)
    groups = [
        _Group(layer.name, str(number), layer.dead_units, layer.units, round((layer.dead or 0.0) * layer.units))
        for number, layer in layers
    ]
    marked, units = sum(group.marked for group in groups), sum(group.units for group in groups)
    words = (
        f"{marked:,} of {many(units, 'hidden unit')} put out the same for every row: these are dead, and crossed out."
    )
    if not marked:
        words = (
            f"None of {many(units, 'hidden unit')} is dead; "
            "one that put out the same for every row would be crossed out."
        )
    return Picture(title, _rows(groups, "dead", (ALIVE, DEAD), width, height), words, _each(groups if marked else []))


def _lost(sight: Sight) -> bool:
    return bool(sight.view and any(layer.spread is None for layer in sight.view.layers))


def mask(sight: Sight, width: int, height: int, title: str) -> Picture:
    """The units that dropout kept in one step, for one row, and gaps in place of the others."""
    if sight.view is None:
        return Picture(title, (), WAITING_MASK if any(sight.recipe.rates) else OFF)
    masks = sight.view.masks
    if not masks:
        return Picture(title, (), OFF)
    groups = [
        _Group(f"after layer {one.after}, rate {one.rate:g}", str(one.after), one.struck_units, one.units, one.struck)
        for one in masks
    ]
    told = [f"{group.marked:,} of {many(group.units, 'unit')} after layer {group.number}" for group in groups[:2]]
    if len(groups) > 2:
        struck, units = sum(group.marked for group in groups), sum(group.units for group in groups)
        told = [f"{struck:,} of {many(units, 'unit')} after {len(groups)} layers"]
    at_exam = "an examined row none" if sight.recipe.eval_mode else "and without eval() an examined row, too"
    words = f"In a training step one row goes without {listed(told)}; the next row misses others, {at_exam}."
    each = _each(groups) if len(groups) > 2 else ""
    return Picture(title, _rows(groups, "struck out", (KEPT, STRUCK), width, height), words, each)


def _each(groups: list[_Group]) -> str:
    """Layer by layer; nothing for one alone, of which the sentence has said it."""
    told = [f"layer {group.number}, {_counted(group)}" for group in groups]
    return f"One by one: {'; '.join(told)}." if len(told) > 1 else ""


def _rows(groups: list[_Group], what: str, signs: tuple[Segment, Segment], width: int, height: int) -> tuple[Row, ...]:
    """Each layer under its name, or all on a row of their own where there is little room."""
    if 2 * len(groups) > height:
        return _tight(groups, what, signs, width, height)
    wanted = [-(-len(group.marks) // width) for group in groups]
    room = height - len(groups)
    rows: list[Row] = []
    for place, group in enumerate(groups):
        # What the layers after this one leave of the room, if each gets its share.
        fair = room // (len(groups) - place)
        lines = min(wanted[place], max(fair, room - sum(wanted[place + 1 :])))
        room -= lines
        note = f"  {_counted(group)} {what}"
        name = group.name if len(group.name + note) <= width else f"layer {group.number}"
        if len(name + note) > width:
            note = f"  {_counted(group)}"
        rows.append(((name, ""), (note, "muted")))
        cells = _signs(group, signs, lines * width)
        rows += [row(cells[n : n + width]) for n in range(0, len(cells), width)]
    return tuple(rows)


def _tight(groups: list[_Group], what: str, signs: tuple[Segment, Segment], width: int, height: int) -> tuple[Row, ...]:
    shown = groups if len(groups) <= height else groups[: max(height - 1, 0)]
    name = max((len(group.number) for group in shown), default=0)
    note = max((len(_counted(group)) for group in shown), default=0)
    room = max(width - name - note - 2, 1)
    rows: list[Row] = []
    for group in shown:
        cells = _signs(group, signs, room)
        blank = " " * (room - len(cells))
        rows.append(
            row([(f"{group.number:>{name}} ", ""), *cells, (blank, ""), (f" {_counted(group):>{note}}", "muted")])
        )
    rest = groups[len(shown) :]
    if rest:
        marked, units = sum(group.marked for group in rest), sum(group.units for group in rest)
        rows.append(((f"... {len(rest)} more: {marked:,} of {units:,} {what}"[:width], "muted"),))
    return tuple(rows)


def _counted(group: _Group) -> str:
    return f"{group.marked:,} of {group.units:,}"


def _signs(group: _Group, signs: tuple[Segment, Segment], room: int) -> list[Segment]:
    cells = [signs[mark == "1"] for mark in group.marks]
    whole = len(cells) <= room and group.units <= len(cells)
    return cells if whole else [*cells[: room - 1], GONE]
