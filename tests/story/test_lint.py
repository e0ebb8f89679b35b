"""Findings that need no training."""

from __future__ import annotations

from pathlib import Path

import pytest

from story.chapter import Tale
from story.findings import Finding
from story.lint import lint
from story.reading import read_tale
from tests.story.conftest import edit, line_of

LONG = "word " * 300


def findings(folder: Path) -> list[Finding]:
    return lint(read_tale(folder.glob("*.md")))


def test_the_fixtures_are_clean(tale: Tale) -> None:
    assert [str(f) for f in lint(tale)] == []


# The file, what is replaced, by what, a fragment on the line of the finding, severity, rule, a piece of the message.
FIRST, SECOND = "01-first.md", "02-second.md"
CASES = [
    (FIRST, "[Go up](#forge)", "[Go up](#forg)", "[Go up]", "error", "link", "Did you mean 'forge'"),
    (FIRST, "[Go up](#forge)", "[Go up](#cellar)", "## forge", "error", "unreachable", "'forge' cannot be reached"),
    (FIRST, "[On](02-second.md)", "[On](02-secnd.md)", "[On]", "error", "link", "Did you mean '02-second.md'"),
    (FIRST, "[On](02-second.md)", "[On](02-second.md#day)", "[On]", "error", "link", "scene of second 'day'"),
    (FIRST, 'ends = ["cellar"]', "ends = []", "## cellar", "error", "dead-end", "'cellar' leads nowhere"),
    (FIRST, 'ends = ["cellar"]', 'ends = ["cellar", "cellr"]', "ends =", "error", "ends", "Did you mean 'cellar'"),
    (FIRST, "`if looked`", "`if loked`", "[Go down]", "error", "flag-unset", "Did you mean 'looked'"),
    (FIRST, "set looked`", "set loked`", "[Look at", "warning", "flag-unread", "'loked' is set and never read"),
    (FIRST, "**O:** I am", "**X:** I am", "**X:**", "error", "cast", "cast letter 'X'"),
    (FIRST, 'wrong = ["Nothing."', 'wrong = ["zeroes  at random."', "toml quiz", "error", "options", "stands twice"),
    (FIRST, 'id = "what"', 'id = "reason-freed"', "toml quiz", "error", "question-id", "stands twice"),
    (FIRST, 'id = "what"', 'id = "whta"', "", "error", "recall", "Did you mean 'first/whta'"),
    (FIRST, 'pass = "freed"', 'pass = "fred"', 'pass = "fred"', "error", "pass", "Did you mean 'freed'"),
    (FIRST, 'pass = "freed"', 'pass = "starved"', 'pass = "starved"', "error", "pass", "are both"),
    (FIRST, 'fail = "starved"', 'fail = "starvd"', 'fail = "starvd"', "error", "fail", "Did you mean 'starved'"),
    (FIRST, 'fail = "starved"', 'fail = "cellar"', 'fail = "cellar"', "error", "fail", "leads back"),
    (
        FIRST,
        "solution = { dropout = 0.5 }",
        "solution = { dropout = 0.0 }",
        "solution =",
        "error",
        "solution",
        "starts with",
    ),
    (
        FIRST,
        "{ set = { dropout = 0.9 }",
        "{ set = { dropout = 0.5 }",
        "starves",
        "error",
        "trap",
        "trap 1 is the solution",
    ),
    (FIRST, "test_accuracy >= 0.75 and gap", "gap", "goal =", "error", "gap", "gap alone"),
    (FIRST, 'predict_metric = "train_accuracy"\n', "", "predict =", "warning", "predict", "nothing measures"),
    (FIRST, "It is dark.", "It is dark: {test_accuracy}.", "It is dark", "error", "number", "no lesson was judged"),
    (
        FIRST,
        "It is dark.",
        "`if looked` {test_accuracy}.",
        "{test_accuracy}.",
        "warning",
        "number",
        "no lesson was judged",
    ),
    (FIRST, "with {set.dropout}", "with {set.lr}", "{set.lr}", "error", "number", "setting of the lesson"),
    (FIRST, "seeds = 5", 'share = "alone"', "share =", "warning", "share", "this lesson only"),
    (FIRST, "`if knocked` **D:** You knocked", LONG + "\n\nYou knocked", "```toml lesson", "error", "words", "--brief"),
    (
        FIRST,
        "`if not brief` It takes",
        "`if not brief` " + LONG * 2 + "It",
        "```toml lesson",
        "error",
        "words",
        "words before",
    ),
    (FIRST, 'say = "Luck."', 'say = "{gap:.1%}"', "toml reason", "error", "question-number", "not filled"),
    (FIRST, "`if knocked; clear knocked`", "`once`", "", "", "", ""),
    (SECOND, 'id = "second"', 'id = "first"', "id =", "error", "chapter-id", "taken by 01-first.md"),
    (SECOND, 'requires = ["first"]', 'requires = ["frist"]', "requires", "error", "requires", "Did you mean 'first'"),
    (SECOND, 'requires = ["first"]', 'requires = ["second"]', "requires", "error", "requires", "does not come before"),
    (SECOND, "**D:** Sit.", "`if player = lucy and missed gap` Sit.", "", "", "", ""),
    (
        SECOND,
        "[On](#dawn)\n\n## other",
        "[On](#dawn) `if tries > 3`\n\n## other",
        "## won",
        "warning",
        "no-choice",
        "nothing",
    ),
    (SECOND, "{weight_norm:.1f}", "{test_accuracy:.1f}", "{test_accuracy", "error", "number", "metric of the lesson"),
    (SECOND, "{weight_norm:.1f}", "{set.dropout}", "{set.dropout}", "error", "number", "setting of the lesson"),
    (SECOND, "It is day.", "{truth}", "", "", "", ""),
    (SECOND, "- [Again](#trial)", "- [Again](#trial) `once`", "## lost", "error", "once", "once only"),
    (
        SECOND,
        "solution = { epochs = 10 }",
        "solution = { epochs = 1000 }",
        "solution = { epochs = 1000 }",
        "error",
        "solution",
        "starts",
    ),
    (SECOND, 'pass = "other-way"', 'pass = "no-way"', '"no-way"', "error", "pass", "Did you mean 'other-way'"),
    (SECOND, 'recall = "first/what"', 'recall = "first/reason-freed"', "toml quiz", "error", "recall", "quiz"),
    (SECOND, '"validation_loss <= 0.10"', '"loss_gap <= 0.10"', '"loss_gap', "error", "gap", "loss_gap alone"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "severity", "rule", "words"),
    CASES,
    ids=[f"{c[5] or 'none'}: {c[2]}"[:50] for c in CASES],
)
def test_a_finding(
    folder: Path, name: str, old: str, new: str, where: str, severity: str, rule: str, words: str
) -> None:
    text = edit(folder / name, old, new)
    found = findings(folder)
    for path in folder.glob("*.md"):
        assert lint(read_tale(folder.glob("*.md")), [path]) == [f for f in found if f.path == path], "asked about one"
    if not rule:
        assert found == []
        return
    hits = [f for f in found if f.rule == rule and words in f.message]
    assert hits, [str(f) for f in found]
    assert hits[0].severity == severity
    if where:
        assert hits[0].path.name == name
        assert line_of(text, where) in [f.line for f in hits]


