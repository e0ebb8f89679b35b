"""The map: every chapter a room, with its sign; one of them is pointed at."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tutor.places import Room
from tutor.tui.widgets import castleplan
from tutor.tui.widgets.canvas import HEAVY, Canvas
from tutor.tui.widgets.furniture import furniture

TONES = {"here": "$turned bold", "done": "$met", "open": "$foreground bold", "locked": "$muted"}
WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class CastleMap(Widget, can_focus=True):
    """Posts ``Pointed`` when another room is pointed at, ``Entered`` when one is to be entered."""

    DEFAULT_CSS = """
    CastleMap { width: 1fr; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "go('right')", "rooms", key_display="arrows", tooltip="To the room on the right"),
        Binding("left", "go('left')", "to the left", show=False, tooltip="To the room on the left"),
        Binding("up", "go('up')", "up", show=False, tooltip="To the room above"),
        Binding("down", "go('down')", "down", show=False, tooltip="To the room below"),
        Binding("home", "jump(0)", "first room", show=False, tooltip="To the first chapter"),
        Binding("end", "jump(-1)", "last room", show=False, tooltip="To the last chapter"),
        Binding("enter,space", "enter", "go there", key_display="Enter", tooltip="Go into this room"),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Pointed(Message):
        """Another room is pointed at, or it is another than it was."""

    @dataclass
    class Entered(Message):
        """A room is to be entered."""

        room: Room

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.rooms: tuple[Room, ...] = ()
        self._top = 0
        """The first row that is shown, where the map is higher than its place."""

    def show(self, rooms: Sequence[Room]) -> None:
        """Draw these; pointed at is the room that was, else the one where we are, else the first that is open."""
        if tuple(rooms) == self.rooms:
            return
        before = self.rooms[self.cursor].id if self.rooms else ""
        self.rooms = tuple(rooms)
        ways = ([room.id == before for room in rooms], [r.here for r in rooms], [r.state == "open" for r in rooms])
        self.cursor = next((marks.index(True) for marks in ways if True in marks), 0)
        self.refresh()
        self._say()

    # pointing

    @property
    def room(self) -> Room | None:
        """The room that is pointed at."""
        return self.rooms[self.cursor] if self.rooms else None

    def _say(self) -> None:
        self.post_message(self.Pointed())

    def watch_cursor(self) -> None:
        self._say()

    def action_go(self, way: str) -> None:
        """To the nearest room that way; where there is none, stay."""
        regions = self.regions()
        here, (dx, dy) = regions[self.cursor], WAYS[way]
        ahead = {n: cost for n, there in enumerate(regions) if (cost := _cost(here, there, dx, dy)) is not None}
        if ahead:
            self.cursor = min(ahead, key=lambda n: ahead[n])

    def action_jump(self, to: int) -> None:
        """To the first or the last chapter."""
        self.cursor = 0 if to == 0 else max(len(self.rooms) - 1, 0)

    def step(self, by: int) -> None:
        """To the next chapter or the one before, in the order of the tale."""
        self.cursor = min(max(self.cursor + by, 0), max(len(self.rooms) - 1, 0))

    def action_enter(self) -> None:
        """Into the room that is pointed at."""
        self.pick(self.cursor)

    def pick(self, number: int) -> None:
        """Into a room by its place, if there is one."""
        if 0 <= number < len(self.rooms):
            self.cursor = number
            self.post_message(self.Entered(self.rooms[number]))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if (number := self._at(event.x, event.y)) is not None:
            self.cursor = number

    def on_click(self, event: events.Click) -> None:
        if (number := self._at(event.x, event.y)) is not None:
            self.pick(number)

    def _at(self, x: int, y: int) -> int | None:
        return next((n for n, region in enumerate(self.regions()) if region.contains(x, y + self._top)), None)

    # drawing

    def plan(self) -> castleplan.Plan:
        """Where everything is, in the size that there is."""
        width, height = self.size
        if self.rooms and self.rooms[0].place:
            return castleplan.castle(width, height)
        return castleplan.stair([room.id for room in self.rooms], width, height)

    def regions(self) -> list[Region]:
        """The cells of each room, its walls included."""
        plan = self.plan()
        return [plan.rooms[room.place or room.id] for room in self.rooms]

    def render(self) -> Content:
        if not self.rooms:
            return Content("")
        plan = self.plan()
        canvas = Canvas(plan.width, plan.height)
        castleplan.scenery(canvas, plan)
        regions = self.regions()
        for room, region in zip(self.rooms, regions, strict=True):
            if room.place not in plan.open_air:
                canvas.walls(region, "$muted 60%")
        castleplan.roofs(canvas, plan)
        for room, region in zip(self.rooms, regions, strict=True):
            if room is not self.rooms[self.cursor]:
                furnish(canvas, room, region, plan.storey)
        here, region = self.rooms[self.cursor], regions[self.cursor]
        canvas.clear(region.shrink((1, 1, 1, 1)), "$cursor-bg")
        canvas.walls(region, "$turned", HEAVY)
        furnish(canvas, here, region, plan.storey, pointed=True)
        self._top = self._scrolled(region, plan.height)
        rows = range(self._top, min(self._top + self.size.height, plan.height))
        return Content("\n").join(canvas.row(y) for y in rows)

    def _scrolled(self, region: Region, height: int) -> int:
        """The first row to show, as near to the last one as this room allows."""
        shown = self.size.height
        top = min(max(self._top, region.bottom + 1 - shown), region.y - 1)
        return min(max(top, 0), max(height - shown, 0))


