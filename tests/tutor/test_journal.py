"""The journal: every run, found, sorted, compared, deleted and brought back, and nothing becomes easier by it."""

import asyncio
import io
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons import own, share
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.report import Report
from tests.tutor.authors import Author
from tests.tutor.fakes import GOOD, OVERFIT
from tests.tutor.journals import four_runs, judge, practise
from tutor.bench import UNSEEN
from tutor.bookfile import MIGRATIONS, NAME, VERSION
from tutor.game import Game, Options
from tutor.journal import AS_FOUND, Journal
from tutor.journal_compare import compare
from tutor.journal_note import GLYPHS, LOST, sparkline
from tutor.journal_text import in_full, listed, side_by_side
from tutor.plain.player import Plain
from tutor.savebook import Run, SaveBook

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def author(tmp_path):
    author = Author(tmp_path)
    yield author
    for game in author.games:
        asyncio.run(game.close())


@pytest.fixture
def bench(author):
    """At the bench of the trial."""
    return author.begun(1).bench


@pytest.fixture
def game(author, bench):
    return author.games[-1]


@pytest.fixture
def journal(game):
    return four_runs(game)


def numbers(entries):
    return [entry.id for entry in entries]


# what stands in it


def test_every_run_stands_there_with_what_made_it_newest_first(journal):
    passed, _, turned, found = journal.select()
    assert len(journal) == 4 and found.words == AS_FOUND and found.lesson == "The Trial, bench"
    assert turned.words == "dropout 0.5" and passed.words == "dropout 0.5, epochs 10"
    assert [entry.outcome for entry in journal.select()] == ["passed", "failed", "practice", "practice"]
    assert passed.seeds == (1005, 1006, 1007, 1008, 1009) and passed.metrics["test_accuracy"][1] > 0
    assert passed.reached("test_accuracy").startswith("90.0% ± ") and passed.main[0] == "test_accuracy"
    assert (passed.device, passed.threads, passed.place) == ("cpu", 1, "bench")


def test_its_share_code_makes_the_same_run(journal):
    for entry in journal.select():
        shared = share.decode(entry.share)
        report = journal.report(entry.id)
        assert (shared.recipe, shared.seed, shared.seeds) == (report.recipe, report.seeds[0], len(report.seeds))
        assert entry.command == f"tutor run --from {entry.share}"


def test_a_file_of_ones_own_has_no_code(journal, game, tmp_path):
    table = tmp_path / "guests.csv"
    table.write_text("a,b,label\n" + "\n".join(f"{n},{n % 3},{n % 2}" for n in range(20)))
    file = own.inspect(str(table))
    report = replace(journal.report(1), recipe=Recipe(data="own", own=file, train_size=file.rows))
    game.book.add_run("trial/bench", Run("practice", {}, report))
    journal.reread()
    entry = journal.select()[0]
    assert entry.share == "" and "has no share code" in in_full(entry, report)
    with pytest.raises(Mistake, match="no share code"):
        _ = entry.command


def test_practice_shows_nothing_of_the_test_rows(journal):
    """As in the laboratory: who chooses by them has no test any more."""
    for entry in journal.select("practice"):
        assert not set(UNSEEN) & set(entry.metrics) and entry.main[0] == "validation_accuracy"
        assert "test accuracy" not in in_full(entry, journal.report(entry.id)) + listed([entry], None)
        assert "test accuracy" in side_by_side(compare(journal, entry.id, journal.select("passed")[0].id))
    found = compare(journal, 1, 2)
    assert not {row.name for row in found.metrics} & set(UNSEEN)
    assert journal.orders(journal.select("practice"))[1] == "validation_accuracy"


def test_runs_of_earlier_games_and_of_lessons_that_are_gone_stay(author, game, journal):
    game.new()
    game.book.add_run("mist/tower", Run("practice", {"dropout": 0.2}, journal.report(1)))
    again = Journal(game.book, game.tale)
    assert len(again) == 5
    gone = again.select()[0]
    assert gone.lesson == "mist, tower" and gone.words == "dropout 0.2"


def test_another_slot_has_a_journal_of_its_own(journal, tmp_path):
    other = SaveBook(tmp_path / "home", "another")
    assert len(Journal(other)) == 0 and other.count() == 0
    other.close()


# finding and sorting


