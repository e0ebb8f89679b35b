"""Dials in a list: their values in one column, and beside each where among its choices it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from lessons.free import OpenOffer
from tests.tui.reading import rows, text
from tests.tui.test_widgets import Holder, hold
from tutor.tui.widgets.dial import BAR, VALUE, Dial, in_column
from tutor.tui.widgets.opendial import OpenDial

NORMS = ("none", "batch", "layer", "group")


def made(name: str, choices: Sequence[Any], value: Any, words: bool = False) -> Dial:
    return Dial(name, name, choices, [str(choice) for choice in choices], value, words)


def column(*dials: Dial) -> tuple[Dial, ...]:
    in_column(dials)
    return dials


def test_values_bars_and_arrows_stand_under_one_another() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        first, second, third = rows(app)[:3]
        assert first.index("<") == second.index("<") and first.index("0.5") == second.index("AdamW")
        assert first.index(">") == second.index(">") == third.index(">")
        assert first.index("━") == third.index("●"), "a bar begins where a row of dots does"

    names = ("SGD", "AdamW", "Adam", "RMSprop")
    dials = made("dropout", (0.2, 0.5, 0.9), 0.5), made("optimiser", names, "AdamW", True), made("norm", NORMS, "none")
    dials[2].words = True
    hold(test, *column(*dials), size=(44, 5))


def test_dots_for_words_a_bar_for_numbers() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert [row.split()[-1] for row in rows(app)[:2]] == ["○●○○", "━━━━────────"]
        await pilot.click(app.query_one("#dial-norm"), offset=(rows(app)[0].rindex("○"), 0))
        assert app.heard == [("norm", "group")] and "group" in text(app)

    hold(test, *column(made("norm", NORMS, "batch", True), made("rate", (1, 2, 3, 4), 2)), size=(44, 4))


def test_where_the_dots_have_no_room_they_are_counted() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert "2 of 15" in rows(app)[0] and "●" not in text(app)

    hold(test, *column(made("word", [f"w{n}" for n in range(15)], "w1", True)), size=(60, 3))


def test_bars_are_of_one_length_however_few_the_choices() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert {len(row.split()[-1]) for row in rows(app)[:2]} == {BAR}

    hold(test, *column(made("few", (1, 2), 1), made("many", range(40), 20)), size=(60, 4))


def test_a_long_value_is_not_cut_but_takes_of_its_bar() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        short, long = rows(app)[:2]
        assert "a very long value" in long and short.index(">") < long.index(">")
        assert short.index(">") - short.index("x") == VALUE + 1

    hold(test, *column(made("one", ("x", "y"), "x"), made("two", ("a very long value", "z"), "a very long value")))


@pytest.mark.parametrize(("width", "ends"), [(39, "( called ) forgotten"), (38, "called    >  ●○")])
def test_two_words_stand_side_by_side_where_they_just_fit(width: int, ends: str) -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        assert rows(app)[0].endswith(ends)

    dial = Dial("mode", "model.eval()", (True, False), ("called", "forgotten"), True, True, label_width=16)
    hold(test, *column(dial), size=(width, 3))


def test_an_idle_dial_is_quiet_and_says_so_where_its_bar_would_be() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        dial = app.query(OpenDial).last()
        dial.idle = True
        await pilot.pause()
        turns, idle = rows(app)[:2]
        assert turns.index("━") == idle.index("idle")
        assert {str(span.style) for span in dial.render().spans[1:]} == {"$muted"}

    offers = OpenOffer("epochs", (10, 20, 30), 20), OpenOffer("momentum", (0.0, 0.5, 0.9), 0.5)
    hold(test, *column(*(OpenDial(offer, offer.start, 16) for offer in offers)), size=(50, 4))
