"""The set-ups behind the lessons, each judged twenty times over five fresh seeds.

    python -m tests.benchmarks.measured [ROW ...] [--try]

It can be broken off and goes on where it was: what is in docs/measured.json with the same source
is not trained again. The table for people is docs/measured.md. ``--try`` takes other seeds and
keeps nothing: with it a goal is placed, and without it the goal is proved.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from lessons import goals, metrics
from lessons.client import Client
from lessons.jobs import job
from lessons.mistakes import Mistake, unknown
from lessons.recipe import Recipe
from lessons.settings import setting
from lessons.source import source

ROWS = Path(__file__).with_name("measured.toml")
DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULTS, TABLE = DOCS / "measured.json", DOCS / "measured.md"
FIRST_SEED, TRIED_SEED = 4_000_000, 2_000_000
"""Past every seed that the game, ``tutor check`` or an author uses; and where goals are placed."""
VERDICTS, SEEDS = 20, 5
TRIED = 4
"""Verdicts of a ``--try``."""


@dataclass(frozen=True)
class Claim:
    """Settings of one row, and what is claimed of them."""

    row: str
    role: str
    """``start``, ``solution`` or ``trap``."""
    words: str
    near: bool
    goal: goals.Goal
    recipe: Recipe
    first_seed: int = FIRST_SEED

    @property
    def key(self) -> str:
        """Where its measurement is kept: the program and the seeds, not the goal."""
        return f"{source(self.recipe).sha256}:{self.first_seed}"


def claims(rows: list[dict[str, Any]]) -> Iterator[Claim]:
    """Every claim of every row."""
    for row in rows:
        base, goal = job(row["job"]).recipe, goals.parse(row["goal"])
        listed = [("start", row.get("start", {}), False)]
        listed += [("solution", one, False) for one in row["solutions"]]
        listed += [("trap", one["set"], one.get("near", False)) for one in row["traps"]]
        for role, turned, near in listed:
            words = ", ".join(f"{setting(n).label} {setting(n).show(v)}" for n, v in turned.items()) or "as it is"
            seed = row.get("first_seed", FIRST_SEED)
            yield Claim(row["name"], role, words, near, goal, base.turned(**turned), seed)


async def measure(client: Client, claim: Claim, tried: bool) -> dict[str, Any]:
    """Per-seed values of the goal's metrics, and the median seconds of a run."""
    first, verdicts = (TRIED_SEED, TRIED) if tried else (claim.first_seed, VERDICTS)
    report = await client.train(claim.recipe, range(first, first + verdicts * SEEDS), "cpu")
    seconds = sorted(s for s in report.metrics["seconds"] if s is not None)
    names = dict.fromkeys([*claim.goal.metrics, *(["test_accuracy"] if claim.recipe.task == "classification" else [])])
    return {
        "row": claim.row,
        "role": claim.role,
        "settings": claim.words,
        "metrics": {name: report.metrics[name] for name in names},
        "diverged": len(report.diverged),
        "seconds": round(seconds[len(seconds) // 2], 3) if seconds else None,
    }


def passes(claim: Claim, found: dict[str, Any]) -> list[bool]:
    """Whether each of the verdicts passes."""
    runs = len(next(iter(found["metrics"].values())))
    verdicts = []
    for first in range(0, runs, SEEDS):
        five = {name: values[first : first + SEEDS] for name, values in found["metrics"].items()}
        verdicts.append(all(outcome.met for outcome in goals.judge(claim.goal, five)))
    return verdicts


def holds(claim: Claim, verdicts: list[bool]) -> bool:
    """A solution passes all verdicts but one in twenty, start and traps none but one; a near one tells its rate."""
    if claim.role == "solution":
        return sum(verdicts) >= len(verdicts) - len(verdicts) // VERDICTS
    return sum(verdicts) <= len(verdicts) // VERDICTS or claim.near


def line(claim: Claim, found: dict[str, Any]) -> str:
    """One row of the table for people."""
    shown = []
    for name, values in found["metrics"].items():
        numbers = [v for v in values if v is not None and math.isfinite(v)]
        if numbers:
            spread = stdev(numbers) if len(numbers) > 1 else 0.0
            lost = f", {len(values) - len(numbers)} diverged" if len(numbers) < len(values) else ""
            shown.append(f"{metrics.show(name, fmean(numbers))} ± {metrics.show(name, spread)}{lost}")
        else:
            shown.append("all diverged")
    passed = passes(claim, found)
    mark = ("near" if claim.near else "yes") if holds(claim, passed) else "**no**"
    seconds = f"{found['seconds']:.2f}" if found["seconds"] is not None else "-"
    return f"| {claim.role} | {claim.words} | {'; '.join(shown)} | {sum(passed)}/{len(passed)} | {mark} | {seconds} |"


def table(all_claims: list[Claim], results: dict[str, Any]) -> str:
    """docs/measured.md."""
    text = (
        "# What was measured for the lessons\n\n"
        f"Made by `make measured`. Each line is {VERDICTS * SEEDS} runs, from seed {FIRST_SEED:,} on, or from a later "
        "one where a goal was moved; none was used to place a goal: "
        f"{VERDICTS} verdicts of {SEEDS} seeds each. "
        "Mean ± standard deviation over the runs. A solution must pass 19 verdicts of 20, start and traps at most "
        "one; a trap that is near tells its rate. Seconds are the median of a run on a busy core.\n"
    )
    for row in dict.fromkeys(claim.row for claim in all_claims):
        mine = [claim for claim in all_claims if claim.row == row and claim.key in results]
        if mine:
            measured = ", ".join(metrics.metric(name).label for name in results[mine[0].key]["metrics"])
            text += f"\n## {row}\n\nGoal: `{mine[0].goal.text}`\n\n"
            text += f"| role | settings | {measured} | verdicts passed | holds | s |\n|---|---|---|---|---|---|\n"
            text += "\n".join(line(claim, results[claim.key]) for claim in mine) + "\n"
    return text


def main() -> int:
    """Measure what is missing; the exit code says whether every claim holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="names of rows (default: all)")
    parser.add_argument("--try", dest="tried", action="store_true", help="other seeds, few of them, nothing kept")
    known = parser.parse_args()
    asked = known.rows
    rows = tomllib.loads(ROWS.read_text(encoding="utf-8"))["row"]
    names = [row["name"] for row in rows]
    for name in asked:
        if name not in names:
            raise unknown("row", name, names)
    everything = list(claims(rows))
    wanted = [claim for claim in everything if not asked or claim.row in asked]
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() and not known.tried else {}
    results = {claim.key: kept[claim.key] for claim in everything if claim.key in kept}

    async def work() -> None:
        client = Client()
        try:
            for claim in wanted:
                if claim.key not in results:
                    results[claim.key] = await measure(client, claim, known.tried)
                    if not known.tried:
                        save(everything, results)
                print(claim.row, line(claim, results[claim.key]), flush=True)
        finally:
            await client.close()

    asyncio.run(work())
    if not known.tried:
        save(everything, results)
    return 0 if all(holds(claim, passes(claim, results[claim.key])) for claim in wanted) else 1


def save(everything: list[Claim], results: dict[str, Any]) -> None:
    """Both files; a broken-off run loses only the claim under way."""
    DOCS.mkdir(exist_ok=True)
    for path, text in ((RESULTS, json.dumps(results, indent=1) + "\n"), (TABLE, table(everything, results))):
        beside = path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Mistake as mistake:
        sys.exit(f"measured: {mistake}")
