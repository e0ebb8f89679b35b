"""The file of the save book, in SQLite: opened, brought to this version, written, mended.

Every event is one transaction, on disk before the next frame. A book that cannot be read is
set aside under another name; a full disk is said, and what could not be written is tried
again with the next event.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lessons.mistakes import Mistake

NAME = "castle.db"
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE slot (
            name TEXT PRIMARY KEY, game INTEGER NOT NULL, state TEXT NOT NULL,
            created TEXT NOT NULL, saved TEXT NOT NULL)""",
        """CREATE TABLE run (
            id INTEGER PRIMARY KEY, slot TEXT NOT NULL, game INTEGER NOT NULL, scene TEXT NOT NULL, kind TEXT NOT NULL,
            sha256 TEXT NOT NULL, settings TEXT NOT NULL, report TEXT NOT NULL, made TEXT NOT NULL)""",
        "CREATE INDEX run_place ON run (slot, scene, kind)",
        """CREATE TABLE prediction (
            id INTEGER PRIMARY KEY, slot TEXT NOT NULL, scene TEXT NOT NULL, said TEXT NOT NULL,
            truth TEXT NOT NULL, "right" INTEGER, made TEXT NOT NULL)""",
        """CREATE TABLE answer (
            id INTEGER PRIMARY KEY, slot TEXT NOT NULL, question TEXT NOT NULL, said TEXT NOT NULL,
            "right" INTEGER NOT NULL, made TEXT NOT NULL)""",
        """CREATE TABLE bench (
            slot TEXT NOT NULL, game INTEGER NOT NULL, scene TEXT NOT NULL, state TEXT NOT NULL,
            PRIMARY KEY (slot, game, scene))""",
    ),
    (
        """CREATE TABLE page (
            slot TEXT NOT NULL, technique TEXT NOT NULL, does TEXT NOT NULL, setting TEXT NOT NULL,
            scene TEXT NOT NULL, report TEXT NOT NULL, made TEXT NOT NULL, PRIMARY KEY (slot, technique))""",
    ),
    (
        # Beside the run and not in it: what lies behind a long report in a row is slow to read.
        """CREATE TABLE entry (
            run INTEGER PRIMARY KEY, note TEXT NOT NULL, passed INTEGER, deleted TEXT, made TEXT NOT NULL)""",
    ),
)
"""Step n takes a book from version n to n + 1. Steps that have shipped never change."""

VERSION = len(MIGRATIONS)

_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)