@pytest.mark.slow
@pytest.mark.parametrize(
    "words, found",
    [
        ("", [4, 3, 2, 1]),
        ("verdict", [4, 3]),
        ("PASSED", [4]),
        ("failed", [3]),
        ("practice dropout", [2]),
        ("dropout", [4, 3, 2]),
        ("as found", [1]),
        ("trial", [4, 3, 2, 1]),
        ("bench epochs", [4]),
        ("dropout=0.5", [4, 2]),
        ("dropout=0", [1]),
        ("epochs=30", [3, 2, 1]),
        ("0.9", [3]),
        ("#3", [3]),
        ("cpu", [4, 3, 2, 1]),
        ("garlic", []),
        ("deleted", []),
        ("verdict garlic", []),
    ],
)
def test_words_find_runs(journal, words, found):
    assert numbers(journal.select(words)) == found


def test_a_metric_sorts_the_best_first_and_those_without_it_last(journal):
    assert numbers(journal.select("", "test_accuracy")) == [4, 3, 2, 1]
    assert numbers(journal.select("practice", "train_loss")) == [1, 2]  # a loss is better when it is lower
    assert [journal.find(n).metrics["train_loss"][0] for n in (1, 2)] == [OVERFIT["train_loss"], GOOD["train_loss"]]
    assert "epochs_to_80" not in journal.orders(journal.select())


def test_a_number_that_is_not_there_is_a_mistake(journal, tmp_path):
    with pytest.raises(Mistake, match="runs from 1 to 4"):
        journal.find(9)
    empty = SaveBook(tmp_path / "home", "empty")
    with pytest.raises(Mistake, match="nothing has been trained"):
        Journal(empty).find(1)
    empty.close()


# two side by side


def test_two_runs_differ_in_settings_first_then_in_what_was_reached(journal):
    found = compare(journal, 3, 4)
    assert [(row.label, row.a, row.b) for row in found.settings if row.differs] == [
        ("dropout", "0.9", "0.5"),
        ("epochs", "30", "10"),
    ]
    assert [row.differs for row in found.settings] == sorted((row.differs for row in found.settings), reverse=True)
    test = found.metrics[0]
    assert test.name == "test_accuracy" and test.difference.startswith("+22.0 points ± 0.0") and test.judged == "better"
    gap = next(row for row in found.metrics if row.name == "gap")
    assert gap.difference.startswith("-29.0 points") and gap.judged == "better"
    norm = next(row for row in found.metrics if row.name == "weight_norm")
    assert norm.judged == "" and norm.difference.startswith("0.0") and found.chance == ""


def test_with_one_seed_nobody_is_called_better(journal):
    found = compare(journal, 1, 2)
    assert {row.judged for row in found.metrics} == {""} and "A and B have one seed each" in found.chance
    accuracy = next(row for row in found.metrics if row.name == "train_accuracy")
    assert accuracy.difference == "-7.0 points"
    assert compare(journal, 1, 4).chance.startswith("A has one seed")


def test_the_code_is_a_unified_diff(journal):
    from lessons.source import source

    found = compare(journal, 1, 2)
    before, after = (source(report.recipe).text for report in found.reports)
    gone = {line[1:] for line in found.diff[2:] if line.startswith("-")}
    come = {line[1:] for line in found.diff[2:] if line.startswith("+")}
    assert gone <= set(before.splitlines()) and come <= set(after.splitlines())
    assert any("Dropout(0.5)" in line for line in come) and found.diff[:2] == ("--- run 1", "+++ run 2")
    assert compare(journal, 2, 2).diff == () and found.curves == ("validation_loss", "train_loss")


def test_a_run_that_diverged_has_no_numbers_to_compare(game, author):
    game.laboratory.numbers = lambda recipe: {} if recipe.dropout else OVERFIT
    practise(game)
    practise(game, dropout=0.9)
    journal = Journal(game.book, game.tale)
    (lost,) = journal.select("diverged")
    assert (
        lost.outcome == "diverged"
        and lost.diverged == 1
        and "left the numbers in 1 of 1" in in_full(lost, journal.report(lost.id))
    )
    found = compare(journal, 1, 2)
    assert found.metrics[0].b == "beyond number" and found.metrics[0].difference == ""


# deleting


def test_a_deleted_run_is_gone_and_comes_back(journal, game):
    journal.delete(3)
    journal.delete(2)
    assert numbers(journal.select()) == [4, 1] and game.book.count() == 2 == len(journal)
    assert numbers(journal.select("deleted")) == [3, 2] and numbers(journal.select("deleted failed")) == [3]
    assert journal.restore().id == 2 and journal.restore().id == 3 and len(journal) == 4
    with pytest.raises(Mistake, match="no deletion to take back"):
        journal.restore()
    with pytest.raises(Mistake, match="not deleted"):
        journal.restore(3)
    journal.delete(4)
    with pytest.raises(Mistake, match="deleted already"):
        journal.delete(4)
    later = Journal(game.book, game.tale)
    assert numbers(later.select()) == [3, 2, 1] and later.restore(4).id == 4


