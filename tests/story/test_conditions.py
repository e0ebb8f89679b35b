"""The small grammar of conditions."""

from __future__ import annotations

import pytest

from lessons.mistakes import Mistake
from story.conditions import Facts, flag, parse

FACTS = Facts(
    flags=frozenset({"curious"}),
    player="lucy",
    metrics={"test_accuracy": 0.5, "gap": None},
    missed=frozenset({"gap"}),
    margin=0.5,
    diagnosis="overfit",
    predicted_right=True,
    tries=3,
    predictions_right=0.5,
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("curious", True),
        ("not curious", False),
        ("bored", False),
        ("not bored", True),
        ("test_accuracy >= 0.5", True),
        ("test_accuracy > 0.5", False),
        ("test_accuracy <= .5", True),
        ("test_accuracy<0.5", False),
        ("not test_accuracy < 0.5", True),
        ("gap < 1", False),
        ("gap > -1", False),
        ("train_loss < 9", False),
        ("player = lucy", True),
        ("player=jonathan", False),
        ("not player = jonathan", True),
        ("overfit", True),
        ("underfit", False),
        ("diverged", False),
        ("missed gap", True),
        ("missed test_accuracy", False),
        ("margin < 1.0", True),
        ("predicted right", True),
        ("not predicted right", False),
        ("tries > 2", True),
        ("predictions_right >= 0.5", True),
        ("brief", False),
        ("not brief", True),
        ("curious and overfit and tries > 2", True),
        ("curious and underfit", False),
    ],
)
def test_holds(text: str, holds: bool) -> None:
    assert parse(text).holds(FACTS) is holds


@pytest.mark.parametrize(
    "text", ["overfit", "predicted right", "margin < 9", "predictions_right < 1", "tries > 0", "a"]
)
def test_nothing_holds_before_anything_happened(text: str) -> None:
    assert not parse(text).holds(Facts())


def test_what_it_reads() -> None:
    condition = parse("not curious and gap < 0.1 and missed test_loss and tries > 1 and player = lucy")
    assert condition.flags == ("curious",)
    assert condition.metrics == ("gap", "test_loss")


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("a", False),
        ("tries > 0", True),
        ("tries < 3", False),
        ("not overfit", False),
        ("gap < 1", True),
        ("brief", False),
    ],
)
def test_which_need_a_verdict(text: str, needs: bool) -> None:
    assert parse(text).needs_verdict is needs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a or b", "'or'"),
        ("a and", "cannot be read"),
        ("gap == 1", "cannot be read"),
        ("gap", "compares gap with nothing"),
        ("not", "cannot be read"),
        ("missed", "cannot be read"),
        ("missed gab", "Did you mean 'gap'"),
        ("trys > 1", "Did you mean 'tries'"),
        ("player = Lucy", "Did you mean 'lucy'"),
        ("__import__('os')", "cannot be read"),
        ("a.b", "cannot be read"),
        ("gap < 1 < 2", "cannot be read"),
    ],
)
def test_what_cannot_be_read(text: str, words: str) -> None:
    with pytest.raises(Mistake, match=words.replace("(", r"\(")):
        parse(text)


def test_a_word_with_a_meaning_is_no_flag() -> None:
    for word in ("overfit", "gap", "brief", "tries", "player"):
        with pytest.raises(Mistake, match="meaning of its own"):
            flag(word)
    assert flag("lucy_laughed") == "lucy_laughed"
