"""A chapter that is edited while it is played line by line."""

import asyncio
import io
from queue import SimpleQueue

import pytest

from tests.tutor.authors import Author, told
from tutor.cli import run
from tutor.laboratory import Running
from tutor.plain.desk import Desk
from tutor.plain.player import Plain
from tutor.plain.teller import Teller
from tutor.plain.workbench import Workbench
from tutor.watching import SAVED


@pytest.fixture
def author(tmp_path):
    author = Author(tmp_path)
    yield author
    for game in author.games:
        asyncio.run(game.close())


def plain(author, lines, **options):
    """What is told while these lines are read; a function among them is called when its turn comes."""

    def typed():
        for line in lines:
            if callable(line):
                line()
            else:
                yield f"{line}\n"

    game, out = author.game(load=False, **options), io.StringIO()
    author.games.remove(game)
    code = Plain(game, typed(), out, prompt=False).play()
    return code, out.getvalue()


@pytest.fixture
def in_step(monkeypatch):
    """The lines are read one by one, each when it is asked for, so that an edit has its place among them."""

    def line(self, prompt):
        if not self._held:
            self._held.append(next(self._lines, None))
        while self._look(prompt) or self._game.unsettled:
            pass
        return self._held.pop()

    monkeypatch.setattr(Desk, "line", line)


@pytest.mark.usefixtures("in_step")
def test_the_scene_is_told_anew_before_the_next_command(author):
    code, out = plain(author, ["look", lambda: author.save("oak", "elm"), "1"])
    assert code == 0 and out.count("--- The Trial: door ---") == 3
    at = [out.index(words) for words in ("oak", "[Taken up, ", "elm", "--- The Trial: hall ---")]
    assert at == sorted(at)


@pytest.mark.usefixtures("in_step")
def test_mistakes_are_lines_and_the_tale_goes_on(author):
    code, out = plain(
        author, [lambda: author.save("teaches", "teachs"), "1", lambda: author.save("teachs", "teaches"), "quit"]
    )
    assert code == 0 and "[Not taken up: the tale goes on as it was.]\ntrial.md:6: key 'teachs'" in out
    assert out.index("trial.md:6") < out.index("--- The Trial: hall ---") < out.index("[Taken up, ")


@pytest.mark.usefixtures("in_step")
def test_broken_at_launch_line_by_line(author):
    author.save("format = 1", "format = ")
    code, out = plain(author, ["1", lambda: author.save("format = ", "format = 1"), "look", "quit"])
    assert code == 0 and out.index("trial.md:4:") < out.index("Mend the chapter first")
    assert out.index("Mend the chapter first") < out.index("--- The Trial: door ---")
    author.save("format = 1", "format = ")
    code, out = plain(author, [])
    assert code == 2 and "trial.md:4:" in out


def test_a_desk_that_waits_sees_an_edit_without_a_command(author):
    lines = SimpleQueue()
    game, out = author.begun(), io.StringIO()
    desk = Desk(game, iter(lines.get, None), Teller(out))
    author.save("teaches", "teachs")
    looks = []
    look = game.look

    def counted():
        looks.append(look())
        if looks[-1]:
            lines.put("go\n")  # only now does anybody type
        return looks[-1]

    game.look = counted
    assert desk.line("> ") == "go\n" and looks.count(True) == 1
    assert "trial.md:6:" in out.getvalue() and out.getvalue().endswith("> ")
    lines.put(None)


def test_watching_needs_a_chapter(capsys, tmp_path):
    assert run(["play", "--watch", "--plain", "--home", str(tmp_path)]) == 2
    assert "tutor play my_chapter.md --watch" in capsys.readouterr().err
    assert run(["play", str(tmp_path / "none.md"), "--watch", "--plain", "--home", str(tmp_path)]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_what_is_saved_while_a_run_trains_is_said_at_once(author, monkeypatch):
    monkeypatch.setattr("tutor.plain.running.EVERY", 0.01)
    game, out = author.begun(1), io.StringIO()
    loop = asyncio.new_event_loop()
    bench, real, seen = Workbench(game, Teller(out), loop), game.laboratory.run, []

    async def until(words):
        while words not in out.getvalue():
            await asyncio.sleep(0.01)
        seen.append(words)

    async def slow(*asked):
        game.laboratory.running = Running(*asked)
        author.save("The bench is lit.", "The bench is dark.")
        await asyncio.wait_for(until(f"[{SAVED}]"), 60)
        author.save("teaches", "teachs")
        await asyncio.wait_for(until("[Saved, but it cannot be read; the run goes on.]\ntrial.md:6: "), 60)
        return await real(*asked)

    game.laboratory.run = slow
    try:
        bench.run(game.practise())
        loop.run_until_complete(asyncio.sleep(0))
    finally:
        loop.close()
    assert len(seen) == 2 and "lit" in told(game) and out.getvalue().count(SAVED) == 1


@pytest.mark.usefixtures("in_step")
def test_a_file_that_is_gone_is_a_line(author):
    code, out = plain(author, [lambda: author.path.unlink(), "1", "quit"])
    assert code == 0 and "[trial.md is gone; the game goes on with what it had.]\n" in out
    assert "--- The Trial: hall ---" in out and "does not exist" not in out
