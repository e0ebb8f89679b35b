"""The verdict's arithmetic, and the goal beside its curves."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from lessons import goals
from tests.tui import views
from tests.tui.fake import FakeGame, judgement
from tests.tui.reading import play, rows, settle, text, words
from tests.tui.snapshots import SIZES
from tutor.tui.app import CastleApp
from tutor.tui.screens.verdict import _mark, _wanted
from tutor.tui.widgets.curves import Curves


def wanted(goal: str, **per_seed: list[float | None]) -> list[str]:
    """What the screen says of the first comparison of a goal."""
    return _wanted(goals.judge(goals.parse(goal), per_seed)[0]).plain.splitlines()


def test_what_is_to_spare_is_counted_from_a_number_that_is_shown() -> None:
    assert wanted("test_accuracy >= 0.75", test_accuracy=[0.79, 0.8, 0.795, 0.81, 0.79]) == [
        "✓ test accuracy at least 75.0%: 79.7% ± 0.4%",
        "  judged at the low end of the bar, 79.3%: 4.3 points to spare",
    ]
    assert wanted("test_accuracy >= 0.75", test_accuracy=[0.7, 0.66, 0.68, 0.71, 0.69]) == [
        "✗ test accuracy at least 75.0%: 68.8% ± 0.9%",
        "  judged at the low end of the bar, 67.9%: short by 7.1 points",
    ]
    assert wanted("test_loss <= 0.3", test_loss=[0.1, 0.2]) == [
        "✓ test loss at most 0.300: 0.150 ± 0.050",
        "  judged at the high end of the bar, 0.200: 0.100 to spare",
    ]
    assert wanted("gap < 0.1", gap=[0.11, 0.13]) == [
        "✗ generalisation gap below 10.0%: 12.0% ± 1.0%",
        "  judged at the high end of the bar, 13.0%: too high by 3.0 points",
    ]


def test_without_an_error_that_can_be_seen_one_line_is_enough() -> None:
    assert wanted("test_accuracy >= 0.75", test_accuracy=[0.8]) == [
        "✓ test accuracy at least 75.0%: 80.0%, with 5.0 points to spare"
    ]
    assert wanted("test_accuracy >= 0.75", test_accuracy=[0.7, 0.7]) == [
        "✗ test accuracy at least 75.0%: 70.0% ± 0.0%, short by 5.0 points"
    ]
    assert wanted("test_accuracy >= 0.75", test_accuracy=[0.8, None]) == [
        "✗ test accuracy at least 75.0%: beyond number"
    ]
    assert wanted("test_accuracy >= best.test_accuracy", test_accuracy=[0.8, 0.9]) == [
        "✗ test accuracy at least unknown: 85.0% ± 5.0%"
    ]


@pytest.mark.parametrize("size", SIZES)
def test_the_goal_stands_in_the_curves_and_all_of_them_can_be_seen(size: tuple[int, int]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        curves = app.screen.query_one(Curves)
        plot = rows(app)[curves.content_region.y : curves.content_region.bottom]
        assert any(row.rstrip().endswith("goal 75.0%") for row in plot)
        assert app.screen.query_one("#page").max_scroll_y == 0 and curves.size.height >= 8
        assert "judged at the low end of the bar, 79.3%: 4.3 points to spare" in words(app)

    views.see("verdict", test, size)


def test_a_goal_on_something_else_is_not_drawn() -> None:
    game = FakeGame()
    game.verdict = judgement([0.79, 0.8])
    game.verdict.outcomes = goals.judge(goals.parse("sparsity >= 0.7"), {"sparsity": [0.8, 0.9]})
    assert _mark(game.verdict) is None  # type: ignore[arg-type]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert text(app).count("goal 70.0%") == 1, "under the dots alone"

    play(test, game)