def test_the_order_is_fixed(folder: Path) -> None:
    edit(folder / FIRST, "It is dark.", "{gap} {gap:.1%}\n{test_accuracy}")
    edit(folder / FIRST, "**O:** I am", "**X:** I am")
    edit(folder / SECOND, 'requires = ["first"]', 'requires = ["z", "y"]')
    found = findings(folder)
    assert len(found) >= 5
    assert found == sorted(found) == findings(folder)
    assert str(found[0]).startswith(f"{folder / FIRST}:")


def test_contrary_conditions_leave_a_choice(folder: Path) -> None:
    edit(folder / FIRST, "- [Go up](#forge)", "- [Go up](#forge) `if knocked`\n- [Climb](#forge) `if not knocked`")
    assert findings(folder) == []


def test_a_choice_for_one_visitor_only_is_found(folder: Path) -> None:
    edit(folder / FIRST, "- [Go up](#forge)", "- [Go up](#forge) `if player = lucy`")
    assert [f.rule for f in findings(folder)] == ["no-choice"]


def test_words_that_exclude_each_other_are_counted_once(folder: Path) -> None:
    half = "word " * 120
    edit(folder / FIRST, "It is dark.", "dark")
    edit(folder / FIRST, "You knocked, {player}.", half)
    edit(folder / FIRST, "You did not knock, {player}.", half)
    assert findings(folder) == []
    edit(folder / FIRST, "**O:** I am {other}.", half)
    assert {f.rule for f in findings(folder)} == {"words"}


def test_comparisons_that_leave_no_number_out_leave_a_choice(folder: Path) -> None:
    edit(
        folder / SECOND, "[On](#dawn)\n\n## other", "[A](#dawn) `if tries > 3`\n- [B](#dawn) `if tries < 5`\n\n## other"
    )
    assert findings(folder) == []


def test_every_lesson_that_may_have_been_judged_counts(folder: Path) -> None:
    edit(folder / FIRST, "**O:** I am {other}.", "`if tries > 0` You turned {set.lr}.")
    assert [(f.rule, f.severity) for f in findings(folder)] == [("number", "error")]
