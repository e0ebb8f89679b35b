"""Line by line: the gate, what may be typed at a question, what is preferred, and what is told again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tutor.authors import CHAPTER
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.game import Game, Options
from tutor.pages import KEYS, spoken
from tutor.plain.player import Plain
from tutor.plain.teller import Teller
from tutor.preferences import FILE, Preferences

Play = Callable[..., str]
QUIZ = CHAPTER[CHAPTER.index("```toml quiz") : CHAPTER.index("```\n\n- [To the bench](#bench)\n\n## bench") + 3]
MEND = """```toml mend
id = "gates"
code = ["model.eval()", "", "for x in rows:", "    loss.backward()"]
fault = 4
repairs = ["    loss.forward()", "    model.zero_grad()"]
right = 2
because = "The old gradients are still there."
job = "clean-digits"
```"""


class Fake(FakeLaboratory):
    """Remembers what it was told to train on."""

    def use(self, device: str, threads: int) -> None:
        self.words = f"{device}, {threads} threads"


@pytest.fixture
def chapter(tmp_path: Path) -> Path:
    """A chapter in a folder of its own."""
    path = tmp_path / "book" / "trial.md"
    path.parent.mkdir()
    path.write_text(CHAPTER, encoding="utf-8")
    return path


@pytest.fixture
def play(tmp_path: Path, chapter: Path) -> Play:
    """Plays lines in one home; the transcript, every line break of it a blank."""

    def play(*lines: str, preferences: Preferences | None = None) -> str:
        game = Game(Options(home=tmp_path / "home", chapter=chapter))
        game.laboratory = Fake(lambda recipe: GOOD if recipe.dropout == 0.5 else OVERFIT, game._changed)  # type: ignore[assignment]
        out = io.StringIO()
        player = Plain(game, iter(f"{line}\n" for line in lines), out, prompt=False, preferences=preferences)
        assert player.play() == 0
        play.game = game  # type: ignore[attr-defined]
        return " ".join(out.getvalue().split())

    return play


# the gate


def test_the_gate_is_helpful(play: Play) -> None:
    play("1")
    told = play("help", "?", "look", "gate", "x", "", "h", "q")
    assert told.count("Type the number of what you want to do") == 3
    assert told.count("1. Continue: The Trial, hall") == 3
    assert told.count("Type 1 to continue, 2 to begin anew, or help.") == 2
    assert "Or type: map, grimoire, journal, laboratory, preferences, help, quit" in told
    assert "Apprentices are trained on: cpu, 1 thread." in told and told.endswith("Farewell. Everything is saved.")


def test_beginning_anew_is_asked_first(play: Play) -> None:
    play("1")
    told = play("2", "", "n", "no", "2", "x", "quit")
    assert told.count("You are at: The Trial, hall. Your place in the tale is given up") == 3
    assert told.count("You stay.") == 3 and "--- The Trial" not in told
    assert "--- The Trial: door ---" in play("2", "yes")
    assert "1. Continue: The Trial, door" in play()


def test_from_the_tale_to_the_gate_and_back(play: Play) -> None:
    told = play("1", "gate", "laboratory moons", "leave", "1")
    assert told.index("? gate 1. Continue: The Trial, hall") < told.index("You leave the laboratory.")
    assert told.count("--- The Trial: hall ---") == 2 and told.count("You knocked.") == 2, "Continue tells it whole"
    assert "--- The Trial: door ---" in play("gate", "2", "yes").partition("yes")[2]


def test_the_end_of_the_tale_leads_to_the_gate(play: Play) -> None:
    told = play("2", "train", "set dropout 0.5", "judge", "look", "1", "back", "set dropout 0.9", "gate", "b", "quit")
    assert told.count("It is done. Here the tale rests. 1. Continue: The Trial, done 2. Begin anew") == 2
    assert told.count("Or type back to take the last step back.") == 3
    after = told.partition("> back")[2]
    assert "--- The Trial: bench ---" in after and "dropout is now 0.9" in after
    assert after.count("--- The Trial: bench ---") == 2, "where the tale goes on, back at the gate is into it"
    assert told.endswith("Everything is saved.")


def test_an_author_sees_the_end_told_anew(chapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor.plain.desk import Desk
    from tutor.watching import WatchedGame

    def line(self: Desk, prompt: str) -> str | None:
        if not self._held:
            self._held.append(next(self._lines, None))
        while self._look(prompt) or self._game.unsettled:
            pass
        return self._held.pop()

    monkeypatch.setattr(Desk, "line", line)

    def typed():
        yield from ("2\n", "train\n", "set dropout 0.5\n", "judge\n")
        chapter.write_text(CHAPTER.replace("It is done.", "It is over."), encoding="utf-8")
        yield "quit\n"

    game, out = WatchedGame(Options(home=tmp_path / "home", chapter=chapter)), io.StringIO()
    game.laboratory = FakeLaboratory(lambda recipe: GOOD, game._changed)  # type: ignore[assignment]
    assert Plain(game, typed(), out, prompt=False).play() == 0
    told = out.getvalue()
    assert told.index("It is done.") < told.index("[Taken up") < told.index("It is over.") < told.index("Farewell")
    assert told.count("1. Continue") == 2


def test_who_breaks_off_hears_that_all_is_saved(tmp_path: Path, chapter: Path) -> None:
    def typed():
        yield "1\n"
        raise KeyboardInterrupt

    game, out = Game(Options(home=tmp_path / "home", chapter=chapter)), io.StringIO()
    game.laboratory = Fake(lambda recipe: GOOD, game._changed)  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        Plain(game, typed(), out, prompt=False).play()
    assert out.getvalue().endswith("\nFarewell. Everything is saved.\n")


def test_what_belongs_to_a_bench_is_said_to_and_a_file_keeps_its_name(play: Play) -> None:
    told = play("train", "frob", "jurnal", "laboratory nofile.csv", "laboratory moons", "curve", "leave", "quit")
    assert "'train' is not a command here: there is no bench. Type help." in told
    assert "'jurnal' is not a command here. Did you mean journal? Type help." in told
    assert "'curve' is not a command here. Did you mean curves? Type help." in told
    assert "'frob' is not a command here. Type help." in told and "nofile.csv: cannot be read" in told
    assert "You leave the laboratory. Type look to hear where you are." in told


# a question


def test_a_question_hears_more_than_numbers(play: Play) -> None:
    told = play(
        "1", "help", "map", "journal", "frob", "", "train", "9", "look", "go 99", "laboratory moons", "l", "back"
    )
    asked = "What does dropout do? 1. "
    assert told.count(asked) == 3, "at first, after look, and after the laboratory"
    assert told.count("Type a number from 1 to 4, back, look or help.") == 4
    assert "Type the number of what" in told and "The chapters: 0 of 1 done." in told
    assert "Type: go and a number from 1 to 1." in told
    assert told.rindex("--- The Trial: door ---") > told.rindex(asked), "back takes the step back"
    told = play("1", "1", "gate", "1", "quit")
    assert told.index(asked) < told.rindex("1. Continue") < told.rindex(asked)


def test_how_many_come_after(play: Play, chapter: Path) -> None:
    chapter.write_text(CHAPTER.replace(QUIZ, f"{QUIZ}\n\n{MEND}"), encoding="utf-8")
    told = play("1", "1", "1", "1", "no")
    assert "[A question; 2 more to come.] What does dropout do?" in told
    assert told.count("more to come") == 2 and "[A question; 1 more to come.] One line is at fault. Which?" in told


def test_the_faulty_line_is_marked_and_numbered_as_where_it_was_looked_for(play: Play, chapter: Path) -> None:
    chapter.write_text(CHAPTER.replace(QUIZ, MEND), encoding="utf-8")
    told = play("1", "1", "quit")
    assert "1. model.eval() 2. for x in rows: 3. loss.backward()" in told
    assert "Not so. Right would be: line 3, loss.backward() What should" in told
    assert "1 model.eval() 2 for x in rows: > 3 loss.backward() Line 3 is at fault." in told
    assert "Line 3 is at fault." in play("1"), "also where the tale goes on another day"


@pytest.mark.parametrize(("answers", "runs"), [(("no",), 0), (("maybe", "1", "y"), 1), (("", "n"), 0)])
def test_a_mended_net_is_trained_where_that_is_wanted(
    play: Play, chapter: Path, answers: tuple[str, ...], runs: int
) -> None:
    chapter.write_text(CHAPTER.replace(QUIZ, MEND), encoding="utf-8")
    told = play("1", "1", "1", *answers, "1", "quit")
    assert told.count("Train the mended net? yes or no: ") == len(answers)
    assert told.count("Type yes or no.") == len(answers) - 1
    assert len(play.game.laboratory.asked) == runs  # type: ignore[attr-defined]
    assert told.count("--- The Trial: bench ---") == 1


def test_a_review_may_be_left(play: Play, chapter: Path) -> None:
    other = QUIZ.replace('"what"', '"which"').replace("What does", "Which does")
    chapter.write_text(CHAPTER.replace(QUIZ, f"{QUIZ}\n\n{other}"), encoding="utf-8")
    game = play("1") and play.game  # type: ignore[attr-defined]
    wrong = []
    for name in ("what", "which"):
        from story.telling import ask

        question = game.tale.question(f"trial/{name}")
        wrong.append(str(ask(question).options.index("Nothing.") + 1))
    play("1", *wrong)
    told = play("3", "leave", "3", "map", "x", "look", wrong[0], "back", "q")
    assert told.count("2 questions; leave leads back.") == 2 and "2 questions left; what is left stays due." in told
    assert "Type a number from 1 to 4, leave, look or help." in told and "The chapters: " in told
    assert "[A question" not in told
    assert "0 of 1 right. 1 question left; what is left stays due. 1. Continue" in told
    assert told.count("3. The Count asks again: 2 of your questions") == 3


# told again


def test_what_was_told_is_not_told_again_unasked(play: Play) -> None:
    told = play("2", "train", "judge", "1", "look", "judge", "1")
    lit = [part.partition("---")[0] for part in told.split("--- The Trial: bench ---")[1:]]
    assert ["The bench is lit." in part for part in lit] == [True, False, True, False]
    assert ["[As before; look tells it again.]" in part for part in lit] == [False, True, False, True]
    assert all("goal: test accuracy at least 75.0%" in part for part in lit)


def test_a_variant_that_is_new_is_told(play: Play, chapter: Path) -> None:
    text = CHAPTER.replace("The bench is lit.", "The bench is lit.\n\n- `one of` It creaks.\n- `one of` It groans.")
    chapter.write_text(text, encoding="utf-8")
    told = play("2", "train", "judge", "1", "judge", "1")
    first, second, third = told.split("--- The Trial: bench ---")[1:]
    assert "The bench is lit. It creaks." in first
    assert "It groans. [The rest is as before; look tells it again.]" in second and "lit" not in second
    assert "[As before; look tells it again.]" in third and "It creaks" not in third


def test_a_tale_that_is_begun_anew_is_told_anew(play: Play) -> None:
    told = play("gate", "2", "yes", "go 1", "1", "gate", "2", "yes")
    assert told.count("A door of oak.") == 4 and "As before" not in told


# preferences


def test_preferences_are_told_and_changed_and_the_laboratory_hears_of_them(play: Play, tmp_path: Path) -> None:
    kept = Preferences(tmp_path, environ={})
    told = play(
        "preferences",
        "preferences pace",
        "preferences pace 0",
        "preferences threads 3",
        "preferences device cpu",
        "preferences pace default",
        "preferences data",
        "preferences data default",
        "preferences keys.train",
        "preferences thrads 2",
        "preferences thrads default",
        "preferences pace fast",
        preferences=kept,
    )
    for words in (
        "> preferences theme: castle pace: 120 motion: full device: auto threads: 1 data: (beside the saved games)",
        "pace: 120. How fast the tale appears",
        "Allowed: 0, 30, 60, 120, 240.",
        "> preferences pace 0 pace: 0. >",
        "threads: 3. From the next run on: auto, 3 threads.",
        "device: cpu. From the next run on: cpu, 3 threads.",
        "It counts from the next start.",
        "Train one apprentice",
        "Setting 'thrads' is not known. Did you mean 'threads'?",
        "Pace 'fast' is not known",
    ):
        assert words in told, words
    assert told.count("Did you mean 'threads'?") == 2
    assert (tmp_path / FILE).read_text(encoding="utf-8").splitlines()[1:] == ['device = "cpu"', "threads = 3"]


def test_what_the_command_line_says_holds(play: Play, tmp_path: Path) -> None:
    told = play("preferences threads 3", preferences=Preferences(tmp_path, {"threads": 2}, {}))
    assert "threads: 2. So says the command line; what you chose is kept for another time." in told
    assert Preferences(tmp_path, environ={})["threads"] == 3


def test_what_is_not_known_yet_is_said_as_wished(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor.laboratory import Laboratory
    from tutor.plain.wishes import trained_on

    game = Game(Options())
    game.laboratory = Laboratory("auto", 2, None, lambda: None)
    assert trained_on(game) == "auto, 2 threads (the tower is asleep)"


# help, numbers, lists


def test_help_of_a_word(play: Play) -> None:
    told = play("help go", "help map", "help frob", "help play", "2", "help")
    assert "THE MAP" in play("gate", "help page map", "1")
    assert "> help go go NUMBER into a room that is open >" in told
    assert "map [NUMBER] the rooms of the castle, or what is known of one Each chapter is a room." in told
    assert "keys and all: help page map. >" in told and "THE MAP" not in told
    assert "Page 'frob' is not known." in told and KEYS in told
    assert "In a laboratory also: train practise on one seed; ctrl+c ends a run" in told
    assert "A laboratory has more commands" in play("2", "gate", "help")
    assert spoken("play").endswith(KEYS) and not spoken("screen-reader").endswith(KEYS)


def test_help_in_the_laboratory_knows_its_words_and_those_of_the_tale(play: Play) -> None:
    told = play("laboratory moons", "help", "help map", "help settings", "help journal", "help reset", "help play", "l")
    for words in (
        "> help In free play: ",
        "grimoire the pages that were won",
        "> help map map [NUMBER] the rooms of the castle, or what is known of one Each chapter is a room.",
        "settings tells what can be turned at this bench",
        "journal compare A B two runs side by side",
        "> help reset reset [NAME] one setting as at the start, or all laboratory>",
        "HOW TO PLAY",
    ):
        assert words in told, words


def test_every_word_that_may_be_typed_is_named_in_help(play: Play) -> None:
    from tutor.plain import helping

    play("2", "quit")
    player = Plain(play.game, iter(()), io.StringIO(), prompt=False)  # type: ignore[attr-defined]
    named = {row.split()[0] for row in f"{helping.TALE}\n{helping.BENCH}".splitlines() if row.startswith("  ")}
    assert {word for word in {**player._workbench.commands, **player._anywhere()} if len(word) > 1} <= named
    free = {row.split()[0] for row in helping.FREE.splitlines() if row.startswith("  ")}
    assert {word for word in player._laboratory._commands() if len(word) > 1} <= free | {
        "hints",
        "why",
        "predict",
        "hint",
    }
    assert set(helping.MORE) <= named


def test_the_chapter_is_counted_once(tmp_path: Path) -> None:
    game, out = Game(Options(home=tmp_path)), io.StringIO()
    game.laboratory = FakeLaboratory(on_change=game._changed)  # type: ignore[assignment]
    Plain(game, iter(["1\n", "look\n", "back\n"]), out, prompt=False).play()
    assert out.getvalue().count("Chapter 1 of 14.\n--- The Knock: gate ---") == 1
    assert out.getvalue().count("Chapter") == 1


def test_the_laboratory_knows_what_leads_nowhere(play: Play) -> None:
    told = play("laboratory moons", "map", "grimoire", "review", "preferences pace", "leave")
    assert "The chapters: 0 of 1 done." in told and "nothing to ask again today" in told and "pace: 120." in told
    assert "is not a command" not in told


def test_a_list_wraps_under_its_words() -> None:
    out = io.StringIO()
    for line in ("  - ", "  12. ", "  goal: ", ""):
        Teller(out).say(line + "word " * 20)
    wrapped = [row for row in out.getvalue().splitlines() if row.lstrip().startswith("word")]
    assert [len(row) - len(row.lstrip()) for row in wrapped][:3] == [4, 6, 5] and wrapped[-1].startswith("word")
