"""The other widgets, each in an application of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tests.tui import views
from tests.tui.fake import run, told
from tests.tui.reading import rows, text, words
from tutor.tui.app import CastleApp
from tutor.tui.themes import MEANINGS, THEMES
from tutor.tui.widgets.bars import Measure, Measures
from tutor.tui.widgets.choices import Choices, Item
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.dots import SeedDots
from tutor.tui.widgets.facts import Facts
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.progress import ProgressLine, running_words
from tutor.tui.widgets.prose import Prose


class Holder(App[None]):
    """Holds widgets, and keeps what they post."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.held, self.heard = widgets, []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return THEMES[0].variables

    def compose(self) -> ComposeResult:
        yield from self.held

    @on(Dial.Turned)
    def turned(self, event: Dial.Turned) -> None:
        self.heard.append((event.name, event.value))

    @on(Dial.Refused)
    def refused(self, event: Dial.Refused) -> None:
        self.heard.append("refused")

    @on(Choices.Picked)
    def picked(self, event: Choices.Picked) -> None:
        self.heard.append(event.number)

    @on(Measures.Explained)
    def explained(self, event: Measures.Explained) -> None:
        self.heard.append(event.words)


def hold(
    test: Callable[[Holder, Pilot[Any]], Awaitable[None]], *widgets: Widget, size: tuple[int, int] = (60, 12)
) -> None:
    async def begin() -> None:
        app = Holder(*widgets)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await test(app, pilot)

    run(begin())


def dial() -> Dial:
    return Dial("dropout", "dropout", (0.0, 0.2, 0.5, 0.9), ("0", "0.2", "0.5", "0.9"), 0.2)


def test_a_dial_turns_by_keys() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        await pilot.press("right", "right", "right", "left", "home", "end", "2")
        assert [value for _, value in app.heard] == [0.5, 0.9, 0.5, 0.0, 0.9, 0.2]
        assert "▸ dropout" in text(app) and "< 0.2 >" in text(app)

    hold(test, dial())


def test_a_dial_turns_by_mouse() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        row = rows(app)[0]
        await pilot.click(Dial, offset=(row.index(">"), 0))
        row = rows(app)[0]
        await pilot.click(Dial, offset=(row.index("<"), 0))
        await pilot.click(Dial, offset=(len(row) - 1, 0))
        await pilot._post_mouse_events([_wheel()], Dial)
        assert [value for _, value in app.heard] == [0.5, 0.2, 0.9, 0.5]

    hold(test, dial())


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


def test_a_dial_of_words_shows_them_and_takes_a_click() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert "( SGD )" in text(app) and "AdamW" in text(app)
        await pilot.click(Dial, offset=(rows(app)[0].index("AdamW"), 0))
        assert app.heard == [("optimizer", "adamw")]
        assert "( AdamW )" in text(app)

    hold(test, Dial("optimizer", "optimiser", ("sgd", "adamw"), ("SGD", "AdamW"), "sgd", words=True))


def test_many_words_fall_back_to_one() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        await pilot.press("right")
        assert "tanh" in text(app) and "sigmoid" not in text(app)

    names = ("relu", "tanh", "sigmoid", "leaky_relu", "gelu", "silu")
    hold(test, Dial("activation", "activation", names, names, "relu", words=True), size=(40, 3))


def test_a_locked_dial_says_so_and_stays() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        app.query_one(Dial).show(0.2, locked=True)
        await pilot.press("right")
        assert app.heard == ["refused"] and app.query_one(Dial).value == 0.2

    hold(test, dial())


def test_choices_by_digit_arrows_and_mouse() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        choices = app.query_one(Choices)
        await pilot.press("down", "enter", "end", "enter")
        await pilot.click(Choices, offset=(4, 0))
        choices.pick(1)
        choices.pick(2)
        await pilot.pause()
        assert app.heard == [1, 3, 0, 1]

    hold(test, Choices(["One", "Two", Item("Three", "locked", enabled=False), "Four"]))


