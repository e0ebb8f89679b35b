"""Chapters that mean harm are refused or made harmless: at once, on a line each, with nothing that a terminal obeys."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from story.chapter import Chapter, Span, Tale
from story.faults import stray
from story.lint import lint
from story.reading import ChapterErrors, read_chapter, read_tale
from tests.story.test_corpus import BROKEN, findings

ROOT = Path(__file__).parents[2]
WELL = (BROKEN / "unbroken" / "01-the-well.md").read_text(encoding="utf-8")
SHAFT = (BROKEN / "unbroken-two" / "02-the-shaft.md").read_text(encoding="utf-8")
NAME = "01-the-well.md"
WITH = "epochs = 30 }"
SEEDS = "seeds = 5"
TALE = "It is morning, and the well is dry."


def put(folder: Path, *edits: tuple[str, str], name: str = NAME) -> Path:
    """The well in ``folder``, with places replaced."""
    text = WELL
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def many(lines: str, count: int) -> str:
    """Lines with their number in them."""
    return "".join(lines.replace("%", str(number)) for number in range(count))


# What is replaced, by what, a piece of what is said.
HOSTILE: dict[str, tuple[str, str, str]] = {
    # Paths.
    "link upward": ("(#daylight)", "(../02-x.md)", "outside the chapter's folder"),
    "link absolute": ("(#daylight)", "(/etc/passwd.md)", "outside the chapter's folder"),
    "link home": ("(#daylight)", "(~/x.md)", "outside the chapter's folder"),
    "link windows": ("(#daylight)", "(C:\\x.md)", "outside the chapter's folder"),
    "link unc": ("(#daylight)", "(\\\\\\\\host\\share\\x.md)", "outside the chapter's folder"),
    "link escaped": ("(#daylight)", "(%2e%2e%2fx.md)", "outside the chapter's folder"),
    "link script": ("(#daylight)", "(javascript:x.md)", "begins with a link"),
    "data upward": (SEEDS, 'data = "../x.csv"', "without a folder"),
    "data absolute": (SEEDS, 'data = "/etc/x.csv"', "without a folder"),
    "data windows": (SEEDS, 'data = "C:\\\\x.csv"', "without a folder"),
    "data drive": (SEEDS, 'data = "C:x.csv"', "is not allowed"),
    "data unc": (SEEDS, "data = '\\\\host\\x.csv'", "without a folder"),
    "data home": (SEEDS, 'data = "~x.csv"', "is not allowed"),
    "data dots": (SEEDS, 'data = ".."', "is not allowed"),
    "data nul": (SEEDS, 'data = "x\\u0000.csv"', "U+0000"),
    "data long": (SEEDS, f'data = "{"x" * 4000}.csv"', "data"),
    "job upward": ('job = "noisy-digits-mlp"', 'job = "../x"', "job '../x' is not known"),
    "job absolute": ('job = "noisy-digits-mlp"', 'job = "/etc/passwd"', "is not known"),
    "job nul": ('job = "noisy-digits-mlp"', 'job = "x\\u0000"', "U+0000"),
    "job long": ('job = "noisy-digits-mlp"', f'job = "{"x" * 4000}"', "is not known"),
    # Amounts.
    "rows": (WITH, "train_size = 1000000000 }", "train_size cannot be"),
    "batch": (WITH, "batch_size = 1000000000 }", "batch_size cannot be"),
    "nights": (WITH, "epochs = 1000000000 }", "epochs cannot be"),
    "widths": (WITH, "widths = [1000000000] }", "widths cannot be"),
    "wide": (WITH, "widths = [4096, 4096], depth = 32 }", "are allowed"),
    "many widths": (WITH, f"widths = [{'8, ' * 5000}8] }}", "widths"),
    "depth": (WITH, "depth = 1000000 }", "depth cannot be"),
    "negative": (WITH, "epochs = -1 }", "epochs cannot be -1"),
    "choices": ("choices = [0.0, ", f"choices = [0.0, {many('0.00%1, ', 1000)}", "30 are allowed"),
    "traps": ("traps = [", "traps = [" + '{ set = { dropout = 0.1 }, why = "x" },' * 400, "30 are allowed"),
    "hints": ("hints = [", "hints = [" + '"x",' * 4000, "20 are allowed"),
    "seeds": (SEEDS, "seeds = 1000000", "seeds cannot be 1000000"),
    "a year": (SEEDS, "time_limit = 31536000", "time_limit cannot be 31536000"),
    "options": ('wrong = ["Always", ', "wrong = [" + '"a",' * 4_500, "9 are allowed"),
    "keys": (SEEDS, many("k% = 1\n", 1500), "is not known"),
    "long fence": (SEEDS, ("#" * 1000 + "\n\n") * 50, "50,000 are allowed"),
    "title": ("# The Well", "# " + "The Well " * 2000, "80 are allowed"),
    "a megabyte": ("# The Well", "# " + "x" * 1_000_000, "300,000 are allowed"),
    "scenes": ("## daylight", many("## s%\n\nx\n\n", 2_000) + "## daylight", "more than 500 scenes"),
    "a million scenes": ("## daylight", many("## s%\n\nx\n\n", 1_000_000) + "## daylight", "300,000 are allowed"),
    "many choices": ("- [Climb]", "- [x](#rim)\n\n" * 4_000 + "- [Climb]", "more than 30 choices"),
    "lines": (TALE, "x\n\n" * 10_000, "10,000 are allowed"),
    # Numbers.
    "infinite": ("label_noise = 0.3", "label_noise = 1e999", "no number that can be used"),
    "nan": (SEEDS, "time_limit = nan", "no number that can be used"),
    "digits": (SEEDS, "seeds = " + "9" * 15_000, "thousands of digits"),
    "hexadecimal": (SEEDS, "seeds = 0x" + "f" * 15_000, "more than 15 digits"),
    "date": (SEEDS, "seeds = 2026-01-01", "date or a time"),
    "key twice": (SEEDS, "seeds = 5\nseeds = 6", "set twice"),
    "goal beyond": ('"test_accuracy >= 0.75"', '"test_loss <= 1e999"', "more than any number"),
    "goal digits": ('"test_accuracy >= 0.75"', f'"test_accuracy >= {"9" * 4000}"', "500 characters"),
    # What something might evaluate.
    "attribute": (TALE, "{a.__class__}", "stands alone"),
    "attribute of a name": (TALE, "{player.upper}", "is not known"),
    "position": (TALE, "{0}", "is not known"),
    "conversion": (TALE, "{player!r}", "is not a name"),
    "width": (TALE, "{test_accuracy:>999999999}", "format '>999999999' is not known"),
    "precision": (TALE, "{test_accuracy:.999999999f}", "is not known"),
    "nested": (TALE, "{test_accuracy:{player}}", "stands alone"),
    "flag": ("set asked`", "set __import__`", "is not a name"),
    "condition": ("`if asked`", "`if __import__('os').system('x')`", "cannot be read"),
    "long condition": ("`if asked`", f"`if {'a < ' * 4000}1`", "500 are allowed"),
    "condition of digits": ("`if asked`", f"`if margin < {'1' * 15_000}!`", "500 are allowed"),
    "conditions": ("`if asked`", f"`if {'asked and ' * 1500}!`", "500 are allowed"),
    "goal of digits": ('"test_accuracy >= 0.75"', f'"test_accuracy >= {"1" * 4900}!"', "500 characters"),
    "goal of spaces": ('"test_accuracy >= 0.75"', f'"test_accuracy{" " * 4900}!"', "500 characters"),
    "goal of ands": ('"test_accuracy >= 0.75"', f'"{"x and " * 800}x"', "500 characters"),
    # Nesting.
    "quotes": (TALE, "> " * 5000 + "x", "quotation"),
    "lists": (TALE, "- " * 5000 + "x", "list item"),
    "stairs": (TALE, "".join(" " * (2 * n) + "- x\n" for n in range(130)), "list item"),
    "brackets": (TALE, "[" * 9000 + "x" + "]" * 9000, ""),
    "emphasis": (TALE, "*a **a " * 2500, ""),
    "code spans": (TALE, "".join("`" * n + " " for n in range(190)), ""),
    "angles": (TALE, "<" * 19_000, ""),
    "entities": (TALE, "&" * 19_000, ""),
    "definitions": (TALE, "[a]: /x\n" * 2000, ""),
    "arrays": (SEEDS, "seeds = " + "[" * 8000 + "]" * 8000, "nested"),
    "tables": (SEEDS, "seeds = " + "{a=" * 4000 + "1" + "}" * 4000, "nested"),
    "dots": (SEEDS, "a." * 8000 + "a = 1", "nested"),
    # What a terminal obeys.
    "escape": (TALE, "\x1b[2J", "U+001B"),
    "escape entity": (TALE, "&#x1b;[2J", ""),
    "escape in TOML": ('why = "too few', 'why = "\\u001b[2J too few', "U+001B"),
    "escape in a key": (SEEDS, '"\\u001b[2J" = 5', "U+001B"),
    "escape in a fence": ("```toml quiz", "```toml &#x1b;quiz", "fence"),
    "escape in a label": ("[Climb]", "[Climb &#x1b;&#155;]", ""),
    "escape in a link": ("(#daylight)", "(&#x1b;x.md)", "is no scene"),
    "escape in a heading": ("## daylight", "## daylight&#x1b;", "is not an id"),
    "bell": (TALE, "&#7;", ""),
    "eight bits": (TALE, "\x9b2J", "U+009B"),
    "bidi": (TALE, "\u202egnp.exe", "U+202E"),
    "bidi in TOML": ('why = "too few', 'why = "\u2067too few', "U+2067"),
    "isolate": (TALE, "&#x2066;x", "U+2066"),
    # Names.
    "id with a slash": ('id = "the-well"', 'id = "../the-well"', "letters, digits and hyphens"),
    "scene with a slash": ("## daylight", "## ../daylight", "is not an id"),
    "quiz with a slash": ('id = "asleep"', 'id = "a/b"', "letters, digits and hyphens"),
    "own requirement": ('teaches = ["dropout"]', 'requires = ["the-well"]', "requires itself"),
    "circle": ("- [Climb](#daylight)", "- [Climb](#rim)", "never ends"),
}
CIRCLE = ('ends = ["daylight"]', "ends = []"), (TALE, "- [Back](#rim)")


def hostile(folder: Path, name: str) -> Path:
    """The file of that name in the table above."""
    old, new, _ = HOSTILE[name]
    return put(folder, (old, new), *(CIRCLE if name == "circle" else ()))


def told(chapter: Chapter) -> Iterator[str]:
    """Every text of a chapter that a screen may show."""
    for scene in chapter.scenes:
        for choice in scene.choices:
            yield from (piece.text for piece in choice.label if isinstance(piece, Span))
        for paragraph in [*scene.paragraphs, *(scene.lesson.why if scene.lesson else ())]:
            yield from (piece.text for piece in paragraph.pieces if isinstance(piece, Span))


def check(capsys: pytest.CaptureFixture[str], tmp_path: Path, *paths: Path) -> tuple[int, str]:
    """The exit code of ``tutor check --no-train``, and what it prints."""
    from tutor.cli import run

    capsys.readouterr()
    code = run(["check", "--no-train", *map(str, paths), "--home", str(tmp_path / "home")])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_or_made_harmless(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = hostile(tmp_path, name)
    words = HOSTILE[name][2]
    begun = time.process_time()
    found = findings(tmp_path)
    assert time.process_time() - begun < 2.0
    if words:
        assert any(words in f.message and f.severity == "error" for f in found), [str(f)[:300] for f in found[:5]]
    if not any(f.rule == "reading" for f in found):
        assert not stray("".join(told(read_chapter(path))))
    code, said = check(capsys, tmp_path, path)
    assert code in ((1, 2) if words else (0, 1, 2))
    assert "Traceback" not in said and not stray(said)
    assert len(said) < 500_000
    named = [line for line in said.splitlines() if line.startswith(str(path))]
    assert len(named) == len(found)


LIMITS = {
    resource.RLIMIT_AS: 1_500_000_000,
    resource.RLIMIT_CPU: 20,
    resource.RLIMIT_FSIZE: 10_000_000,
}
DANGEROUS = ["a million scenes", "scenes", "many choices", "widths", "hexadecimal", "digits", "arrays", "brackets"]


def limited(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """The program under limits of memory and time."""

    def limit() -> None:
        for kind, most in LIMITS.items():
            resource.setrlimit(kind, (most, most))

    return subprocess.run(
        [sys.executable, "-m", "tutor", *arguments, "--home", str(home)],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", DANGEROUS)
def test_the_program_needs_little_for_it(tmp_path: Path, name: str) -> None:
    told = limited("check", "--no-train", str(hostile(tmp_path, name)), home=tmp_path / "home")
    assert told.returncode in (0, 1, 2), told.stderr[-2000:]
    assert (told.returncode == 0) == (HOSTILE[name][2] == "")
    assert "Traceback" not in told.stderr


def data_lesson(folder: Path, name: str = "guests.csv") -> Path:
    return put(
        folder, (SEEDS, f'data = "{name}"'), ('"noisy-digits-mlp"\nwith = { label_noise = 0.3, ' + WITH, '"plane"')
    )


ROWS = "a,b,label\n" + "1,2,0\n2,1,1\n" * 20


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda place, outside: place.symlink_to(outside), "link to a place outside"),
        (lambda place, outside: os.mkfifo(place), "no regular file"),
        (lambda place, outside: place.symlink_to("/dev/zero"), "link to a place outside"),
        (lambda place, outside: place.mkdir(), "no regular file"),
        (lambda place, outside: place.symlink_to(place.name), "guests.csv"),
        (lambda place, outside: place.write_bytes(b"\0" * 100_000), "guests.csv"),
    ],
    ids=["link out", "pipe", "device", "folder", "link to itself", "zeros"],
)
def test_data_that_are_no_file_beside_the_chapter(
    tmp_path: Path, make: Callable[[Path, Path], object], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(ROWS, encoding="utf-8")
    folder = tmp_path / "chapters"
    folder.mkdir()
    make(folder / "guests.csv", outside)
    path = data_lesson(folder)
    with pytest.raises(ChapterErrors, match=words) as raised:
        read_chapter(path)
    assert len(raised.value.errors) == 1
    assert check(capsys, tmp_path, path)[0] == 1


JOB = 'title = "Wells"\nwords = "A job of mine."\ndata = "digits"\n'


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda place, outside: place.symlink_to(outside), "link to a place outside"),
        (lambda place, outside: os.mkfifo(place), "job 'wells' is not known"),
        (lambda place, outside: place.symlink_to("/dev/zero"), "job 'wells' is not known"),
        (lambda place, outside: place.write_text(JOB + "x = 1\n" * 20_000), "50,000 are allowed"),
        (lambda place, outside: place.write_text(JOB + "widths = [1000000000]\n"), "widths cannot be"),
        (lambda place, outside: place.write_text(JOB + "x = " + "[" * 9000), "wells.toml"),
        (lambda place, outside: place.write_text(JOB + "x = " + "9" * 9000), "wells.toml"),
        (lambda place, outside: place.write_text(JOB.replace("Wells", "\\u001b[2J")), "control character"),
        (lambda place, outside: place.write_text(JOB + '"\\u001b[2J" = 1\n'), "wells.toml"),
    ],
    ids=["link out", "pipe", "device", "long", "wide", "deep", "digits", "escape", "escape in a key"],
)
def test_a_job_that_is_no_file_beside_the_chapter(
    tmp_path: Path, make: Callable[[Path, Path], object], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(JOB, encoding="utf-8")
    folder = tmp_path / "chapters"
    folder.mkdir()
    make(folder / "wells.toml", outside)
    path = put(folder, ('job = "noisy-digits-mlp"', 'job = "wells"'))
    with pytest.raises(ChapterErrors, match=words) as raised:
        read_chapter(path)
    assert not stray(str(raised.value))
    code, said = check(capsys, tmp_path, path)
    assert code == 1 and not stray(said)


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/tty", "pipe", "loop"])
def test_a_chapter_that_is_no_file_is_refused_at_once(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if name == "pipe":
        os.mkfifo(path)
    elif name == "loop":
        path.symlink_to(path)
    with pytest.raises(ChapterErrors, match=r"not an ordinary file|does not exist|cannot be read"):
        read_chapter(path)
    code, said = check(capsys, tmp_path, path)
    assert code in (1, 2) and "Traceback" not in said


def test_a_file_that_never_ends_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as those under /proc, which are ordinary files of no size."""
    path = put(tmp_path)
    asked: list[int] = []
    whole = Path.open

    def opened(self: Path, *args: object, **named: object):  # type: ignore[no-untyped-def]
        file = whole(self, *args, **named)  # type: ignore[call-overload]
        if self == path:
            read = file.read
            file = type("Endless", (), {"read": lambda _, n: asked.append(n) or read(n)[:0] + b"# T\n" * (n // 4),
                                        "__enter__": lambda s: s, "__exit__": lambda s, *_: None})()  # fmt: skip
        return file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(ChapterErrors):
        read_chapter(path)
    assert asked == [300_000]


def test_a_chapter_may_be_a_link_to_a_place_elsewhere(tmp_path: Path) -> None:
    """Whoever names a file means it. Its data and its jobs lie beside the file itself, not beside the link."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "elsewhere" / "guests.csv").write_text(ROWS, encoding="utf-8")
    link = tmp_path / "here" / NAME
    link.symlink_to(data_lesson(tmp_path / "elsewhere"))
    lesson = read_chapter(link).scenes[1].lesson
    assert lesson and lesson.challenge.recipe.own
    assert lesson.challenge.recipe.own.path == str(tmp_path / "elsewhere" / "guests.csv")


@pytest.mark.parametrize("name", ["01-\x1b[2J.md", "01-\u202egnp.md", "01-a\nb.md", "01-\udcff.md", "01-\x9b.md"])
def test_a_file_name_with_control_characters_is_not_printed(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, name=name)
    with pytest.raises(ChapterErrors, match="Rename it") as raised:
        read_chapter(path)
    assert not stray(str(raised.value)) and "\n" not in str(raised.value)
    for what in (path, tmp_path):
        code, said = check(capsys, tmp_path, what)
        assert code == 1 and not stray(said)


def test_two_chapters_that_require_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, ('teaches = ["dropout"]', 'requires = ["the-shaft"]'))
    (tmp_path / "02-the-shaft.md").write_text(SHAFT, encoding="utf-8")
    assert [(f.path.name, f.rule) for f in findings(tmp_path)] == [(NAME, "requires")]
    assert check(capsys, tmp_path, tmp_path)[0] == 1


def test_a_dense_chapter_is_linted_in_reasonable_time(tmp_path: Path) -> None:
    """As many choices as fit into a file, each under conditions, in a circle."""
    scenes = "".join(
        f"## s{n}\n\nx\n\n"
        + "".join(f"- [x](#s{(n * 7 + k) % 220}) `if f{k} and tries > {k}; set f{k}`\n" for k in range(28))
        + "\n"
        for n in range(220)
    )
    path = put(tmp_path, ("## daylight", scenes + "## daylight"), ("- [Climb]", "- [In](#s0)\n- [Climb]"))
    begun = time.process_time()
    found = lint(Tale((read_chapter(path),)))
    assert found and time.process_time() - begun < 8


def test_hostile_tales_end(tmp_path: Path) -> None:
    """A thousand files that lead to one another are read once each."""
    for number in range(60):
        leads = "".join(f"- [x]({(number + k) % 60:02}-c.md)\n" for k in range(1, 25))
        facts = f'# C\n\n```toml chapter\nformat = 1\nid = "c{number}"\n```\n\n## a\n\nx\n\n'
        (tmp_path / f"{number:02}-c.md").write_text(facts + leads, encoding="utf-8")
    tale = read_tale(tmp_path.glob("*.md"))
    assert {f.rule for f in lint(tale)} == {"endless", "file-name"}
