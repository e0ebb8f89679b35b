"""``tutor calibrate``: train a lesson over its settings, and say what goal, solution and traps they speak for."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lessons import metrics
from lessons.challenge import Challenge
from lessons.client import Client
from lessons.mistakes import Mistake, clip, unknown
from lessons.source import source
from lessons.wire import Event, Night
from tutor import home
from tutor.calibrate.combos import Combo, Plan, choose
from tutor.calibrate.proposal import claims, propose
from tutor.calibrate.record import Machine, Record, forget
from tutor.calibrate.telling import as_json, planned, told
from tutor.calibrate.verdicts import Measured, Verdicts
from tutor.exits import DONE, NOT_MET
from tutor.progress import bar
from tutor.running import with_client

FIRST = 3_000_000
"""The first seed; no practice, verdict or check uses those from here on."""
BATCH = 5
"""Seeds that train side by side at least, so that a lesson of one seed a verdict uses its cores, too."""


def calibrate(known: argparse.Namespace) -> int:
    """Calibrate each lesson that is named; 1 where one has neither claims that hold nor a proposal."""
    done, good = [], True
    for name, challenge in lessons(known.lesson):
        if done and not known.json:
            print()
        plan = choose(challenge, known.most)
        verdicts = Verdicts(challenge, _measured(name, challenge, plan, known))
        proposal = propose(verdicts)
        good = good and (proposal.separates or all(holds for *_, holds in claims(verdicts)))
        done.append(as_json(name, plan, verdicts, proposal) if known.json else name)
        if not known.json:
            print("", *told(verdicts, proposal), sep="\n", flush=True)
    if known.json:
        print(json.dumps({"calibrated": good, "lessons": done}, allow_nan=False))
    return DONE if good else NOT_MET


def lessons(text: str) -> list[tuple[str, Challenge]]:
    """The lessons that ``CHAPTER.md[/SCENE]`` or one of ours by its id names; a ``Mistake`` says what it might be."""
    from story.chapter import Tale
    from story.reading import read_chapter, read_tale, shipped

    path, scene = Path(text), ""
    if not path.is_file() and path.parent.is_file():
        path, scene = path.parent, path.name
    if path.is_file():
        chapter = read_chapter(path)
        tale = Tale((chapter,))
    else:
        name, _, scene = text.partition("/")
        tale = read_tale(shipped())
        if ".md" in text or path.exists() or scene.count("/"):
            raise Mistake(f"{clip(text)} is no chapter file. Give FILE.md, FILE.md/SCENE, or the id of one of ours.")
        chapter = tale.chapter(name)
    found = [(f"{chapter.id}/{s.id}", s.lesson.challenge) for s in chapter.scenes if s.lesson]
    if scene:
        tale.scene(chapter.id, scene)
        found = [(name, challenge) for name, challenge in found if name == f"{chapter.id}/{scene}"]
        if not found:
            raise unknown("lesson", scene, (s.id for s in chapter.scenes if s.lesson))
    if not found:
        raise Mistake(f"chapter {chapter.id!r} holds no lesson. Add a fence that begins with ```toml lesson.")
    return found


def _measured(name: str, challenge: Challenge, plan: Plan, known: argparse.Namespace) -> list[Measured]:
    """Trains what is not yet known of the plan, and gives what is known then."""
    count = max(known.seeds, challenge.seeds)
    seeds = range(FIRST, FIRST + count)
    path = home.home() / "calibrations" / f"{source(challenge.recipe).sha256[:32]}.jsonl"
    if known.fresh:
        forget(path)
    if not known.json:
        print(*planned(name, plan, count, challenge.job, challenge.seeds), sep="\n", flush=True)

    async def work(client: Client) -> Record:
        ready = await client.start()
        device = ready.devices[0] if known.device == "auto" else known.device
        record = Record(path, Machine(ready.torch, device, known.threads))
        missing = {c.sha256: [s for s in seeds if s not in _kept(record, c)] for c in plan.combos}
        todo = sum(map(len, missing.values()))
        if not known.json and 0 < todo < count * len(plan.combos):
            print(f"{count * len(plan.combos) - todo:,} runs were made earlier; {todo:,} are left.", flush=True)
        with bar("settings") as tell:
            counted = Count(plan, missing, tell)
            for combo in plan.combos:
                left, size = missing[combo.sha256], max(challenge.seeds, BATCH)
                for batch in (left[at : at + size] for at in range(0, len(left), size)):
                    record.add(await client.train(combo.recipe, batch, known.device, known.threads, counted.take))
                    counted.batch_done(combo, len(batch))
                counted.combo_done()
        return record

    try:
        record = with_client(work)
    except KeyboardInterrupt:
        if path.exists():
            print(f"\nWhat has been trained is kept in {path}; the same call goes on from there.", file=sys.stderr)
        raise
    return [
        _of(combo, {seed: kept[seed] for seed in seeds}) for combo in plan.combos for kept in [_kept(record, combo)]
    ]


def _kept(record: Record, combo: Combo) -> dict[int, Any]:
    return record.seeds(combo.sha256, metrics.available(combo.recipe))


def _of(combo: Combo, seeds: dict[int, Any]) -> Measured:
    names = metrics.available(combo.recipe)
    values = {name: [seed.metrics[name] for seed in seeds.values()] for name in names}
    return Measured(combo, values, sum(seed.diverged > 0 for seed in seeds.values()))


class Count:
    """Counts settings, runs and epochs, and tells a bar."""

    def __init__(self, plan: Plan, missing: dict[str, list[int]], tell: Callable[..., None]) -> None:
        self._tell = tell
        self._runs = sum(map(len, missing.values()))
        self._total = sum(c.recipe.epochs * len(missing[c.sha256]) for c in plan.combos) or 1
        self._combos, self._settings = len(plan.combos), 0
        self._made, self._epochs = 0, 0
        self._at: dict[int, int] = {}

    def take(self, event: Event) -> None:
        """An event of the batch that trains."""
        if isinstance(event, Night):
            self._at[event.seed] = event.epoch
            self._say()

    def batch_done(self, combo: Combo, seeds: int) -> None:
        """A batch is finished, and kept."""
        self._made += seeds
        self._epochs += combo.recipe.epochs * seeds
        self._at.clear()
        self._say()

    def combo_done(self) -> None:
        """All seeds of some settings are known."""
        self._settings += 1
        self._say()

    def _say(self) -> None:
        words = f"settings {self._settings}/{self._combos}, runs {self._made}/{self._runs}"
        self._tell((self._epochs + sum(self._at.values())) / self._total, words)
