"""The bar on stderr: there for a terminal, lines where it cannot draw, silent elsewhere; none of it in the output."""

import io
import re
import sys

import pytest

from lessons.jobs import job
from lessons.wire import Night, SeedDone
from tutor import progress
from tutor.progress import Nights, Pace, bar, seconds_words


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_where_nobody_watches_nothing_is_shown(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    for term in ("xterm-256color", "dumb"):
        monkeypatch.setenv("TERM", term)
        with bar("training") as tell:
            tell(0.5)
            tell(1.0, "other words")
    assert out.getvalue() == ""


def test_a_terminal_sees_how_far_it_is_and_keeps_nothing(monkeypatch, clock):
    screen, printed = Terminal(), io.StringIO()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", printed)
    with bar("training") as tell:
        clock[0] = 60.0  # the loading of torch, which says nothing of the pace
        tell(0.25)
        clock[0] = 66.0
        tell(0.5, "run 3 of 12 [12, 40]")
        print("a finding")
    shown = screen.getvalue()
    assert "run 3 of 12 [12, 40]" in shown and "50%" in shown and "12 s left" in shown
    assert printed.getvalue() == "a finding\n" and shown.endswith("\x1b[2K")  # the line of the bar is wiped


@pytest.mark.parametrize("width", [80, 60, 40])
def test_a_narrow_terminal_gets_a_shorter_bar_and_folds_the_words(monkeypatch, clock, width):
    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(sys, "stderr", screen)
    with bar("proving") as tell:
        tell(0.25)
        clock[0] = 6.0
        tell(0.5, "proving, run 3 of 12, night 40 of 60")
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", screen.getvalue().split("\r\x1b[2K")[2])
    rows = [row.rstrip() for row in shown.splitlines() if row.strip()]
    assert max(map(len, rows)) <= width and len(rows) == (2 if width < 60 else 1)
    assert re.search("━+.? +50% 12 s left$", rows[0])
    words = re.sub("[━╸╺]+.*", "", rows[0]) + " ".join(rows[1:])
    assert " ".join(words.split()) == "proving, run 3 of 12, night 40 of 60"


def test_a_terminal_that_cannot_draw_gets_a_line_at_each_fifth(monkeypatch, clock):
    screen = Terminal()
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stderr", screen)
    with bar("training") as tell:
        for night in range(1, 31):
            clock[0] += 1.0
            tell(night / 30, f"training, night {night} of 30")
    assert screen.getvalue().splitlines() == [
        "training ...",
        "training, night 6 of 30: 20%, 24 s left",
        "training, night 12 of 30: 40%, 18 s left",
        "training, night 18 of 30: 60%, 12 s left",
        "training, night 24 of 30: 80%, 6 s left",
        "training, night 30 of 30: 100%",
    ]


def test_the_time_left_is_reckoned_from_the_first_share_on(clock):
    pace = Pace()
    assert pace.left(0.0) == ""
    clock[0] = 100.0
    assert pace.left(0.1) == ""
    clock[0] = 101.0
    assert pace.left(0.11) == ""  # too little to go by
    clock[0] = 110.0
    assert pace.left(0.2) == "80 s left"
    assert pace.left(1.0) == ""
    assert [seconds_words(s) for s in (0.4, 12.3, 89, 150)] == ["under 1 s", "12 s", "89 s", "2 min"]


def test_nights_are_counted_over_all_seeds():
    nights = Nights(job("circles").recipe.turned(epochs=30), 2)
    assert nights.words == "night 0 of 30" and not nights.take("anything else")
    for event in (Night(1, 5, 4, {}), Night(1, 6, 2, {})):
        assert nights.take(event)
    assert (nights.done, nights.words) == (6, "night 3 of 30")
    assert nights.take(SeedDone(1, 6, 0, {}, {}))  # before its time
    assert (nights.done, nights.words) == (34, "night 17 of 30")
