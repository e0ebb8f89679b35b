"""Broken chapters: each error names the line of the fault, and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessons.mistakes import Mistake
from story.reading import ChapterError, ChapterErrors, read_chapter, read_tale
from tests.story.conftest import edit, line_of

# What is replaced, by what, a fragment on the line at fault, a piece of the message.
BROKEN = [
    ("format = 1", "format = 2", "format = 2", "newer than this program"),
    ("format = 1", "format = 0", "format = 0", "older than any"),
    ("format = 1", 'format = "1"', 'format = "1"', "whole number"),
    ("format = 1\n", "", "```toml chapter", "format is missing"),
    ('id = "first"', 'id = "the first"', 'id = "the first"', "letters, digits and hyphens"),
    ('language = "en"', 'langage = "en"', "langage", "Did you mean 'language'"),
    ('R = "Renfield"', 'Ren = "Renfield"', "cast =", "one capital letter"),
    ("requires = []", "requires = [", "requires = [", "not TOML"),
    ('teaches = ["dropout"]', 'teaches = "dropout"', "teaches", "list in [brackets]"),
    ("# The First", "The First", "The First", "before the first scene"),
    ("# The First\n", "# The First\n\n# Again\n", "# Again", "second title"),
    ("## gate", "Words.\n\n## gate", "Words.", "before the first scene"),
    ("## hall", "## gate", "## gate\n\n`if knocked`", "stands twice"),
    ("## hall", "## the hall", "## the hall", "is not an id"),
    ("## cellar", "### cellar", "### cellar", "'## scene-id' and '### Why'"),
    ("## cellar", "cellar\n------", "cellar\n------", "made a heading"),
    ("`if not brief` It", "`if brief or knocked` It", "`if brief or", "'or'"),
    ("`if not brief` It", "`if test_acuracy < 1` It", "`if test_acuracy", "Did you mean 'test_accuracy'"),
    ("`if not brief` It", "`if test_accuracy` It", "`if test_accuracy`", "compares test_accuracy with nothing"),
    ("`if not brief` It", "`if player = mina` It", "mina", "Allowed: jonathan, lucy"),
    ("`if not brief` It takes a while.", "`if brief`", "`if brief`", "says nothing"),
    ("It is dark.", "It is {dark}.", "{dark}", "is not known"),
    ("It is dark.", "It is\nso\n{test_acuracy}.", "{test_acuracy}", "Did you mean 'test_accuracy'"),
    ("It is dark.", "It is {test_accuracy:.9%}.", "{test_accuracy:.9%}", "format '.9%' is not known"),
    ("It is dark.", "It is {player:.1f}.", "{player:.1f}", "takes no format"),
    ("It is dark.", "It is {set.drop}.", "{set.drop}", "Did you mean 'set.dropout'"),
    ("It is dark.", "It is {start.player}.", "{start.player}", "is not known"),
    ("It is dark.", "It is {test_accuracy", "{test_accuracy\n", "stands alone"),
    ("It is dark.", "It is {0!r}.", "{0!r}", "is not a name"),
    ("It is dark.", "It is <b>dark</b>.", "<b>", "no HTML"),
    ("It is dark.", "<div>\ndark\n</div>", "<div>", "no HTML"),
    ("It is dark.", "![dark](dark.png)", "![dark]", "no images"),
    ("It is dark.", "See [this](http://example.org).", "See [", "only at the head of a list item"),
    ("It is dark.", "> dark", "> dark", "quotation"),
    ("It is dark.", "1. dark", "1. dark", "numbered list"),
    ("It is dark.", "- dark", "- dark", "begins with a link"),
    ("It is dark.", "***", "***", "rule"),
    ("It is dark.", "It is \x1b[31mdark.", "dark.", "U+001B"),
    ("It is dark.", "It is \u202edark.", "dark.", "U+202E"),
    ("It is dark.", "It is\n&#x202e;dark.", "&#x202e;", "U+202E"),
    ("It is dark.", "```python\nprint()", "```python\nprint()\n", "the beginning of another"),
    ("- [On](02-second.md)", "```python\nprint()", "```python\nprint()\n", "never closed"),
    ("[Walk away](#hall)", "[Walk away](../x.md)", "Walk away", "outside the chapter's folder"),
    ("[Walk away](#hall)", "[Walk away](http://x.org/a.md)", "Walk away", "outside the chapter's folder"),
    ("[Walk away](#hall)", "[](#hall)", "[](#hall)", "no label"),
    ("[Walk away](#hall)", "[Walk away](#hall) now", "Walk away", "one code span at most"),
    ("[Walk away](#hall)", "[Walk away](#hall) `onse`", "Walk away", "cannot be read"),
    ("[Walk away](#hall)", "[Walk away](#hall) `set overfit`", "Walk away", "meaning of its own"),
    ("[Walk away](#hall)", "[Walk away](#hall) `set Sad!`", "Walk away", "is not a name"),
    ("[Walk away](#hall)", "[Walk away](#hall) `set player = mina`", "Walk away", "player 'mina'"),
    ("[Walk away](#hall)", "[Walk away](#hall) `if a < 3`", "Walk away", "metric 'a' is not known"),
    ("`one of` Anything.", "`one off` Anything.", "`one off`", "begins with a link"),
    ("`one of` Anything.", "`one of; when x` Anything.", "`one of; when", "cannot be read after 'one of'"),
    ("toml lesson", "toml lessn", "```toml lessn", "Did you mean 'lesson'"),
    ('job = "noisy-digits-mlp"', 'job = "noisy-digit-mlp"', 'job = "noisy-digit-mlp"', "Did you mean 'noisy-digits-"),
    ("with = { label_noise = 0.3 }", "with = { label_noise = 3 }", "with =", "label_noise cannot be 3"),
    (
        "with = { label_noise = 0.3 }",
        "with.label_noise = 0.3\nwith.labl = 1",
        "with.labl",
        "setting 'labl' is not known",
    ),
    ("setting.dropout", "setting.drop_out", "setting.drop_out", "Did you mean 'dropout'"),
    ("choices = [10, 30], start = 30", "choices = [10, 30], start = 20", "setting.epochs", "not one of its choices"),
    ("choices = [10, 30]", "choices = [10, 1.5]", "setting.epochs", "epochs cannot be 1.5"),
    ("choices = [10, 30]", "choice = [10, 30]", "setting.epochs", "Did you mean 'choices'"),
    (
        'predictions = ["rise", "fall", "stay"]',
        'predictions = ["rise", "sink"]',
        "predictions =",
        "'sink' is not known",
    ),
    ('predictions = ["rise", "fall", "stay"]\n', "", "predict =", "predictions is missing"),
    ('predict = "What will training accuracy do?"\n', "", "predictions =", "has no question"),
    ('predict_metric = "train_accuracy"', 'predict_metric = "accuracy"', "predict_metric", "metric 'accuracy'"),
    ('goal = "test_accuracy >= 0.75', 'goal = "test_acuracy >= 0.75', 'goal = "test_ac', "metric 'test_acuracy'"),
    ('goal = "test_accuracy >= 0.75', 'goal = "test_accuracy = 0.75', 'goal = "test_ac', "cannot be read"),
    ("seeds = 5", "seeds = 0", "seeds = 0", "Write a number of at least 1"),
    ("seeds = 5", "seeds = true", "seeds = true", "whole number"),
    ('  "Half of them.",', '  " ",', '  " ",', "blank"),
    ("solution = { dropout = 0.5 }", "solution = { dropout = 0.4 }", "solution =", "dropout cannot be 0.4 here"),
    ("solution = { dropout = 0.5 }", "solution = { lr = 0.5 }", "solution =", "'lr' is not offered here"),
    ("solution = { dropout = 0.5 }\n", "", "```toml lesson", "solution is missing"),
    ("{ set = { epochs = 10 }", "{ set = { epochs = 11 }", "{ set = { epochs = 11 }", "trap 2: epochs cannot be 11"),
    ("{ set = { epochs = 10 }", "{ sets = { epochs = 10 }", "{ sets", "Did you mean 'set'"),
    ('why = "starves"', "why = 3", "why = 3", "traps.1.why cannot be 3"),
    ('fail = "starved"\n', "", "```toml lesson", "fail is missing"),
    ('fail = "starved"', 'fail = "starved"\nfail = "x"', 'fail = "x"', "not TOML"),
    ('fail = "starved"', 'fail = "\\u001b[2J"', "fail =", "U+001B"),
    ("### Why\n", "### Wy\n", "### Wy", "is not known"),
    ("It is dark.", "### Why\n\nDark.", "### Why\n\nDark.", "without a lesson"),
    ('right = "Because."', 'rihgt = "Because."', "rihgt", "Did you mean 'right'"),
    ('answer = "Luck does', 'answr = "Luck does', "answr", "Did you mean 'answer'"),
    ('wrong = ["Nothing.", "Sorts.", "Cuts."]', "wrong = []", "wrong = []", "at least 1"),
    ('setting = "dropout"', 'setting = "dropuot"', "dropuot", "Did you mean 'dropout'"),
    ('does = "Zeroes outputs."', "", "toml page", "does is missing"),
]


@pytest.mark.parametrize(("old", "new", "where", "words"), BROKEN, ids=[f"{b[2]}: {b[3]}"[:60] for b in BROKEN])
def test_the_error_names_the_line_and_the_fault(folder: Path, old: str, new: str, where: str, words: str) -> None:
    path = folder / "01-first.md"
    text = edit(path, old, new)
    with pytest.raises(ChapterErrors) as raised:
        read_chapter(path)
    found = [(e.line, e.message) for e in raised.value.errors]
    assert any(line == line_of(text, where) and words in message for line, message in found), found
    for error in raised.value.errors:
        assert isinstance(error, ChapterError) and isinstance(error, Mistake)
        assert str(error) == f"{path}:{error.line}: {error.message}"
        assert "\n" not in str(error) and "\x1b" not in str(error)


SECOND = [
    ("train_loss <= 0.01", "train_accuracy <= 0.01", "train_accuracy", "not measured by blank-page"),
    ("solution = { epochs = 10 }", "solution = { epochs = 11 }", "epochs = 11", "epochs cannot be 11"),
    ('pass = "other-way"\n', "", 'when = "train_loss', "goal.2.pass is missing"),
    ('fail = "lost"', 'fail = "lost"\npass = "won"\n', 'fail = "lost"\npass', "belongs into each [[goal]]"),
    ("number = true", "number = false", "number = false", "Write true"),
    ("fault = 1", "fault = 3", "fault = 3", "code has 2 lines"),
    ("right = 1", "right = 3", "right = 3", "there are 2 repairs"),
    ('job = "clean-digits"', 'job = "clean-digit"', 'job = "clean-digit"', "Did you mean 'clean-digits'"),
    ('recall = "first/what"', 'recall = "what"', "recall", "chapter-id/quiz-id"),
    ('recall = "first/what"', 'recall = "first/what"\nask = "x"', 'ask = "x"', "key 'ask'"),
]


@pytest.mark.parametrize(("old", "new", "where", "words"), SECOND, ids=[b[3] for b in SECOND])
def test_the_error_in_a_lesson_of_several_ways(folder: Path, old: str, new: str, where: str, words: str) -> None:
    path = folder / "02-second.md"
    text = edit(path, old, new)
    with pytest.raises(ChapterErrors) as raised:
        read_chapter(path)
    found = [(e.line, e.message) for e in raised.value.errors]
    line = line_of(text, where) + ("\npass" in where)
    if "goal.2.pass" in words:
        line -= 1
    assert any(at == line and words in message for at, message in found), found


def test_all_errors_of_all_files_are_told(folder: Path) -> None:
    edit(folder / "01-first.md", "It is dark.", "It is {dark}.\n\n<div>")
    edit(folder / "01-first.md", "seeds = 5", "seeds = 0\nsede = 1")
    edit(folder / "02-second.md", "**D:** Sit.", "`if or` Sit.")
    with pytest.raises(ChapterErrors) as raised:
        read_tale(folder.glob("*.md"))
    errors = raised.value.errors
    assert [e.path.name for e in errors] == ["01-first.md"] * 4 + ["02-second.md"]
    assert [e.line for e in errors[:4]] == sorted(e.line for e in errors[:4])
    assert str(raised.value).count("\n") == 4


def test_each_way_has_its_own_error(folder: Path) -> None:
    path = folder / "02-second.md"
    edit(path, "solution = { epochs = 50 }", "solution = { epochs = 51 }")
    text = edit(path, "solution = { epochs = 10 }", "solution = { epochs = 11 }")
    with pytest.raises(ChapterErrors) as raised:
        read_chapter(path)
    assert [e.line for e in raised.value.errors] == [line_of(text, "epochs = 51"), line_of(text, "epochs = 11")]


def test_no_more_than_two_hundred_errors_are_told(folder: Path) -> None:
    path = folder / "01-first.md"
    edit(path, "It is dark.", "{x}\n\n" * 1000)
    with pytest.raises(ChapterErrors) as raised:
        read_chapter(path)
    assert len(raised.value.errors) == 200


def test_another_format_is_the_only_error(folder: Path) -> None:
    edit(folder / "01-first.md", "format = 1", "format = 7\nfuture = true")
    edit(folder / "01-first.md", "It is dark.", "It is {dark}.")
    with pytest.raises(ChapterErrors) as raised:
        read_chapter(folder / "01-first.md")
    assert len(raised.value.errors) == 1


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "the file is empty"),
        (b" \n\n", 1, "the file is empty"),
        (b"# T\n\n\xff\n", 3, "is not UTF-8"),
        (b"# T\n\nnul \x00\n", 3, "U+0000"),
        (b"# T\n\nbare\rreturn\n", 3, "U+000D"),
        (b"# T\n" * 250_001, 1, "300,000 are allowed"),
        (b"# T\n\n" + b"[" * 30_000, 3, "20,000 are allowed"),
        (b"# T\n\n```toml chapter\nx = " + b"[" * 5000 + b"]" * 5000 + b"\n```\n", 3, "nested too deeply"),
        (b"# T\n\n```toml chapter\n" + b"a." * 5000 + b"a = 1\n```\n", 3, "nested more than 8 deep"),
        (b"# T\n\n```toml chapter\n" + b"a = 1\n" * 3000 + b"\n\n```\n", 5, "not TOML"),
        (b"# T\n\n## a\n\n" + b"> " * 500 + b"x\n", 5, "quotation"),
        (b"# T\n", 1, "the facts are missing"),
        (b"## a\n", 1, "the title is missing"),
        (b"# T\n", 1, "there is no scene"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_hostile_files_are_refused(tmp_path: Path, data: bytes, line: int, words: str) -> None:
    path = tmp_path / "00-bad.md"
    path.write_bytes(data)
    with pytest.raises(ChapterErrors) as raised:
        read_chapter(path)
    found = [(e.line, e.message) for e in raised.value.errors]
    assert any(at == line and words in message for at, message in found), found[:5]


def test_too_many_scenes_are_refused(folder: Path) -> None:
    path = folder / "01-first.md"
    more = "".join(f"## s{n}\n\nWords.\n\n" for n in range(500))
    path.write_text(path.read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
    with pytest.raises(ChapterErrors, match="more than 500 scenes"):
        read_chapter(path)


@pytest.mark.parametrize(("name", "words"), [("none.md", "does not exist"), (".", "is a folder")])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(ChapterErrors, match=words):
        read_chapter(tmp_path / name)
