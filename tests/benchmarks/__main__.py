"""``python -m tests.benchmarks [NAME ...]``: every figure of speed, measured side by side on this machine.

Prints a table. Bounds are shown, never asserted: the exit code is 0 unless a benchmark failed to run (1),
was not known (2), or was interrupted (130).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path

from lessons.mistakes import Mistake, unknown
from tests.benchmarks import harness

NAMES = (
    "seed_loop",
    "validation",
    "threads",
    "warm",
    "imports",
    "first_frame",
    "five_seeds",
    "key_to_paint",
    "stop",
    "events",
    "probing",
    "stalls",
    "random_play",
    "check",
)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line; a ``Mistake`` names a benchmark that is not known."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: all ({', '.join(NAMES)})")
    parser.add_argument("--data", type=Path, default=os.environ.get("TUTOR_DATA"), help="holds MNIST/raw (TUTOR_DATA)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there")
    parser.add_argument("--repeat", type=int, metavar="N", help="measure each N times (default: its own number)")
    known = parser.parse_args(arguments)
    for name in known.names:
        if name not in NAMES:
            raise unknown("benchmark", name, NAMES)
    if known.repeat is not None and known.repeat < 1:
        raise Mistake("--repeat must be 1 or more.")
    return known


def measure(name: str, options: harness.Options) -> list[harness.Row]:
    """The rows of one benchmark; one that says why, where it could not run."""
    rows: list[harness.Row] = []
    try:
        for row in import_module(f"tests.benchmarks.{name}").measure(options):
            rows.append(row)
    except harness.Skipped as reason:
        rows.append(harness.Row(name, missing=str(reason)))
    except Exception as error:
        traceback.print_exc()
        words = f"failed: {type(error).__name__}: {error}"
        rows.append(harness.Row(name, missing=words.splitlines()[0], failed=True))
    return rows


def main(arguments: list[str]) -> int:
    """Measure, print, write; the exit code."""
    try:
        known = parse(arguments)
    except Mistake as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    if known.data is not None:
        known.data = Path(known.data).expanduser().absolute()
        os.environ["TUTOR_DATA"] = str(known.data)  # the training process looks there, too
    machine = harness.machine()
    for name, value in machine.items():
        print(f"{name:<12} {value}")
    if machine.get("load before", 0) > machine["cores"] / 4:
        print("Others are at work on this machine: take the figures with care.")
    print(flush=True)
    options, rows, code, begun = harness.Options(known.data, known.repeat), [], 0, time.perf_counter()
    results: list[dict[str, object]] = []
    try:
        for name in known.names or NAMES:
            started = time.perf_counter()
            print(f"{name} ...", file=sys.stderr, end=" ", flush=True)
            new = measure(name, options)
            rows += new
            results += [{"benchmark": name, **row.to_dict()} for row in new]
            print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        code = 130
    print(harness.table(rows))
    kept = [row.holds for row in rows if row.holds is not None]
    print(f"\n{sum(kept)} of {len(kept)} bounds hold; {time.perf_counter() - begun:.0f} s")
    if known.json:
        known.json.write_text(json.dumps({"machine": machine, "rows": results}, indent=1) + "\n", encoding="utf-8")
    if known.markdown:
        known.markdown.write_text(harness.markdown(rows, machine), encoding="utf-8")
    return code or int(any(row.failed for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
