"""The line of keys: what it leaves out where it is too long, and what it never does."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, learning, lesson
from tests.tui.reading import play, rows, settle
from tutor.tui.app import CastleApp
from tutor.tui.widgets.keyline import Key, fitting


def keys(*words: str) -> list[Key]:
    """Keys by their words: one in brackets does nothing now, one with a bang stays."""
    return [Key("x", "x", word.strip("()!"), word[0] != "(", word[-1] == "!") for word in words]


def left(width: int, *words: str) -> list[str]:
    return [key.word for key in fitting(keys(*words), width)]


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (36, "aa bb cc dd ee ff"),
        (35, "aa bb cc ee ff"),
        (28, "aa cc ee ff"),
        (21, "aa cc ff"),
        (15, "cc ff"),
        (9, "cc"),
        (3, ""),
    ],
)
def test_what_does_nothing_goes_first_then_the_last_and_the_way_out_at_the_very_end(width: int, words: str) -> None:
    # "x aa" is four wide, and two lie between.
    assert left(width - 2, "aa", "(bb", "cc!", "(dd", "ee", "ff!") == words.split()


def test_a_line_that_fits_has_all_in_order() -> None:
    assert left(80, "train", "(judge", "why", "help!", "more!") == ["train", "judge", "why", "help", "more"]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (100, 30)])
@pytest.mark.parametrize("running", [False, True])
def test_the_keys_of_a_bench_are_never_bare(size: tuple[int, int], running: bool) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        line = rows(app)[-1].strip()
        assert all(len(key.split()) == 2 for key in line.split("  ")), line
        assert line.endswith("F1 help  ^p more") and ("s stop" in line) == running

    game = lesson()
    if running:
        game.bench.running = learning(12)  # type: ignore[union-attr]
    play(test, game, size)


@pytest.mark.parametrize("key", ["", "1", "2"])
def test_wherever_something_is_chosen_the_line_says_how(key: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        if key:
            await pilot.press(key)
            await settle(pilot)
        assert rows(app)[-1].strip().startswith("↑↓ Enter choose")

    play(test, FakeGame(), (60, 20))


def test_the_key_that_chooses_can_be_clicked() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.click(offset=(rows(app)[-1].index("choose"), 19))
        await settle(pilot)
        assert type(app.screen).__name__ == "StoryScreen" and "Esc to the gate" in rows(app)[-1]

    play(test, FakeGame(), (60, 20))
