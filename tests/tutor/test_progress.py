"""The bar on stderr: there for a terminal, silent elsewhere, and nothing of it in what is printed."""

import io
import sys

from tutor.progress import bar


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self):
        return True


def test_where_nobody_watches_nothing_is_shown(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    with bar("training") as tell:
        tell(0.5)
        tell(1.0, "other words")
    assert out.getvalue() == ""


def test_a_terminal_sees_how_far_it_is_and_keeps_nothing(monkeypatch):
    screen, printed = Terminal(), io.StringIO()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", printed)
    with bar("training") as tell:
        tell(0.25)
        tell(0.5, "settings 1/2")
        print("a finding")
    shown = screen.getvalue()
    assert "settings 1/2" in shown and "50%" in shown
    assert printed.getvalue() == "a finding\n" and shown.endswith("\x1b[2K")  # the line of the bar is wiped
