"""Numbers that are made up for a walk: they fit the wish, and one another."""

import random

import pytest

from lessons.challenge import build
from lessons.jobs import job
from lessons.mistakes import Mistake
from tutor.walk.madeup import Maker, Wish

GOALS = {
    "noisy-digits-mlp": (
        "test_accuracy >= 0.9 and gap <= 0.05",
        "test_accuracy >= 0.9 and sparsity >= 0.99 and weight_norm <= 5",
        "test_accuracy >= start.test_accuracy + 0.03",
        "test_accuracy >= best.test_accuracy - 0.02 and sparsity >= 0.7",
        "epochs_to_90 <= 5",
        "wrong_label_accuracy <= 0.1 and right_label_accuracy >= 0.9",
        "zeros >= 0.9 and test_accuracy >= 0.9",
        "epochs_run <= 3 and validation_accuracy >= 0.95",
    ),
    "blank-page": ("validation_loss <= 0.10", "loss_gap <= 0.01 and validation_loss < 0.2", "weight_norm >= 100"),
}


@pytest.mark.parametrize("name, goal", [(name, goal) for name, goals in GOALS.items() for goal in goals])
def test_made_up_numbers_fit_the_wish_and_one_another(name, goal):
    challenge = build(
        job=job(name),
        fixed={},
        offers={"lr": ([0.001, 0.01], 0.001)},
        ways=[(goal, "won", {"lr": 0.01})],
        fail="lost",
    )
    recipe = challenge.recipe_for({})
    for seed in range(10):
        maker = Maker(challenge, random.Random(seed))
        start = maker.practice(recipe, Wish(), {}, {}).means
        for wish in (Wish(True), Wish(False), Wish(False, diagnosis="overfit"), Wish(False, diagnosis="underfit")):
            made = maker.make(recipe, wish, 5, start, start)
            assert (made.way is not None) == wish.passed and wish.diagnosis in ("", made.diagnosis)
            _consistent(made.means, recipe)


def _consistent(means, recipe):
    assert means["test_loss"] - means["train_loss"] == pytest.approx(means["loss_gap"])
    assert 0 <= means["zeros"] <= 1 and means["train_loss"] >= 0 and means["parameters"] == recipe.parameters
    if recipe.task == "classification":
        assert means["train_accuracy"] - means["test_accuracy"] == pytest.approx(means["gap"])
        assert all(0 <= value <= 1 for name, value in means.items() if name.endswith("_accuracy"))
        nights = [means[f"epochs_to_{percent}"] for percent in (50, 80, 90)]
        reached = [night for night in nights if night is not None]
        assert reached == sorted(reached) == nights[: len(reached)]
    if recipe.label_noise:
        noise = recipe.label_noise
        both = (1 - noise) * means["right_label_accuracy"] + noise * means["wrong_label_accuracy"]
        assert both == pytest.approx(means["train_accuracy"], abs=0.01)


def test_numbers_that_contradict_one_another():
    challenge = build(
        job=job("few-digits"),
        fixed={},
        offers={"lr": ([0.001, 0.01], 0.001)},
        ways=[("test_accuracy >= 0.5", "won", {"lr": 0.01})],
        fail="lost",
    )
    given = {"train_accuracy": 0.9, "test_accuracy": 0.8, "gap": 0.3}
    with pytest.raises(Mistake, match="contradict one another"):
        Maker(challenge, random.Random(0)).make(challenge.recipe_for({}), Wish(True, given=given), 5, {}, {})
