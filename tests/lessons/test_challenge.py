"""Challenges: what an author may write, and what a player may say."""

import pytest

from lessons.challenge import Prediction, Trap, build
from lessons.jobs import job
from lessons.mistakes import Mistake

PARTS = {
    "job": job("noisy-digits-mlp"),
    "fixed": {"epochs": 5},
    "offers": {"dropout": ([0.0, 0.5, 0.9], 0.0), "eval_mode": ([False, True], True)},
    "ways": [("test_accuracy >= 0.75", "won", {"dropout": 0.5})],
    "fail": "lost",
    "traps": [Trap({"dropout": 0.9}, "starves")],
}


def test_a_challenge_makes_recipes():
    challenge = build(**PARTS)
    assert challenge.start == {"dropout": 0.0, "eval_mode": True}
    recipe = challenge.recipe_for({"dropout": 0.5})
    assert (recipe.dropout, recipe.epochs, recipe.label_noise) == (0.5, 5, 0.3)
    assert challenge.recipe_for({}, lr=1e9).lr == 1e9


def test_only_offered_values_may_be_turned():
    challenge = build(**PARTS)
    with pytest.raises(Mistake, match=r"Offered: 0, 0\.5, 0\.9"):
        challenge.recipe_for({"dropout": 0.4})
    with pytest.raises(Mistake, match="'lr' is not offered here"):
        challenge.recipe_for({"lr": 0.1})
    with pytest.raises(Mistake, match="Did you mean 'dropout'"):
        challenge.recipe_for({"dropuot": 0.5})


def test_a_click_stops_at_either_end():
    offer = build(**PARTS).offer("dropout")
    assert offer.step(0.0, -1) == 0.0 and offer.step(0.0, 1) == 0.5 and offer.step(0.5, 9) == 0.9


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fixed": {"label_nose": 0.1}}, "with: setting 'label_nose'"),
        ({"fixed": {"train_size": 9999}}, "with: train_size"),
        ({"offers": {}}, "offers at least one"),
        ({"offers": {"dropout": ([0.5], 0.5)}}, "setting.dropout: offers fewer than two"),
        ({"offers": {"dropout": ([0.5, 0.5], 0.5)}}, "lists a choice twice"),
        ({"offers": {"dropout": ([0.0, 0.5], 0.3)}}, "setting.dropout: start 0.3"),
        ({"offers": {"dropout": ([0.0, 2.0], 0.0)}}, "setting.dropout: dropout cannot be 2.0"),
        ({"ways": [("test_acc >= 1", "won", {})]}, "goal: metric 'test_acc'"),
        ({"ways": [("test_accuracy >= 0.5", "won", {"lr": 1.0})]}, "solution: setting 'lr' is not offered"),
        ({"traps": [Trap({"dropout": 0.4}, "no")]}, "traps, number 1: dropout cannot be 0.4"),
        (
            {"job": job("clean-digits"), "ways": [("wrong_label_accuracy <= 0.5", "won", {})]},
            "goal: wrong_label_accuracy",
        ),
    ],
)
def test_a_mistake_begins_with_the_key_at_fault(change, says):
    with pytest.raises(Mistake, match=says):
        build(**{**PARTS, **change})


WORDS = Prediction("?", ("rise", "fall", "stay"), "train_accuracy", 0.02)
NUMBER = Prediction("?", (), "test_accuracy", 0.03)


@pytest.mark.parametrize(("start", "end", "truth"), [(0.9, 0.8, "fall"), (0.8, 0.9, "rise"), (0.8, 0.815, "stay")])
def test_the_truth_of_a_word_is_measured_against_the_first_run(start, end, truth):
    assert WORDS.truth(start, end) == truth
    assert WORDS.right(truth, truth) is True and WORDS.right("nothing", truth) is False


def test_a_number_is_right_when_it_is_near():
    assert NUMBER.truth(None, 0.79) == 0.79
    assert NUMBER.right(0.77, 0.79) is True and NUMBER.right(0.70, 0.79) is False


def test_without_a_measurement_nobody_is_right_or_wrong():
    assert WORDS.truth(None, 0.5) is None and WORDS.truth(0.5, None) is None
    assert WORDS.right("rise", None) is None


@pytest.mark.parametrize(("text", "number"), [("0.75", 0.75), ("75%", 0.75), (" 75 % ", 0.75)])
def test_a_number_may_be_typed_as_percent(text, number):
    assert NUMBER.parse(text) == number


def test_it_is_said_when_a_prediction_is_right():
    assert NUMBER.rule == "Within 3.0 points is right."
    assert Prediction("?", ("rise", "fall", "stay"), "weight_norm", 2.0).rule == "A change of at most 2.0 is to stay."
    assert Prediction("?", ("yes", "no"), "test_accuracy").rule == Prediction("?").rule == ""


def test_what_is_no_share_may_not_be_typed_as_percent():
    with pytest.raises(Mistake, match=r"0\.192"):
        Prediction("?", metric="test_loss").parse("75%")


@pytest.mark.parametrize("text", ["79", "790%", "-1.5"])
def test_a_share_is_at_most_the_whole(text):
    with pytest.raises(Mistake, match="more than everything"):
        NUMBER.parse(text)
    with pytest.raises(Mistake, match="less than nothing"):
        NUMBER.parse("-0.2")
    assert Prediction("?", metric="gap").parse("-0.2") == -0.2
    assert Prediction("?", metric="weight_norm").parse("79") == 79


@pytest.mark.parametrize("text", ["", "much", "nan", "inf", "1e999"])
def test_what_is_no_prediction_is_refused(text):
    with pytest.raises(Mistake):
        NUMBER.parse(text)
    with pytest.raises(Mistake):
        WORDS.parse(text)
