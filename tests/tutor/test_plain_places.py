"""The map and the grimoire, line by line."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.rooms import furnish, game
from tests.tui.test_map import book
from tutor import places
from tutor.places import PLACES
from tutor.plain.player import Plain

Play = Callable[..., str]


def told(folder: Path, *lines: str, **options: object) -> str:
    """The transcript of a game in that home."""
    out = io.StringIO()
    made = game(folder, **options)
    assert Plain(made, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
    return out.getvalue()


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Plays lines with six chapters done, in the middle of the seventh."""
    furnish(tmp_path, 6)
    return lambda *lines: told(tmp_path, *lines)


def one(transcript: str) -> str:
    """A transcript with every line break as a blank."""
    return " ".join(transcript.split())


def test_the_gate_and_every_scene_know_both(play: Play) -> None:
    assert "Or type: map, grimoire, journal" in play("quit")
    for lines in (("map", "grimoire"), ("1", "map", "grimoire"), ("1", "help")):
        transcript = play(*lines)
        if lines[-1] == "help":
            assert "map [NUMBER]" in transcript and "go NUMBER" in transcript and "grimoire" in transcript
        else:
            assert "The castle: 6 of 14 done." in transcript and "The grimoire: 7 of 15 pages won." in transcript


def test_the_map_is_a_list_with_a_word_for_every_room(play: Play) -> None:
    listed = [row for row in play("map").splitlines() if row.startswith("  ") and ", the " in row]
    assert len(listed) == len(PLACES)
    assert [row.rpartition(": ")[2] for row in listed] == ["done"] * 6 + ["you are here"] + ["locked"] * 7
    assert listed[4].strip() == "5. No Mirror, the dining hall: done"


def test_a_room_tells_what_is_known_of_it(play: Play) -> None:
    transcript = one(play("map 5", "map 8", "map 14"))
    for said in (
        "5. No Mirror, the dining hall: done teaches: dropout, train and eval takes: about ",
        "pages of the grimoire: dropout your best in dining hall: test accuracy 80.0% ± 1.0%",
        "It opens when The Hungry Knife is done. teaches: early stopping",
        "pages of the grimoire: 2 not yet won",
        "pages of the grimoire: none to be won",
    ):
        assert said in transcript, said


@pytest.mark.parametrize("wrong", ["map 0", "map 15", "map hall", "map ²", "go", "go 99", "grimoire 16", "grimoire x"])
def test_a_number_that_is_not_there(play: Play, wrong: str) -> None:
    most = 15 if wrong.startswith("grimoire") else 14
    assert f"Type: {wrong.split()[0]} and a number from 1 to {most}." in play(wrong)


def test_one_goes_where_it_is_open_after_a_question(play: Play) -> None:
    transcript = play("go 8", "go 2", "no", "go 2", "yes")
    assert "Before Dawn is locked. It opens when The Hungry Knife is done." in one(transcript)
    assert transcript.count("You are at: The Hungry Knife, off the block.") == 2 and "You stay." in transcript
    assert "--- Lines in Fog: doorstep ---" in transcript
    assert "--- The Iron Collar: forge ---" not in transcript


def test_one_goes_from_a_scene_as_from_the_gate_and_may_begin_where_one_is_again(play: Play) -> None:
    transcript = play("1", "go 7", "y")
    assert "Type yes to begin The Hungry Knife again: y" in one(transcript)
    assert transcript.index("--- The Hungry Knife: off the block ---") < transcript.index(
        "--- The Hungry Knife: larder ---"
    )


def test_at_the_beginning_of_a_chapter_nothing_is_asked(tmp_path: Path) -> None:
    furnish(tmp_path, 6, scene=0)
    transcript = told(tmp_path, "go 1")
    assert "Type yes" not in transcript and "--- The Knock: gate ---" in transcript


def test_the_end_of_the_input_stays(play: Play) -> None:
    transcript = play("1", "go 2")
    assert "Farewell" in transcript and "--- Lines in Fog" not in transcript


def test_a_page_is_read(play: Play) -> None:
    transcript = one(play("grimoire", "grimoire 6", "grimoire 8"))
    for said in (
        "6. dropout (No Mirror) 7. weight decay (L2) (The Iron Collar) 8. empty (The Hungry Knife)",
        "Dropout While training, it sets a random share",
        "In PyTorch: nn.Dropout(",
        "Won in No Mirror, night copies. Your best run, 2 apprentices: test accuracy: 80.0% ± 1.0%",
        "validation accuracy, night by night: ",
        "(night 1), ",
        "(night 30)",
        "This leaf is empty. The Hungry Knife is where it is won.",
    ):
        assert said in transcript, said
    assert "exact zeros" not in transcript


def test_all_pages_are_written_to_a_file(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "Mine.py"
    transcript = play(f"grimoire {path}", "grimoire bad-name.py")
    assert f"written: {path}" in transcript and "class DropoutNet" in path.read_text(encoding="utf-8")
    assert "Not written: bad-name.py is not a Python module" in one(transcript)


def test_nothing_is_won_yet(tmp_path: Path) -> None:
    transcript = told(tmp_path, "1", "grimoire", "grimoire mine.py")
    assert places.EMPTY in one(transcript) and "Not written: no page of the grimoire has been won yet." in one(
        transcript
    )


def test_another_tale(tmp_path: Path) -> None:
    folder = book(tmp_path / "book", 3)
    transcript = told(tmp_path / "home", "map", "go 3", "grimoire", "1", "map", chapter=folder)
    assert "The chapters: 0 of 3 done. 1. Part 1: you are here 2. Part 2: locked" in one(transcript)
    assert "Part 3 is locked. It opens when Part 2 is done." in transcript and places.NO_PAGES in transcript


def test_a_course_is_a_few_nights(tmp_path: Path) -> None:
    furnish(tmp_path, 5)
    made = game(tmp_path)
    made.load()
    page = next(page for page in made.book.pages() if page.technique == "dropout")
    label, course = places.course(page)
    assert label == "validation accuracy" and [night for night, _ in course] == [1, 8, 15, 23, 30]
    page.report.history.clear()
    assert places.course(page)[1] == []
    made.book.close()
