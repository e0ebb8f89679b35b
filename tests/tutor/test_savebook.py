"""The save book: nothing is lost, and what cannot be read is set aside and said."""

import json
import sqlite3

import pytest

from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.report import Report
from tutor.bookfile import MIGRATIONS, NAME, VERSION, NewerBook, _prepared
from tutor.savebook import Run, SaveBook

REPORT = Report(
    Recipe(widths=(8,)),
    (0, 1),
    "cpu",
    1,
    "abc",
    {"test_accuracy": [0.5, None]},
    {0: {"epoch": [1]}, 1: {}},
    {1: 2},
    0.3,
)


@pytest.fixture
def book(tmp_path):
    one = SaveBook(tmp_path, "castle")
    yield one
    one.close()


def reopened(book):
    book.close()
    return SaveBook(book.path.parent, book.slot)


def test_everything_comes_back(book):
    book.save({"scene": "hall"})
    book.save({"scene": "gate"})
    book.save_bench("a/b", {"hints": 2})
    book.add_run("a/b", Run("practice", {"dropout": 0.5}, REPORT))
    book.add_prediction("a/b", "rise", "fall", False)
    book.add_answer("a/q", "because", True)
    again = reopened(book)
    try:
        assert again.state() == {"scene": "gate"} and again.bench("a/b") == {"hints": 2}
        assert again.runs("a/b") == [Run("practice", {"dropout": 0.5}, REPORT)] and again.runs("a/c") == []
        assert again.notices == []
    finally:
        again.close()


def test_it_is_on_disk_before_the_call_returns(book):
    """Read by another connection while the writer is still open, as after a kill."""
    book.save({"scene": "hall"})
    with sqlite3.connect(book.path) as other:
        assert json.loads(other.execute("SELECT state FROM slot").fetchone()[0]) == {"scene": "hall"}
        assert other.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert other.execute("PRAGMA user_version").fetchone()[0] == VERSION


@pytest.mark.parametrize(
    "garbage",
    [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000, b"\0" * 4096],
    ids=["text", "torn", "zeros"],
)
def test_a_book_of_garbage_is_set_aside_and_a_new_one_begins(tmp_path, garbage):
    (tmp_path / NAME).write_bytes(garbage)
    book = SaveBook(tmp_path, "castle")
    try:
        book.save({"scene": "hall"})
        assert book.state() == {"scene": "hall"}
        (notice,) = book.notices
        (aside,) = tmp_path.glob(f"{NAME}.unreadable-*")
        assert aside.name in notice and aside.read_bytes() == garbage
    finally:
        book.close()


def test_a_book_of_another_program_is_set_aside(tmp_path):
    with sqlite3.connect(tmp_path / NAME) as other:
        other.execute("CREATE TABLE recipes (cake TEXT)")
        other.execute("PRAGMA user_version = 1")
    book = SaveBook(tmp_path, "castle")
    book.close()
    assert list(tmp_path.glob(f"{NAME}.unreadable-*"))


def test_garbage_in_one_slot_leaves_the_others(book):
    book.save({"scene": "hall"})
    book._db.execute("UPDATE slot SET state = 'not json'")
    assert book.state() is None
    assert "could not be read" in book.notices[0]


def test_a_newer_book_is_left_alone(tmp_path):
    SaveBook(tmp_path, "castle").close()
    with sqlite3.connect(tmp_path / NAME) as other:
        other.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(NewerBook, match="newer version"):
        SaveBook(tmp_path, "castle")
    assert not list(tmp_path.glob(f"{NAME}.unreadable-*"))
    with sqlite3.connect(tmp_path / NAME) as other:
        assert other.execute("PRAGMA user_version").fetchone()[0] == VERSION + 1


def test_an_older_book_is_brought_forward_with_what_is_in_it(tmp_path, monkeypatch):
    book = SaveBook(tmp_path, "castle")
    book.save({"scene": "hall"})
    book.close()
    step = ("ALTER TABLE slot ADD COLUMN mood TEXT NOT NULL DEFAULT 'grave'",)
    monkeypatch.setattr("tutor.bookfile.MIGRATIONS", (*MIGRATIONS, step))
    monkeypatch.setattr("tutor.bookfile.VERSION", VERSION + 1)
    db = _prepared(tmp_path / NAME)
    assert db.execute("SELECT name, mood FROM slot").fetchall() == [("castle", "grave")]
    assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION + 1
    db.close()


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    SaveBook(tmp_path, "castle").close()
    step = ("ALTER TABLE slot ADD COLUMN mood TEXT", "THIS IS NO STATEMENT")
    monkeypatch.setattr("tutor.bookfile.MIGRATIONS", (*MIGRATIONS, step))
    monkeypatch.setattr("tutor.bookfile.VERSION", VERSION + 1)
    with pytest.raises(sqlite3.Error):
        _prepared(tmp_path / NAME)
    with sqlite3.connect(tmp_path / NAME) as other:
        assert other.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert "mood" not in str(other.execute("SELECT sql FROM sqlite_master").fetchall())


