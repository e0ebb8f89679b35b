"""A pytest plugin: ``pytest --chapters DIR`` makes a test of every chapter's text, every lesson and every walk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from story.chapter import Chapter, Tale
    from story.findings import Finding
    from tutor.check.claims import Case
    from tutor.check.prover import Prover

# Everything else is imported when it is needed: this module is loaded by every pytest of its environment.


class ChapterWarning(pytest.PytestWarning):
    """Something doubtful in a chapter; ``-W error::tutor.pytest_plugin.ChapterWarning`` makes it fail."""


class Failed(Exception):
    """What was found against a chapter."""

    def __init__(self, findings: Iterable[Finding], said: str = "") -> None:
        self.findings = list(findings)
        self.said = said
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n".join([*(f"{f} [{f.rule}]" for f in self.findings), *filter(None, [self.said])])


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("castle-dracula", "chapters of Castle Dracula")
    group.addoption(
        "--chapters",
        action="append",
        default=[],
        metavar="DIR",
        help="test the chapters and walks in this folder (or one chapter file)",
    )
    group.addoption("--chapters-no-train", action="store_true", help="skip what has to train")


def pytest_configure(config: pytest.Config) -> None:
    for given in config.getoption("chapters"):
        path = Path(config.invocation_params.dir, given)
        if not path.exists():
            raise pytest.UsageError(f"--chapters {given}: there is no such folder or file.")
        if not _files(path):
            raise pytest.UsageError(
                f"--chapters {given}: it holds no chapter (*.md). Begin one: tutor new chapter NAME."
            )


def pytest_unconfigure(config: pytest.Config) -> None:
    if prover := getattr(config, "_castle_prover", None):
        prover.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    asked = {path.resolve() for path in _asked(parent.config)}
    if file_path.resolve() not in asked:
        return None
    kind = WalkFile if file_path.suffix == ".walk" else ChapterFile
    return kind.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """What pytest did not come by on its way is collected as well: a chapter left out would look sound."""
    if any("::" in argument for argument in config.args):
        return  # single tests were asked for
    there = {item.path.resolve() for item in items if isinstance(item, _Item)}
    for path in _asked(config):
        if path.resolve() not in there:
            there.add(path.resolve())
            kind = WalkFile if path.suffix == ".walk" else ChapterFile
            items.extend(session.genitems(kind.from_parent(session, path=path)))


def _asked(config: pytest.Config) -> list[Path]:
    """Every chapter and walk that --chapters names."""
    return [p for given in config.getoption("chapters") for p in _files(Path(config.invocation_params.dir, given))]


def _files(place: Path) -> list[Path]:
    """The chapters of a folder and their walks; of one chapter file, itself and its walks."""
    from tutor.chapters import inside_folder

    if place.is_dir():
        chapters = inside_folder(place)
        return [*chapters, *sorted(p for p in place.glob("*.walk") if not p.name.startswith("."))] if chapters else []
    return [place, *sorted(place.parent.glob(f"{place.stem}.walk")), *sorted(place.parent.glob(f"{place.stem}.*.walk"))]


class _Item(pytest.Item):
    """A test whose failure is told in its findings, without a traceback."""

    line = 1

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def tell(self, findings: Iterable[Finding], said: str = "") -> None:
        """Fail for errors, warn for warnings."""
        findings = list(findings)
        for finding in findings:
            if finding.severity == "warning":
                self.warn(ChapterWarning(f"{finding} [{finding.rule}]"))
        if errors := [f for f in findings if f.severity == "error"]:
            raise Failed(errors, said)


class ChapterFile(pytest.File):
    """A chapter file: its text, and each of its lessons."""

    def collect(self) -> Iterator[pytest.Item]:
        from story.findings import Finding
        from story.reading import ChapterErrors, read_tale
        from tutor.check.claims import cases

        try:
            tale = read_tale([self.path])
        except ChapterErrors as error:
            broken = [Finding(e.path, e.line, "error", "reading", e.message) for e in error.errors]
            yield TextItem.from_parent(self, name="text", chapter=None, broken=broken)
            return
        yield TextItem.from_parent(self, name="text", chapter=tale.chapters[0], broken=[])
        for case in cases(tale):
            yield LessonItem.from_parent(self, name=case.name.split("/")[1], case=case)


class TextItem(_Item):
    """That a chapter can be read, and that nothing in it is wrong."""

    def __init__(self, *, chapter: Chapter | None, broken: list[Finding], **rest: Any) -> None:
        super().__init__(**rest)
        self.chapter, self.broken = chapter, broken

    def runtest(self) -> None:
        from story.chapter import Tale
        from story.lint import lint
        from tutor.chapters import with_neighbours

        self.tell(self.broken)
        if self.chapter:
            tale = with_neighbours(Tale((self.chapter,)), [self.path])
            self.tell([*lint(tale, [self.path]), *self._folder(tale)])

    def _folder(self, tale: Tale) -> Iterator[Finding]:
        """What does not belong into its folder, told with the first chapter there."""
        from tutor.chapters import inside_folder
        from tutor.check.folder import unexpected

        asked = (
            Path(self.config.invocation_params.dir, given).resolve() for given in self.config.getoption("chapters")
        )
        if self.path.parent.resolve() in asked and self.path == inside_folder(self.path.parent)[0]:
            yield from unexpected([self.path.parent], tale)


class LessonItem(_Item):
    """That a lesson's start fails, its solution passes, and its traps fail."""

    def __init__(self, *, case: Case, **rest: Any) -> None:
        super().__init__(**rest)
        self.case, self.line = case, case.lesson.line

    def runtest(self) -> None:
        from tutor.check.command import left_out

        if self.config.getoption("chapters_no_train"):
            pytest.skip("it trains, and --chapters-no-train was given")
        if why := left_out(self.case, full=False):
            pytest.skip(why.message)
        proofs, findings = _prover(self.config).prove(self.case)
        self.tell(findings, "\n".join(map(str, proofs)))


class WalkFile(pytest.File):
    """A walk file: one test."""

    def collect(self) -> Iterator[pytest.Item]:
        yield WalkItem.from_parent(self, name="walk")


class WalkItem(_Item):
    """That a written playthrough is told as expected."""

    def runtest(self) -> None:
        from story.faults import ChapterErrors
        from story.findings import Finding
        from tutor.walk.playing import play_walk
        from tutor.walk.script import read_walk

        try:
            walk = read_walk(self.path)
        except ChapterErrors as error:
            raise Failed(Finding(e.path, e.line, "error", "walk", e.message) for e in error.errors) from None
        if walk.trains and self.config.getoption("chapters_no_train"):
            pytest.skip("it trains, and --chapters-no-train was given")
        self.tell(play_walk(walk).findings)


def _prover(config: pytest.Config) -> Prover:
    """One for the whole session: the training process takes seconds to start."""
    from tutor.check.prover import Prover

    if not hasattr(config, "_castle_prover"):
        config._castle_prover = Prover()  # type: ignore[attr-defined]
    return config._castle_prover  # type: ignore[attr-defined]