_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.DatabaseError) -> int:
    """SQLite's own number for an error, without the details."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class NewerBook(Mistake):
    """The book was written by a newer version of the program."""


class BookFile:
    """The book in ``folder``, one slot of it open for writing by this process alone."""

    def __init__(self, folder: Path, slot: str, looking: bool = False) -> None:
        """Raises ``Mistake`` for a bad slot name, a slot that is open elsewhere, or a folder that cannot be used.

        Who is only ``looking`` may, while a game has the slot open.
        """
        if not slot or len(slot) > 40 or not all(c.isalnum() or c in "-_" for c in slot):
            raise Mistake(f"slot {slot!r} is not a name. Use up to 40 letters, digits, - and _.")
        self.slot = slot
        self.notices: list[str] = []
        """What the player should be told once."""
        self.path = folder / NAME
        self._unwritten: list[tuple[str, tuple[Any, ...]]] = []
        self._in_memory = False
        """Whether the book's file is out of reach, and all of it lives in memory."""
        self._looking = looking
        self._lock = FileLock(folder / f"slot-{slot}.lock", timeout=0)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not looking:
                self._lock.acquire()
        except Timeout:
            raise Mistake(
                f"slot {slot!r} is open in another game. Close that one, or play another slot: --slot NAME."
            ) from None
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise Mistake(
                    f"the save folder {folder} cannot be used ({error.strerror}). Choose another with --home DIR."
                ) from None
        try:
            self._db = self._open()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> sqlite3.Connection:
        try:
            return _prepared(self.path)
        except sqlite3.DatabaseError as error:
            code = _code(error)
            if code in _IN_USE:
                raise Mistake(f"the save book {self.path} is in use by another program ({error}). Close it.") from None
            if code in _NO_ROOM:
                # What is saved is still there; it is only out of reach until there is room.
                self.notices.append(
                    f"The save book {self.path} cannot be opened ({error}). Play goes on without it: "
                    "nothing of this game is saved. Free some space and start again to find what was saved before."
                )
                self._in_memory = True
                return _prepared(Path(":memory:"))
            if self._looking:
                raise Mistake(
                    f"the save book {self.path} cannot be read ({error}). Start the game: it begins a new one."
                ) from None
            aside = self._set_aside()
            self.notices.append(
                f"The save book could not be read. It was set aside as {aside.name}, and a new one begun."
            )
            return _prepared(self.path)

    def _set_aside(self) -> Path:
        stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
        aside = self.path.with_name(f"{NAME}.unreadable-{stamp}")
        self.path.rename(aside)
        for suffix in ("-wal", "-shm", "-journal"):
            beside = self.path.with_name(NAME + suffix)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + suffix))
        return aside

    def close(self) -> None:
        """Let another game have the slot."""
        self._db.close()
        self._lock.release()

    def _write(self, statement: str, *values: Any) -> None:
        """One transaction; what failed before is tried again first, in order."""
        self._write_all([(statement, values)])

    def _write_all(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
        """Several statements in one transaction."""
        pending = [*self._unwritten, *statements]
        self._mend()
        try:
            with _transaction(self._db):
                for sql, args in pending:
                    self._db.execute(sql, args)
        except sqlite3.Error as error:
            if not self._unwritten:
                self.notices.append(
                    f"The save book cannot be written ({error}). Play goes on; free some space, "
                    "and what is missing will be written with the next thing you do."
                )
            self._unwritten = pending
            return
        if self._unwritten:
            self.notices.append("The save book can be written again. Nothing is missing from it.")
        self._unwritten = []

    def _read(self, statement: str, *values: Any) -> list[Any]:
        """The rows; none where the book cannot be read, which is said."""
        self._mend()
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self.notices.append(f"The save book cannot be read ({error}). Play goes on with what is known.")
            return []

    def _mend(self) -> None:
        """Begin the book anew where its file was deleted or spoiled under our hands."""
        if self._in_memory:
            return
        try:
            if self.path.exists():
                self._db.execute("SELECT count(*) FROM slot").fetchone()
                return
            told = f"The save book {self.path} was deleted while it was open. A new one is begun."
            with suppress(sqlite3.Error):
                self._db.close()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _prepared(self.path)
        except sqlite3.DatabaseError as error:
            if _code(error) in (*_NO_ROOM, *_IN_USE):
                return  # the write itself will say so
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = self._open()
            return
        except OSError:
            return
        self.notices.append(told)

    @property
    def unsaved(self) -> bool:
        """Whether something is not on disk."""
        return bool(self._unwritten) or self._in_memory


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; sqlite3's own handling would leave schema changes outside."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk may have rolled back already
            db.execute("ROLLBACK")
        raise


def _prepared(path: Path) -> sqlite3.Connection:
    """An open book, brought to this program's version."""
    db = sqlite3.connect(path, timeout=5.0, isolation_level=None)
    try:
        # A network folder refuses write-ahead logging; then the older journal does.
        if db.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            db.execute("PRAGMA journal_mode = DELETE")
        # A finished transaction must outlive the machine's power, too.
        db.execute("PRAGMA synchronous = FULL")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise NewerBook(
                f"the save book {path} was written by a newer version of this program "
                f"(format {version}; this one knows {VERSION}). Update, or choose another folder with --home DIR."
            )
        if version:
            for table in ("slot", "run", "prediction", "answer", "bench", "page", "entry")[: 4 + version]:
                db.execute(f"SELECT count(*) FROM {table}").fetchone()  # damage speaks up here, not mid-play
        for step in range(version, VERSION):
            with _transaction(db):
                for statement in MIGRATIONS[step]:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {step + 1}")
    except BaseException:
        db.close()
        raise
    return db