def test_a_slot_has_one_writer(book, tmp_path):
    with pytest.raises(Mistake, match="open in another game"):
        SaveBook(tmp_path, "castle")
    SaveBook(tmp_path, "another").close()
    again = reopened(book)
    again.close()


@pytest.mark.parametrize("slot", ["", "a/b", "..", "a b", "x" * 41, "a\n"])
def test_a_slot_has_a_plain_name(tmp_path, slot):
    with pytest.raises(Mistake, match="letters, digits"):
        SaveBook(tmp_path, slot)


def test_a_folder_that_cannot_be_used_is_a_mistake(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Mistake, match="--home"):
        SaveBook(tmp_path / "file" / "home", "castle")


def test_a_full_disk_is_said_and_made_up_for(book):
    """SQLite gives the same error for a page limit as for a full disk."""
    pages = book._db.execute("PRAGMA page_count").fetchone()[0]
    book._db.execute(f"PRAGMA max_page_count = {pages}")
    long = {"scene": "hall", "diary": "x" * 200_000}
    book.save(long)
    book.add_answer("q", "a" * 50_000, True)
    assert book.unsaved
    assert len(book.notices) == 1 and "full" in book.notices[0] and "Play goes on" in book.notices[0]
    book._db.execute("PRAGMA max_page_count = 100000")
    book.save_bench("a/b", {})
    assert not book.unsaved and "written again" in book.notices[1]
    assert book.state() == long
    assert book._db.execute("SELECT count(*) FROM answer").fetchone()[0] == 1


def test_a_book_deleted_under_our_hands_is_begun_anew_and_said(book):
    book.save({"scene": "hall"})
    for path in book.path.parent.glob(f"{NAME}*"):
        path.unlink()
    book.save({"scene": "gate"})
    assert "was deleted while it was open" in book.notices[0] and not book.unsaved
    with sqlite3.connect(book.path) as other:
        assert json.loads(other.execute("SELECT state FROM slot").fetchone()[0]) == {"scene": "gate"}


def test_a_book_spoiled_under_our_hands_is_set_aside_and_said(book):
    book.save({"scene": "hall"})
    book.add_run("a/b", Run("practice", {}, REPORT))
    for path in book.path.parent.glob(f"{NAME}*"):
        with open(path, "r+b") as file:
            file.write(b"\xa5" * max(path.stat().st_size, 3000))
    book.runs("a/b")
    book.save({"scene": "gate"})
    assert book.state() == {"scene": "gate"} and book.notices
    assert reopened_state(book) == {"scene": "gate"}


def reopened_state(book):
    again = reopened(book)
    try:
        return again.state()
    finally:
        again.close()


@pytest.mark.parametrize("damage", ["DROP TABLE bench", "UPDATE slot SET state = printf('%.*c', 100000, '[')"])
def test_damage_between_games_is_said(book, damage):
    book.save({"scene": "hall"})
    book._db.execute(damage)
    again = reopened(book)
    try:
        assert again.state() is None and again.notices
        again.save({"scene": "gate"})
        assert again.state() == {"scene": "gate"}
    finally:
        again.close()


def test_where_write_ahead_logging_is_refused_the_old_journal_serves(tmp_path, monkeypatch):
    """A network folder answers the request for WAL with another mode."""
    asked = []
    real = sqlite3.connect

    class Refusing(sqlite3.Connection):
        def execute(self, sql, *rest):
            asked.append(sql)
            if sql == "PRAGMA journal_mode = WAL":
                return super().execute("SELECT 'memory'")
            return super().execute(sql, *rest)

    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, factory=Refusing, **k))
    book = SaveBook(tmp_path, "castle")
    book.save({"scene": "hall"})
    assert "PRAGMA journal_mode = DELETE" in asked and book.state() == {"scene": "hall"}
    book.close()
