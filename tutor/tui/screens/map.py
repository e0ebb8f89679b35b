"""The map: the chapters as rooms of the castle, and what is known of the one that is pointed at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor import places
from tutor.places import SIGNS, Room
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.castlemap import TONES, CastleMap
from tutor.tui.widgets.heading import Heading

BESIDE = 76
"""From this width on, what is known of a room stands beside the map, else below it."""
BUSY = "The apprentice is still learning. Wait, or end the run with ctrl+c; then you can go."


class MapScreen(Overlay):
    """Gives back what takes the player to the room that was entered, or None."""

    CSS_PATH = "map.tcss"
    AUTO_FOCUS = "CastleMap"
    about = "map"

    def __init__(self) -> None:
        super().__init__()
        self._minutes: dict[str, int] = {}

    def body(self) -> ComposeResult:
        with Container(id="house"):
            yield CastleMap()
            with VerticalScroll(id="known", can_focus=False):
                yield Static(id="room")

    def sync(self) -> None:
        rooms = places.rooms(self.game)
        done = sum(room.state == "done" for room in rooms)
        signs = "  ".join(f"{sign} {word}" for word, sign in SIGNS.items())
        title = "The castle" if rooms[0].place else "The chapters"
        self.query_one(Heading).show(title, signs, position=f"{done} of {len(rooms)} done")
        self.query_one(CastleMap).show(rooms)

    def renew(self) -> None:
        self._minutes.clear()
        self.sync()
        self.tell()

    @on(events.Resize)
    def _turn(self) -> None:
        self.set_class(self.size.width < BESIDE, "-below")
        self.later(self.tell)

    @on(CastleMap.Pointed)
    def tell(self) -> None:
        """Say what is known of the room that is pointed at."""
        room = self.query_one(CastleMap).room
        if room is None or not self.here:
            return
        if room.id not in self._minutes:
            self._minutes[room.id] = places.minutes(self.game, room)
        minutes = self._minutes[room.id]
        if self.has_class("-below"):
            lines = _short(room, minutes)
        else:
            lines = _long(room, minutes, self.has_class("-roomy") or self.has_class("-wide"))
        self.query_one("#room", Static).update(Content("\n").join(lines))

    def action_pick(self, number: int) -> None:
        """Into a room by the number of its chapter."""
        self.query_one(CastleMap).pick(number - 1)

    def action_page(self, by: int) -> None:
        """To the chapter before or after."""
        self.query_one(CastleMap).step(by)

    # going there

    @on(CastleMap.Entered)
    def enter(self, event: CastleMap.Entered) -> None:
        """A room was entered; where a place in the tale would be given up for it, that is asked first."""
        room = event.room
        if room.state == "locked":
            self.notify(f"{room.title} is locked. {room.bars}", severity="warning", markup=False)
        elif self.game.training:
            self.notify(BUSY, severity="warning")
        elif not self.game.halfway:
            self.dismiss(self._way(room))
        else:
            self._ask(room)

    def _ask(self, room: Room) -> None:
        from tutor.tui.screens.ask import AskScreen

        stands = f"You are at: {self.game.where}."
        if room.here:
            answers = ("Go on from there", f"Begin {room.title} again", "Stay")
            words = f"{stands} To begin the chapter again, {places.GIVEN_UP[0].lower()}{places.GIVEN_UP[1:]}"
            ask = AskScreen(room.title, words, answers)
            ways = [self._on, self._way(room)]
        else:
            ask = AskScreen(f"Go to {room.title}?", f"{stands} {places.GIVEN_UP}", ("Go there", "Stay"))
            ways = [self._way(room)]
        self.app.push_screen(ask, partial(self._answered, ways))

    def _answered(self, ways: list[Callable[[], None]], answer: int | None) -> None:
        if answer is not None and answer < len(ways):
            self.call_later(self._leave, ways[answer])  # the question is still on top

    def _leave(self, way: Callable[[], None]) -> None:
        self.dismiss(way)

    def _way(self, room: Room) -> Callable[[], None]:
        return partial(self.game.open_chapter, room.id)

    def _on(self) -> None:
        """Go on where we are."""
        if not self.game.begun:
            self.game.resume()


def _long(room: Room, minutes: int, roomy: bool) -> Iterator[Content]:
    """What is known of a room, one thing under another."""
    yield Content.styled(room.title, "bold")
    if room.place:
        yield Content.styled(f"the {room.place}", "$muted")
    yield Content.styled(f"chapter {room.number}, {minutes} minutes", "$muted")
    yield Content("")
    yield Content.styled(f"{room.sign} {room.said}", TONES[room.standing])
    if room.state == "locked":
        yield Content.styled(room.bars, "$muted")
    for label, lines in _facts(room, roomy):
        yield Content("")
        yield Content.styled(label, "$muted")
        yield from lines


def _facts(room: Room, roomy: bool) -> Iterator[tuple[str, list[Content]]]:
    if room.teaches:
        yield "teaches", [Content(", ".join(room.teaches))]
    if room.won or room.unwon:
        written = [Content.assemble(("✓ ", "$met"), name) for name in room.won]
        blank = [Content.styled(f"· {_pages(room.unwon)}", "$muted")] if room.unwon else []
        yield "for the grimoire", written + blank
    if room.best:
        yield "your best", [line for best in room.best[0 if roomy else -1 :] for line in _best(best, roomy)]


def _pages(count: int) -> str:
    return "one page to be won" if count == 1 else f"{count} pages to be won"


def _best(best: places.Best, roomy: bool) -> Iterator[Content]:
    mark = ("✓ ", "$met") if best.passed else ("✗ ", "$count")
    yield Content.assemble(mark, f"{best.metric} {best.reached}" if roomy else best.metric)
    if not roomy:
        yield Content(f"  {best.reached}")
    yield Content.styled(f"  {best.place}", "$muted")


def _short(room: Room, minutes: int) -> Iterator[Content]:
    """The same in five rows."""
    standing = room.bars if room.state == "locked" else room.said
    yield Content.assemble((room.title, "bold"), (f"  chapter {room.number}, {minutes} minutes", "$muted"))
    yield Content.styled(f"{room.sign} {standing}", TONES[room.standing])
    yield Content.assemble(("teaches  ", "$muted"), ", ".join(room.teaches))
    yield Content.assemble(("pages    ", "$muted"), room.pages)
    if room.best:
        best = room.best[-1]
        yield Content.assemble(("best     ", "$muted"), f"{best.metric} {best.reached}, {best.place}")