def test_deleting_makes_no_seed_fresh_and_forgets_no_verdict(author, game, journal):
    """Else a player could delete the unlucky seeds and draw again until luck passes."""
    asked = len(game.laboratory.asked)
    journal.delete(3)
    journal.delete(4)
    game.bench.reread()
    judge(game, dropout=0.9, epochs=30)
    kind, _, seeds = game.laboratory.asked[asked]
    assert kind == "verdict" and seeds == tuple(range(1010, 1015))
    verdict = [run for run in game.book.runs("trial/bench") if run.kind == "verdict"]
    assert [run.deleted for run in verdict] == [True, True, False]
    game.bench.turn("dropout", 0.9)
    made = replace(verdict[0].report, seeds=tuple(range(1015, 1020)))
    assert game.bench.judged(made).pooled == 10  # the deleted one and the one after it
    game.new()
    game.choose(1)
    assert game.bench.verdict_seeds()[0] == 1020


def test_deleting_changes_no_goal(game, journal):
    """A goal may refer to the first run or to the best one: neither may be deleted away."""
    bench = game.bench
    start, best, tries, seed = bench.first, bench.best, bench.tries, bench.practice_seed()
    for number in (1, 2, 3, 4):
        journal.delete(number)
    bench.reread()
    assert not bench.locked and (bench.first, bench.best, bench.tries) == (start, best, tries)
    assert bench.practice_seed() == seed


def test_a_deleted_run_is_shown_nowhere_on_the_bench(game, journal):
    bench = game.bench
    assert bench.last == journal.report(2) and bench.evidence == journal.report(4)
    journal.delete(4)
    bench.reread()
    assert bench.evidence is None and bench.curves == journal.report(3).history
    journal.delete(3)
    journal.delete(2)
    bench.reread()
    assert bench.last == journal.report(1) and share.decode(bench.share).seed == 0
    journal.delete(1)
    bench.reread()
    assert bench.last is None and bench.curves == {} and bench.last_words == "nothing yet"
    with pytest.raises(Mistake, match="nothing was trained here"):
        _ = bench.share
    for number in (1, 2, 3, 4):
        journal.restore(number)
    bench.reread()
    assert bench.evidence == journal.report(4)


# the book


def old_book(folder, reports):
    """A book as version 2 of its format left it."""
    folder.mkdir(exist_ok=True)
    with sqlite3.connect(folder / NAME) as db:
        for step in MIGRATIONS[:2]:
            for statement in step:
                db.execute(statement)
        db.execute("PRAGMA user_version = 2")
        for kind, text in reports:
            db.execute(
                "INSERT INTO run (slot, game, scene, kind, sha256, settings, report, made) "
                "VALUES ('castle', 1, 'trial/bench', ?, 'abc', '{\"dropout\": 0.5}', ?, '2024-05-03T14:05:00+00:00')",
                (kind, text),
            )


def test_a_book_of_before_the_journal_is_written_up_once(journal, tmp_path, monkeypatch):
    made = json.dumps(journal.report(4).to_dict())
    old_book(tmp_path / "old", [("practice", made), ("verdict", made), ("practice", "{torn"), ("practice", "{}")])
    book = SaveBook(tmp_path / "old", "castle")
    verdict, practice = Journal(book).select()
    assert (verdict.id, practice.id, verdict.passed, verdict.outcome) == (2, 1, None, "verdict")
    assert verdict.made.year == 2024 and verdict.words == "dropout 0.5" and book.notices == []
    assert book._db.execute("PRAGMA user_version").fetchone()[0] == VERSION
    book.close()

    def unread(table):
        raise AssertionError("a report was read")

    book = SaveBook(tmp_path / "old", "castle")
    book._db.execute("DELETE FROM run WHERE id > 2")
    monkeypatch.setattr(Report, "from_dict", unread)
    assert len(Journal(book)) == 2  # thousands open in a moment: only the notes are read
    with pytest.raises(AssertionError):
        book.run(1)
    book.close()


def test_the_run_and_its_entry_are_one_event(journal, game):
    rows = game.book._db.execute("SELECT id, run FROM run LEFT JOIN entry ON entry.run = run.id").fetchall()
    assert [a == b for a, b in rows] == [True] * 4
    assert [run.passed for run in game.book.runs("trial/bench")] == [None, None, False, True]


def test_a_full_disk_loses_neither(game):
    book = game.book
    pages = book._db.execute("PRAGMA page_count").fetchone()[0]
    book._db.execute(f"PRAGMA max_page_count = {pages}")
    long = {n: {"epoch": [1] * 9000} for n in range(5)}
    practise(game)
    book.add_run("a/b", Run("practice", {}, replace(game.bench.last, history=long)))
    assert book.unsaved
    book._db.execute("PRAGMA max_page_count = 100000")
    book.save_bench("a/b", {})
    assert not book.unsaved and book.count() == 2 == len(book.kept())