class StillMap(CastleMap, can_focus=False):
    """Shows where we are, and lets nobody walk about; a click opens the map in which that can be done."""

    def show(self, rooms: Sequence[Room]) -> None:
        """Draw these; pointed at is the one where we are, wherever we were."""
        if tuple(rooms) != self.rooms:
            self.rooms = ()
            super().show(rooms)

    def _at(self, x: int, y: int) -> int | None:
        return None  # the mouse points at no room

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.run_action("screen.map")


def furnish(canvas: Canvas, room: Room, region: Region, storey: int, pointed: bool = False) -> None:
    """Write what a room is called and its sign, and put into it what belongs there."""
    inside = region.shrink((1, 1, 1, 1))
    dark = room.standing == "locked"
    if not dark and not pointed:
        canvas.clear(inside, "$panel")
    ink = "$muted" if dark else "$foreground"
    name = f"{ink} bold" if pointed else ink
    sign, tone = f"{room.sign} {room.standing}", TONES[room.standing]
    if inside.height == 1:
        return canvas.middle(inside, 0, f"{room.sign} {room.place or room.title}", f"{tone} bold" if pointed else tone)
    if storey > 1:
        number = str(room.number)
        canvas.clear(Region(region.x + 3, region.y, len(number) + 2, 1))
        canvas.put(region.x + 4, region.y, number, "$turned bold" if pointed else "$muted")
    titled = bool(room.place) and storey >= 5 and len(room.title) <= inside.width
    if room.place:
        names = [(room.title, f"{ink} bold"), (room.place, "$muted")] if titled else [(room.place, name)]
    else:
        most = inside.height - 1
        lines = textwrap.wrap(room.title, inside.width - 2, max_lines=most, placeholder="…") or [room.title]
        names = [(text, name) for text in lines]
    things = furniture(room.place, inside.width, inside.height - len(names) - 1 - (inside.height > 4))
    free = inside.height - len(names) - len(things) - 1
    row = min(free // 3, 1)
    for text, style in names:
        canvas.middle(inside, row, text, style)
        row += 1
    row += (free + 1) // 2 if free > 1 else 0
    for thing in things:
        canvas.middle(inside, row, thing, "$rule" if dark else "$spoken")
        row += 1
    canvas.middle(inside, inside.height - 1 - (free > 2), sign, tone)


def _cost(here: Region, there: Region, dx: int, dy: int) -> float | None:
    """How far a room is off in a direction, those beside the way counting as farther; None where it is not that way."""
    x0, y0, x1, y1 = *_middle(here), *_middle(there)
    ahead = (x1 - x0) * dx + (y1 - y0) * 2 * dy
    beyond = there.x >= here.right - 1 if dx > 0 else there.right - 1 <= here.x if dx < 0 else True
    beyond = beyond and (there.y >= here.bottom - 1 if dy > 0 else there.bottom - 1 <= here.y if dy < 0 else True)
    aside = abs(y1 - y0) * 2 if dx else abs(x1 - x0)
    return ahead + 2 * aside if ahead > 0 and beyond else None


def _middle(region: Region) -> tuple[float, float]:
    return region.x + region.width / 2, region.y + region.height / 2