def test_where_nothing_is_chosen_beforehand_enter_takes_nothing() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        choices = app.query_one(Choices)
        choices.show(["One", "Two"], cursor=-1)
        await pilot.pause()
        assert "▹ 1. One" in choices.render().plain and "▸" not in choices.render().plain
        await pilot.press("enter", "enter", "space", "enter")
        assert not app.heard and "▹ 1. One" in choices.render().plain
        await pilot.press("down")
        assert "▸ 1. One" in choices.render().plain
        await pilot.press("down", "enter")
        assert app.heard == [1]
        choices.show(["One", "Two"], cursor=-1)
        assert choices.cursor == -1, "asked again, nothing is chosen again"
        await pilot.press("up", "enter")
        assert app.heard == [1, 1], "up from nowhere leads to the last"

    hold(test, Choices(["Other"]))


def test_a_long_choice_folds_and_its_second_row_can_be_clicked() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert "nobody living can read" in words(app)
        await pilot.click(Choices, offset=(6, 1))
        assert app.heard == [0]

    hold(test, Choices(["What he is owed stands in ledgers, in hands that nobody living can read", "No"]), size=(50, 9))


def test_seeds_are_countable_beside_mean_and_goal() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert text(app).count("●") == 5
        for sign in ("◆", "┣", "┫", "┃", "goal 75.0%", "79.8%"):
            assert sign in text(app)

    values = [0.79, 0.79, 0.80, 0.80, 0.81]
    hold(test, SeedDots(values, 0.798, 0.004, 0.75, True, lambda v: f"{v:.1%}"))


def test_the_dots_say_in_a_sentence_what_they_are() -> None:
    whole = SeedDots([0.7, 0.8], 0.75, 0.05, 0.7, True)
    assert whole.words == "A dot is one apprentice, the diamond the mean, the bar one standard error."
    assert SeedDots([0.7], 0.7, None, 0.7, True).words == "A dot is one apprentice, the diamond the mean."
    assert SeedDots([0.7, None], None, None, 0.7, False).words == "A dot is one apprentice."
    assert SeedDots([None], None, None, 0.7, False).words == ""


def test_a_verdict_says_once_what_dots_and_curves_are() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert app.screen.query_one(SeedDots).words in words(app)
        assert "Accuracy after each night: the lines are" in words(app)
        screen = app.screen
        first, *_ = screen.judged.outcomes  # type: ignore[attr-defined]
        screen.judged = SimpleNamespace(**{**vars(screen.judged), "outcomes": (first,) * 2})  # type: ignore[attr-defined]
        await screen.recompose()
        await pilot.pause()
        assert len(screen.query(SeedDots)) == 2 and len(screen.query(".said")) == 1

    views.see("verdict", test, (100, 40))


def test_seeds_that_were_lost_are_counted() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert "2 lost" in text(app)

    hold(test, SeedDots([0.8, None, None], None, None, 0.75, False, lambda v: f"{v:.1%}"), size=(40, 5))


def test_nothing_to_put_on_a_line() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert "left the numbers" in text(app)

    hold(test, SeedDots([None], None, None, None, False))


def test_code_is_folded_and_lit_lines_are_marked_and_in_view() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        view = app.query_one(CodeView)
        source = "\n".join(f"line_{n} = call(with_a_long_argument={n}, and_another={n})" for n in range(40))
        view.show(source, [30])
        await pilot.pause()
        await pilot.pause()
        lit = next(row for row in rows(app) if row.startswith(">"))
        assert " 31 " in lit and "line_30" in lit
        assert "and_another=30" in words(app)
        assert all(len(row) <= 40 for row in rows(app))

    hold(test, CodeView(), size=(40, 12))


def test_progress_speaks_the_players_words() -> None:
    assert running_words(12, 30, 2.0) == "The apprentice is learning ... 12 of 30 nights, 2 s left"
    assert running_words(12, 30, None, 5, 2) == "5 apprentices are learning, 2 done ... 12 of 30 nights"


