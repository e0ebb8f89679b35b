"""``tutor check``: lint chapters, play their walks, prove each lesson by training.

A proof needs: the start settings fail, the solution passes, every trap fails, nothing diverges
unless a trap says so, and no run takes longer than it may.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from lessons.fullsets import FULL
from lessons.mistakes import Mistake
from story.faults import harmless
from story.findings import Finding
from tutor.chapters import chapter_files, with_neighbours
from tutor.check import claims, folder, proving
from tutor.check.docket import Docket
from tutor.check.results import Results, annotations, junit
from tutor.exits import DONE, NOT_MET
from tutor.progress import bar
from tutor.running import carry_out

if TYPE_CHECKING:
    from story.chapter import Tale
    from tutor.check.claims import Case

UNFINISHED = "the check has not come to its end"
"""What a report says until it has."""


def check(known: argparse.Namespace) -> int:
    """Print what is found; exit code 1 where an error was, or a warning where the check is strict."""
    results = Results(chapter_files(known.paths), broken_off=UNFINISHED)
    _write(known.junit, results, known.strict)
    say = _nothing if known.json else _say
    try:
        _Check(known, results, say).run()
        results.broken_off = ""
    except (KeyboardInterrupt, Exception) as error:
        results.broken_off = f"{UNFINISHED}: {str(error) or 'interrupted'}"
        raise
    finally:  # what was found before a break is told as well
        _write(known.junit, results, known.strict)
        if known.json:
            _print(json.dumps(results.to_dict(known.strict), allow_nan=False))
        if known.github:
            root = Path(os.environ.get("GITHUB_WORKSPACE", ".")).resolve()
            for line in annotations(results.findings, root):
                _print(line, sys.stderr if known.json else sys.stdout)
    say(_summary(results, known))
    return DONE if results.passed(known.strict) else NOT_MET


class _Check:
    """One check, part by part; what a part finds goes into the results, and is said at once."""

    def __init__(self, known: argparse.Namespace, results: Results, say: Callable[[str], None]) -> None:
        self.known, self.results, self.say = known, results, say

    def run(self) -> None:
        """Every part; what needs the earlier ones to be sound is left out where they are not."""
        tale = self._read()
        if tale is None:
            return
        self._lint(tale)
        if self.results.count("error"):
            return
        self._count(tale)
        walks = self._walks()
        self._play([walk for walk in walks if not walk.trains])
        if self.known.wander:
            self._wander(tale)
        if not self.known.no_train:
            self._prove(tale)
            if self.results.count("error") == 0:  # a lesson that could not be proved is not played either
                self._play([walk for walk in walks if walk.trains])
        elif skipped := sum(walk.trains for walk in walks):
            self.say(f"Left out, for they train: {_many(skipped, 'walk')}.")

    def _found(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.results.findings.append(finding)
            self.say(f"{finding.path}:{finding.line}: {finding.severity}: {finding.message} [{finding.rule}]")

    def _read(self) -> Tale | None:
        from story.reading import ChapterErrors, read_tale

        try:
            return read_tale(self.results.paths)
        except ChapterErrors as error:
            self._found(Finding(f.path, f.line, "error", "reading", f.message) for f in error.errors)
            return None

    def _lint(self, tale: Tale) -> None:
        from story.lint import lint

        asked = self.results.paths
        self._found(lint(with_neighbours(tale, asked), asked))
        folders = [path for path in self.known.paths if path.is_dir()]
        self._found(f for f in folder.unexpected(folders, tale) if f.path.resolve() != _resolved(self.known.junit))

    def _count(self, tale: Tale) -> None:
        from tutor.check.facts import facts, words

        for chapter in tale.chapters:
            self.results.facts.append(facts(tale, chapter))
            for line in words(self.results.facts[-1]):
                self.say(line)

    def _walks(self):  # type: ignore[no-untyped-def]
        from tutor.walk.finding import walks_for

        walks, findings = walks_for(self.results.paths)
        self._found(findings)
        return walks

    def _play(self, walks) -> None:  # type: ignore[no-untyped-def]
        from tutor.walk.playing import play_walk

        if not walks:
            return
        with bar("playing") as progress:
            for number, walk in enumerate(walks):
                tell = partial(_tell_walk, progress, number, len(walks))
                tell(0.0)
                walked = play_walk(walk, self.known.device, self.known.threads, tell)
                self.results.walks.append(walked)
                self.say(f"{'ok ' if walked.passed else 'BAD'} {walk.path.name}")
                self._found(walked.findings)

    def _wander(self, tale: Tale) -> None:
        from tutor.walk.wander import wander

        with bar("wandering") as progress:
            wandered = wander(tale, self.known.wander, on_progress=progress)
        self.results.wandered = wandered
        self.say(str(wandered))
        self._found(wandered.findings)

    def _prove(self, tale: Tale) -> None:
        cases = []
        for case in claims.cases(tale):
            if why := left_out(case, self.known.full):
                self._found([why])
            else:
                cases.append(case)
        with bar("proving") as progress:
            carry_out(self._prove_all(Docket(cases, self.known.first_seed, self.known.seeds), progress))

    async def _prove_all(self, docket: Docket, progress: Callable[..., None]) -> None:
        known = self.known
        async with proving.clients(proving.side_by_side(docket.jobs, known.device)) as clients:
            tell = partial(_tell, progress, "proving")
            async for answer in proving.prove(docket.jobs, clients, known.device, known.threads, tell):
                case, claim, proof, found = docket.take(answer)
                if proof is None:
                    self.results.unproved.append((case.path, case.name, claim.label))
                else:
                    self.results.proofs.append((case.path, proof))
                    self.say(str(proof))
                self._found(found)


def _tell(progress: Callable[..., None], what: str, share: float, words: str = "") -> None:
    progress(share, f"{what}, {words}" if words else what)


def _tell_walk(progress: Callable[..., None], number: int, walks: int, share: float, words: str = "") -> None:
    _tell(progress, f"playing, walk {number + 1} of {walks}", (number + share) / walks, words)


def left_out(case: Case, full: bool) -> Finding | None:
    """Why a lesson is not proved, where it trains on a data set that does not ship."""
    if full or case.challenge.recipe.data not in FULL:
        return None
    words = f"{case.name} was not proved: it trains on {case.challenge.recipe.facts.title}. tutor check --full does it."
    return Finding(case.path, case.lesson.at("job"), "note", "full", words)


def _summary(results: Results, known: argparse.Namespace) -> str:
    parts = [
        _many(len(results.paths), "chapter"),
        "not proved (--no-train)" if known.no_train else _many(len(results.proofs), "proof"),
        _many(len(results.walks), "walk"),
        _many(results.count("error"), "error"),
        _many(results.count("warning"), "warning"),
    ]
    return f"{', '.join(parts)}: {'passed' if results.passed(known.strict) else 'not passed'}"


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}"


def _say(line: str) -> None:
    # A file's name, too, may hold what a terminal would obey.
    line = harmless(line)
    if sys.stdout.isatty():  # whatever is no terminal gets each finding on a line of its own
        width = max(shutil.get_terminal_size().columns, 40)
        whole = {"width": width, "subsequent_indent": "    ", "break_long_words": False, "break_on_hyphens": False}
        line = "\n".join(textwrap.fill(part, **whole) for part in line.split("\n"))
    _print(line)


def _print(line: str, stream: TextIO | None = None) -> None:
    """A line, if anybody still hears it: what is found is found all the same."""
    with suppress(BrokenPipeError):
        print(line, file=stream or sys.stdout, flush=True)


def _resolved(path: Path | None) -> Path | None:
    return path.resolve() if path else None


def _nothing(line: str) -> None:
    pass


def _write(path: Path | None, results: Results, strict: bool) -> None:
    """The report, also of a check that is not finished: then it says so."""
    if path is None:
        return
    try:
        path.write_bytes(junit(results, strict))
    except OSError as error:
        words = f"the report {path} cannot be written ({error.strerror}). Name a file in a folder that is there."
        raise Mistake(words) from None
