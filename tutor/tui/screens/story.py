"""The tale: what is told in this scene, and what may be done."""

from __future__ import annotations

from types import SimpleNamespace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.events import Resize

from tutor import places
from tutor.tui.screens.base import CastleScreen
from tutor.tui.widgets.choices import Choices, Item
from tutor.tui.widgets.prose import Prose, passage

ASKS = {
    "quiz": "Answer a question",
    "reason": "Say why it worked",
    "mend": "Mend a piece of code",
}
"""How the questions of a scene are offered, by their kind."""


class StoryScreen(CastleScreen):
    """Prose in a column that can be read, and the choices under it; in a wide window the map beside them."""

    CSS_PATH = "story.tcss"
    kind = "story"
    about = "story"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b,backspace", "undo", "back", tooltip="Take back the last step of the tale", id="back"),
        Binding("m", "map", "map", tooltip="The map: where we are, and into another room", id="map"),
        Binding("escape", "app.to_title", "to the gate", tooltip="To the title; Continue leads here again", id="gate"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rooms: list[places.Room] = []

    def body(self) -> ComposeResult:
        with Horizontal(id="house"):
            with Vertical(id="told"):
                yield Prose(id="tale")
                with VerticalScroll(id="ways", can_focus=False):
                    yield Choices()
            yield Container(id="aside")

    def sync(self) -> None:
        self.head()
        won = " ".join(f"A page for the grimoire: {page.technique}. {page.does}" for page in self.game.pages())
        box = [SimpleNamespace(kind="page", speaker="", spans=[("", won)])] if won else []
        told = [*self.game.passages(), *box]
        kept = {passage(part) for part in told}
        read = kept <= self.castle.heard or bool(self.castle.watched)  # an author sees an edit whole
        self.castle.heard |= kept
        self.query_one(Prose).show(told, 0 if read else self.castle.pace)
        self.query_one(Choices).show(self._ways())
        self._rooms = places.outline(self.game)
        self.set_class(len(self._rooms) > 1, "-mapped")
        self.later(self._fit)
        self.later(self._draw_map)

    def _draw_map(self) -> None:
        """Show where we are, where there is room for it; the tale is on the screen before."""
        aside = self.query_one("#aside")
        if not aside.display:
            return
        from tutor.tui.widgets.castlemap import StillMap

        drawn = aside.query(StillMap)
        house = drawn.first() if drawn else StillMap()
        house.show(self._rooms)
        if not drawn:
            aside.mount(house)

    def hurry(self, key: str) -> bool:
        return any(prose.finish() for prose in self.query(Prose)) and key in ("enter", "space")

    def _ways(self) -> list[Item]:
        if questions := self.game.questions():
            return [Item(ASKS.get(questions[0].kind, ASKS["quiz"]))]
        if self.game.ended:
            return [Item("The tale ends here. To the gate")]
        return [Item(choice.label) for choice in self.game.choices()]

    @on(Resize)
    def _grow(self) -> None:
        self.later(self._fit)
        self.later(self._draw_map)

    def _fit(self) -> None:
        """The prose may take all but what the choices need, and no more than it has words for."""
        if not self.here:
            return
        room, tale = self.query_one("#told").size.height, self.query_one(Prose)
        ways = min(self.query_one(Choices).virtual_size.height or 1, max(room // 2 - 1, 3))
        tale.styles.max_height = max(room - ways - 1 - tale.styles.margin.height, 4)

    def warn(self) -> None:
        super().warn()
        self.later(self._fit)

    @on(Choices.Picked)
    def take(self, event: Choices.Picked) -> None:
        """A choice was taken, and not a second one in a hurry, where the tale is further than the screen shows."""
        if not self.is_active or event.choices.items != tuple(self._ways()):
            return
        if self.game.questions():
            from tutor.tui.screens.question import QuestionScreen

            self.app.push_screen(QuestionScreen(), lambda _: self.castle.follow())
        elif self.game.ended:
            self.castle.action_to_title()
        else:
            self.castle.attempt(self.game.choose, event.number)

    def action_map(self) -> None:
        """The map, and into one of its rooms."""
        from tutor.tui.screens.map import MapScreen

        self.app.push_screen(MapScreen(), lambda way: self.castle.attempt(way or self.castle.follow))

    def action_undo(self) -> None:
        """Take back the last step."""
        if self.game.undo():
            self.castle.follow()
        else:
            self.notify("There is no step before this one.", severity="warning")