def test_the_bar_stands_beside_the_words_and_where_they_leave_no_room_under_them() -> None:
    several = running_words(12, 30, 2.0, 5)
    cases = [
        (80, running_words(12, 30, 2.0), 1),
        (80, several, 1),
        (80, f"{several} (the dials are locked)", 2),
        (60, running_words(12, 30, 2.0), 2),
        (60, several, 2),
        (60, f"{several} (the dials are locked)", 2),
        (36, several, 3),
    ]

    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        line = app.query_one(ProgressLine)
        for width, said, high in cases:
            await pilot.resize_terminal(width, 6)
            while line.size.width != width - 2:
                await pilot.pause(0.01)
            line.show(said, 0.5)
            await pilot.pause()
            shown = words(app)
            assert said in shown and shown.count("━") + shown.count("─") >= 6, (width, said)
            assert abs(shown.count("━") - shown.count("─")) <= 1
            assert line.size.height == high == len([row for row in rows(app) if row.strip()]), (width, said)
        line.show(several)
        await pilot.pause()
        assert "━" not in text(app) and "─" not in text(app)

    hold(test, ProgressLine())


def test_a_bar_that_moves_does_not_lay_the_screen_out_anew() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        line = app.query_one(ProgressLine)
        line.show(running_words(1, 30, 9.0, 5), 0.1)
        await pilot.pause()
        asked: list[bool] = []
        refresh = line.refresh
        line.refresh = lambda *rest, layout=False, **more: asked.append(layout) or refresh(*rest, layout=layout, **more)
        for night in range(2, 9):
            line.show(running_words(night, 30, 9.0, 5), night / 30)
            await pilot.pause()
        assert asked == [False] * 7
        line.show(running_words(12, 30, 9.0), 0.4)
        await pilot.pause()
        assert asked[-1]  # another number of rows

    hold(test, ProgressLine(), size=(66, 6))


def test_a_long_sentence_is_folded_not_cut() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        said = "The loss left the numbers at night 4: rates this high throw the weights about."
        app.query_one(ProgressLine).show(said, failure=True)
        await pilot.pause()
        assert f"✗ {said}" in words(app)

    hold(test, ProgressLine(), size=(40, 6))


def test_measures_have_bars_and_explain_themselves() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        app.query_one(Measures).show(
            [Measure("true labels", "99%", 0.99), Measure("false labels", "41%", 0.41, solid=False, words="Memorised.")]
        )
        await pilot.press("tab", "down")
        await pilot.pause()
        assert "━" in text(app) and "╍" in text(app)
        assert app.heard[-1] == "false labels: Memorised."

    hold(test, Measures())


def test_facts_fold_under_themselves() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        app.query_one(Facts).show([("goal", "test accuracy at least 75.0%", "")])
        await pilot.pause()
        assert rows(app)[:2] == ["goal test accuracy at", "     least 75.0%"]

    hold(test, Facts(), size=(24, 5))


def test_prose_sets_speakers_apart_and_scrolls() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        prose = app.query_one(Prose)
        prose.show([told("He waits."), told("Sit.", "The Count"), *(told(f"Line {n}.") for n in range(20))])
        await pilot.pause()
        await pilot.pause()
        assert "He waits." in text(app) and any(row.strip().endswith("The Count") for row in rows(app))
        assert prose.max_scroll_y > 0

    hold(test, Prose())


def test_prose_shown_again_tells_only_the_new() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        prose = app.query_one(Prose)
        prose.show([told("The first.")])
        prose.show([told("The second.")])
        await pilot.pause()
        await pilot.pause()
        assert "The second." in text(app) and "The first." not in text(app)

    hold(test, Prose())


def test_a_heading_leaves_out_what_has_no_room() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        app.query_one(Heading).show("No Mirror", "the dining hall", "cpu, 1 thread", "chapter 5 of 12")
        await pilot.pause()
        assert "chapter 5 of 12" in text(app) and "cpu" not in text(app)

    hold(test, Heading(), size=(46, 3))


def test_every_theme_names_every_colour() -> None:
    for theme in THEMES:
        assert set(MEANINGS) <= set(theme.variables)
