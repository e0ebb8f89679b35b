"""The save book: slots, runs with curves, answers, predictions and pages; every event is one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lessons.report import Report
from tutor.bookfile import BookFile
from tutor.grimoire import Won


@dataclass(frozen=True)
class Run:
    """A finished run, as the book keeps it."""

    kind: str
    """``practice`` or ``verdict``."""
    settings: dict[str, Any]
    report: Report
    earlier: bool = False
    """Whether it was made in an earlier game of the slot, before the tale was begun anew."""


class SaveBook(BookFile):
    """One slot of the book in ``folder``: what was done in it, and what is to be remembered."""

    def __init__(self, folder: Path, slot: str) -> None:
        """Raises ``Mistake`` for a bad slot name, a slot that is open elsewhere, or a folder that cannot be used."""
        super().__init__(folder, slot)
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
        """A finished run."""
        self._write(
            "INSERT INTO run (slot, game, scene, kind, sha256, settings, report, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            self.slot,
            self._game,
            scene,
            run.kind,
            run.report.sha256,
            json.dumps(run.settings),
            json.dumps(run.report.to_dict()),
            _now(),
        )

    def runs(self, scene: str) -> list[Run]:
        """The finished runs of a scene, oldest first, those of earlier games among them."""
        rows = self._read(
            "SELECT kind, settings, report, game FROM run WHERE slot = ? AND scene = ? ORDER BY id", self.slot, scene
        )
        return [
            Run(kind, json.loads(turned), Report.from_dict(json.loads(made)), game != self._game)
            for kind, turned, made, game in rows
        ]

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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
