"""The save book: slots, runs with curves, answers, predictions and pages; every event is one transaction."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lessons.report import Report
from tutor.bookfile import BookFile
from tutor.grimoire import Won
from tutor.journal_note import note


@dataclass(frozen=True)
class Run:
    """A finished run, as the book keeps it."""

    kind: str
    """``practice`` or ``verdict``."""
    settings: dict[str, Any]
    report: Report
    earlier: bool = False
    """Whether it was made in an earlier game of the slot, before the tale was begun anew."""
    passed: bool | None = None
    """Whether a verdict met its goal; None for practice, and for verdicts of before this was written down."""
    deleted: bool = False
    """Whether the player took it out of the journal. Its seeds stay used, and what was judged by it holds."""


@dataclass(frozen=True)
class Kept:
    """A run as the journal lists it: without its report."""

    id: int
    scene: str
    kind: str
    settings: dict[str, Any]
    note: dict[str, Any]
    """What ``journal_note.note`` says of the report."""
    passed: bool | None
    deleted: bool
    made: datetime


class SaveBook(BookFile):
    """One slot of the book in ``folder``: what was done in it, and what is to be remembered."""

    def __init__(self, folder: Path, slot: str, looking: bool = False) -> None:
        """As ``BookFile``."""
        super().__init__(folder, slot, looking)
        rows = self._read("SELECT game FROM slot WHERE name = ?", slot)
        self._game = rows[0][0] if rows else 1

    # the tale

    def state(self) -> dict[str, Any] | None:
        """The playthrough as it was saved last, if there is one."""
        rows = self._read("SELECT state FROM slot WHERE name = ?", self.slot)
        return self._json(rows[0][0]) if rows and rows[0][0] else None

    def save(self, state: dict[str, Any]) -> None:
        """The playthrough as it is now."""
        self._save_slot(json.dumps(state))

    def begin_again(self) -> None:
        """A new game in this slot; the runs, predictions and answers of earlier ones stay in the journal."""
        self._game += 1
        self._save_slot("")

    def _save_slot(self, state: str) -> None:
        self._write(
            "INSERT INTO slot VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) "
            "DO UPDATE SET game = excluded.game, state = excluded.state, saved = excluded.saved",
            self.slot,
            self._game,
            state,
            _now(),
            _now(),
        )

    # the laboratory

    def bench(self, scene: str) -> dict[str, Any]:
        """How the player left the laboratory of a scene: settings, opened hints, prediction."""
        rows = self._read(
            "SELECT state FROM bench WHERE slot = ? AND game = ? AND scene = ?", self.slot, self._game, scene
        )
        return (self._json(rows[0][0]) or {}) if rows else {}

    def save_bench(self, scene: str, state: dict[str, Any]) -> None:
        """How the player leaves it."""
        self._write(
            "INSERT INTO bench VALUES (?, ?, ?, ?) "
            "ON CONFLICT (slot, game, scene) DO UPDATE SET state = excluded.state",
            self.slot,
            self._game,
            scene,
            json.dumps(state),
        )

    def add_run(self, scene: str, run: Run) -> None:
        """A finished run, and its entry in the journal."""
        made, report = _now(), run.report
        run_values = (
            self.slot,
            self._game,
            scene,
            run.kind,
            report.sha256,
            json.dumps(run.settings),
            json.dumps(report.to_dict()),
            made,
        )
        self._write_all(
            [
                (
                    "INSERT INTO run (slot, game, scene, kind, sha256, settings, report, made) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    run_values,
                ),
                (
                    "INSERT INTO entry VALUES (last_insert_rowid(), ?, ?, NULL, ?)",
                    (json.dumps(note(report)), run.passed, made),
                ),
            ]
        )

    def runs(self, scene: str) -> list[Run]:
        """The finished runs of a scene, oldest first, those of earlier games and deleted ones among them."""
        return [run for _, run in self._runs("scene = ?", scene)]

    def run(self, id: int) -> Run | None:
        """A run of this slot by its number."""
        return next((run for _, run in self._runs("id = ?", id)), None)

    def _runs(self, where: str, value: Any) -> list[tuple[int, Run]]:
        rows = self._read(
            "SELECT id, kind, settings, report, game, passed, deleted FROM run LEFT JOIN entry ON entry.run = run.id "
            f"WHERE slot = ? AND {where} ORDER BY id",
            self.slot,
            value,
        )
        return [
            (id, Run(kind, json.loads(turned), Report.from_dict(json.loads(made)), game != self._game, *_marks(*marks)))
            for id, kind, turned, made, game, *marks in rows
        ]

    # the journal

    def kept(self) -> list[Kept]:
        """Every run of this slot, newest first, deleted ones among them; no report is read for it."""
        self._note_old()
        rows = self._read(
            "SELECT id, scene, kind, settings, note, entry.made, passed, deleted "
            "FROM run JOIN entry ON entry.run = run.id WHERE slot = ? ORDER BY id DESC",
            self.slot,
        )
        return [
            Kept(id, scene, kind, json.loads(turned), json.loads(noted), *_marks(*marks), datetime.fromisoformat(made))
            for id, scene, kind, turned, noted, made, *marks in rows
        ]

    def _note_old(self) -> None:
        """Write the entries of runs from before there were any; a run that cannot be read any more gets none."""
        notes = []
        for (id,) in self._read("SELECT id FROM run WHERE slot = ? AND id NOT IN (SELECT run FROM entry)", self.slot):
            ((text, made),) = self._read("SELECT report, made FROM run WHERE id = ?", id)
            with suppress(ValueError, KeyError, TypeError):
                noted = json.dumps(note(Report.from_dict(json.loads(text))))
                notes.append(("INSERT OR IGNORE INTO entry VALUES (?, ?, NULL, NULL, ?)", (id, noted, made)))
        if notes:
            self._write_all(notes)

    def count(self) -> int:
        """How many runs the journal holds."""
        rows = self._read(
            "SELECT count(*) FROM run LEFT JOIN entry ON entry.run = run.id WHERE slot = ? AND deleted IS NULL",
            self.slot,
        )
        return rows[0][0] if rows else 0

    def delete_run(self, id: int, deleted: bool = True) -> None:
        """Take a run out of the journal, or bring it back."""
        self._write("UPDATE entry SET deleted = ? WHERE run = ?", _now() if deleted else None, id)

    def add_prediction(self, scene: str, said: Any, truth: Any, right: bool | None) -> None:
        """What was predicted of a verdict, and what came."""
        self._write(
            'INSERT INTO prediction (slot, scene, said, truth, "right", made) VALUES (?, ?, ?, ?, ?, ?)',
            self.slot,
            scene,
            json.dumps(said),
            json.dumps(truth),
            right,
            _now(),
        )

    def add_answer(self, question: str, said: str, right: bool) -> None:
        """How a question was answered."""
        self._write(
            'INSERT INTO answer (slot, question, said, "right", made) VALUES (?, ?, ?, ?, ?)',
            self.slot,
            question,
            said,
            right,
            _now(),
        )

    def answers(self) -> list[tuple[str, bool, datetime]]:
        """Every answer of this slot, oldest first: the question, whether it was right, and when."""
        rows = self._read('SELECT question, "right", made FROM answer WHERE slot = ? ORDER BY id', self.slot)
        return [(question, bool(right), datetime.fromisoformat(made)) for question, right, made in rows]

    def predictions(self) -> tuple[int, int]:
        """How many predictions of this slot were right, and how many could be judged."""
        rows = self._read('SELECT "right" FROM prediction WHERE slot = ? AND "right" IS NOT NULL', self.slot)
        return sum(right for (right,) in rows), len(rows)

    # the grimoire

    def add_page(self, page: Won) -> None:
        """A page that was won; one of the same technique takes the place of an earlier one."""
        self._write(
            "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (slot, technique) "
            "DO UPDATE SET does = excluded.does, setting = excluded.setting, scene = excluded.scene, "
            "report = excluded.report",
            self.slot,
            page.technique,
            page.does,
            page.setting,
            page.scene,
            json.dumps(page.report.to_dict()),
            _now(),
        )

    def pages(self) -> list[Won]:
        """The pages of the grimoire, in the order in which they were won."""
        rows = self._read(
            "SELECT technique, does, setting, scene, report FROM page WHERE slot = ? ORDER BY made, rowid", self.slot
        )
        return [Won(*words, Report.from_dict(json.loads(made))) for *words, made in rows]

    def _json(self, text: str) -> dict[str, Any] | None:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
        self.notices.append(f"What was saved in slot {self.slot!r} could not be read; the tale begins anew.")
        return None


def _marks(passed: int | None, deleted: str | None) -> tuple[bool | None, bool]:
    return (None if passed is None else bool(passed)), deleted is not None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
