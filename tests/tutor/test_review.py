"""Which questions are asked again, and when; and line by line, they and the nets that were mended."""

import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lessons.client import TrainingStopped
from tests.tutor.authors import CHAPTER, Author
from tests.tutor.fakes import FakeLaboratory
from tutor.game import Game, Options
from tutor.plain.player import Plain
from tutor.review import DAYS, due, rest, score

NOW = datetime(2024, 5, 4, 20, tzinfo=UTC)


def ago(**time):
    return NOW - timedelta(**time)


# which, and when


def test_a_wrong_answer_is_due_at_once_and_a_right_one_a_day_later():
    assert due([("a", False, NOW)], NOW) == ["a"]
    assert due([("a", True, ago(hours=23))], NOW) == []
    assert due([("a", True, ago(days=1))], NOW) == ["a"]


@pytest.mark.parametrize("streak", range(1, 9))
def test_the_oftener_known_in_a_row_the_longer_it_rests(streak):
    days = DAYS[min(streak, len(DAYS) - 1)]
    answers = [("a", True, ago(days=200 - n)) for n in range(streak - 1)]
    assert due([*answers, ("a", True, ago(days=days, seconds=-1))], NOW) == []
    assert due([*answers, ("a", True, ago(days=days))], NOW) == ["a"]
    assert rest(streak) >= rest(streak - 1)


def test_a_wrong_answer_ends_the_row():
    answers = [("a", right, ago(days=9 - n)) for n, right in enumerate([True] * 4 + [False, True])]
    assert due([*answers[:-1]], NOW) == ["a"]
    assert due([*answers[:-1], ("a", True, ago(hours=25))], NOW) == ["a"]
    assert due([*answers[:-1], ("a", True, ago(hours=1))], NOW) == []


def test_those_known_worst_come_first_and_of_these_the_longest_ago():
    answers = [
        ("known", True, ago(days=30)),
        ("wrong lately", False, ago(hours=1)),
        ("wrong long ago", False, ago(days=20)),
        ("known lately", True, ago(days=2)),
    ]
    assert due(answers, NOW) == ["wrong long ago", "wrong lately", "known", "known lately"]
    assert due([], NOW) == []


def test_the_score_counts_predictions_where_there_are_any():
    assert score(2, 3, 0, 0) == "2 of 3 right."
    assert score(2, 3, 1, 4) == "2 of 3 right; of what you predicted, 1 of 4."


# line by line


@pytest.fixture
def author(tmp_path):
    author = Author(tmp_path)
    yield author
    for game in author.games:
        asyncio.run(game.close())


def plain(author, *lines, error=None):
    """What is told while these lines are read."""
    game, out = Game(Options(home=author.home, chapter=author.path)), io.StringIO()
    game.laboratory = FakeLaboratory(on_change=game._changed)
    game.laboratory.error = error
    assert Plain(game, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
    return out.getvalue(), game


def digits(game):
    """The digit of a wrong answer to the question of the chapter, and of the right one."""
    options = game.tale.question("trial/what").options
    from story.telling import ask

    shown = ask(game.tale.question("trial/what")).options
    assert set(shown) == set(options)
    return str(shown.index("Nothing.") + 1), str(shown.index("Zeroes at random.") + 1)


def test_what_was_answered_wrongly_is_asked_again_until_it_is_known(author):
    told, game = plain(author, "review", "quit")
    assert "has nothing to ask again today" in told
    wrong, right = digits(game)
    told, _ = plain(author, "1", "1", wrong, "quit")
    assert "Not so." in told
    told, _ = plain(author, "3", "x", wrong, "quit")
    assert "3. The Count asks again: 1 of your questions" in told and "What does dropout do?" in told
    assert "Type a number from 1 to 4, leave, look or help." in told and "Right would be: Zeroes at random." in told
    assert "0 of 1 right." in told and told.count("3. The Count asks again") == 2  # still due
    told, _ = plain(author, "1", "review", right, "review", "quit")
    assert (
        "1 of 1 right." in told
        and told.count("What does dropout do?") == 1
        and "has nothing to ask again today" in told
    )
    told, _ = plain(author, "3", "quit")
    assert "asks again" not in told and "Type 1 to continue, 2 to begin anew, or help." in told


def test_a_right_answer_is_asked_again_after_a_day_and_not_before(author, monkeypatch):
    _, game = plain(author, "quit")
    plain(author, "1", "1", digits(game)[1], "quit")
    assert "asks again" not in plain(author, "quit")[0]

    class Tomorrow(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + timedelta(days=1, minutes=1)

    monkeypatch.setattr("tutor.game.datetime", Tomorrow)
    assert "3. The Count asks again: 1 of your questions" in plain(author, "quit")[0]


MEND = """```toml mend
code = ["model.eval()", "loss.backward()"]
fault = 1
repairs = ["model.train()", "model.zero_grad()"]
right = 1
because = "Training wants training mode."
job = "clean-digits"
```"""


def mended(author):
    start = CHAPTER.index("```toml quiz")
    author.save(CHAPTER[start : CHAPTER.index("```", start + 3) + 3], MEND)


def test_the_net_that_was_mended_is_trained(author):
    mended(author)
    told, game = plain(author, "1", "1", "1", "1", "yes", "quit")
    assert "One line is at fault. Which?" in told and "  2. loss.backward()" in told
    (asked,) = game.laboratory.asked
    assert asked[0] == "practice" and asked[2] == (0,)
    assert told.index("The mended net is trained") < told.index("Mended, it trains for ")
    assert "training accuracy 92.0%" in told and "1. To the bench" in told.split("Mended")[1]


def test_a_mended_net_that_is_stopped_or_not_there_ends_nothing(author):
    mended(author)
    told, _ = plain(author, "1", "1", "1", "1", "yes", "quit", error=TrainingStopped())
    assert "Stopped. Nothing of this run was kept." in told and "Farewell" in told
    game = author.begun(0)
    asyncio.run(game.mend(replace(game.questions()[-1], job="nowhere")))
    assert game.message.startswith("The mended net cannot be trained: ") and "nowhere" in game.message