# line by line


def test_lines_say_what_it_is_and_how_to_make_it_again(journal):
    told = listed(journal.select(), 2)
    assert told.startswith("#4  The Trial, bench: verdict, passed; ") and "2 of 4 runs are shown." in told
    assert "#2" not in told and max(map(len, told.splitlines())) <= 78
    full = in_full(journal.find(4), journal.report(4))
    assert "the same again: tutor run --from castle1:" in full and "5 seeds (1005 to 1009)" in full
    both = side_by_side(compare(journal, 1, 2))
    assert "* dropout" in both and "--- run 1" in both and "+        " in both


def test_the_plain_game_has_it_at_the_gate_and_in_every_scene(author, journal, game):
    asyncio.run(game.close())

    def play(*lines):
        out = io.StringIO()
        played = Game(Options(home=author.home, chapter=author.path))
        played.laboratory = author.games[0].laboratory
        assert Plain(played, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
        return out.getvalue()

    told = play("journal passed", "journal show 99", "1", "journal", "journal delete 4", "journal undo", "quit")
    assert told.count("#4  The Trial, bench: verdict, passed") == 2 and "There are runs from 1 to 4." in told
    assert "Run #4 is deleted" in told and "Run #4 is back" in told and "Farewell" in told


def tutor(*arguments, home):
    done = subprocess.run(
        [sys.executable, "-m", "tutor", "journal", *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_the_command_reads_while_a_game_is_open_and_changes_when_it_is_not(journal, game, author):
    slot = ["--slot", game.book.slot]
    code, out, _ = tutor("verdict", "--json", *slot, home=author.home)
    listed = json.loads(out)
    assert code == 0 and [run["number"] for run in listed] == [4, 3]
    assert listed[0]["share"].startswith("castle1:") and listed[0]["passed"] is True
    (one,) = json.loads(tutor("#1", "--json", *slot, home=author.home)[1])
    assert one["kind"] == "practice" and not set(UNSEEN) & set(one["metrics"])
    code, _, err = tutor("--delete", "3", *slot, home=author.home)
    assert code == 2 and "open in another game" in err
    game.book.close()
    code, out, _ = tutor("--delete", "3", *slot, home=author.home)
    assert code == 0 and "tutor journal --restore 3" in out
    assert json.loads(tutor("--compare", "1", "4", "--json", *slot, home=author.home)[1])["b"]["number"] == 4
    game._book = SaveBook(author.home, slot[1])


def test_the_command_begins_no_book_to_look_into(tmp_path):
    code, out, _ = tutor(home=tmp_path / "new")
    assert code == 0 and "The journal is empty" in out and not (tmp_path / "new").exists()
    assert tutor("--json", home=tmp_path / "new")[1].strip() == "[]"
    (tmp_path / NAME).write_bytes(b"no database" * 500)
    code, _, err = tutor(home=tmp_path)
    assert code == 2 and "cannot be read" in err and (tmp_path / NAME).read_bytes().startswith(b"no database")
    code, _, err = tutor("--sort", "tset_accuracy", home=tmp_path)
    assert code == 2 and "Did you mean 'test_accuracy'?" in err


# a curve in one row


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=80), st.integers(1, 40), st.booleans())
def test_a_sparkline_fits_and_says_where_the_numbers_were_left(curve, width, accuracy):
    drawn = sparkline(curve, accuracy, width)
    assert len(drawn) == min(len(curve), width) and set(drawn) <= set(GLYPHS + LOST)
    if len(curve) <= width:
        assert [glyph == LOST for glyph in drawn] == [value is None for value in curve]


def test_a_sparkline_rises_with_its_curve():
    assert sparkline([0.0, 0.5, 1.0], True, 8) == "▁▄▇" and sparkline([2.0, 1.0, 0.5], False, 8) == "▇▃▁"


def test_sparklines_of_curves_that_differ_look_different():
    rising, overfitting = [0.5, 0.55, 0.58, 0.6], [0.5, 0.6, 0.56, 0.52]
    assert sparkline(rising, True, 8) == "▁▄▆▇" and sparkline(overfitting, True, 8) == "▁▇▅▂"


def test_a_sparkline_of_what_hardly_moves_is_flat():
    assert {*sparkline([0.981, 0.98, 0.982, 0.981], True, 8)} == {"▄"}
    assert {*sparkline([3.01, 3.0, 3.02], False, 8)} == {"▄"} and sparkline([0.0, None, 0.0], False, 8) == "▄×▄"
