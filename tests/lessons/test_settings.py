"""Settings and recipes: what may be turned, and what is refused with a reason."""

import pytest

from lessons.datasets import DATA
from lessons.jobs import job, job_names
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.settings import SETTINGS, parse_pairs, setting


def test_the_settings_named_for_good_are_there():
    named = {"dropout", "norm", "activation", "weight_decay", "l1", "epochs", "lr", "optimizer", "eval_mode"}
    assert named <= set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_each_default_is_allowed_and_survives_being_shown_and_read(name):
    kind = SETTINGS[name]
    assert kind.check(kind.default) == kind.default
    assert kind.parse(kind.show(kind.default)) == kind.default
    assert kind.words.endswith(".") and kind.line(kind.default)


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("dropout=0.5", 0.5),
        ("dropout=0.5,0.2", (0.5, 0.2)),
        ("dropout=[0.5, 0.2]", (0.5, 0.2)),
        ("norm=Batch", "batch"),
        ("epochs=3", 3),
        ("epochs=3.0", 3),
        ("lr=1e9", 1e9),
        ("eval_mode=no", False),
        ("eval_mode=called", True),
        ("widths=256,128", (256, 128)),
        ("widths=256", (256,)),
    ],
)
def test_values_are_read_from_the_command_line(pair, value):
    assert next(iter(parse_pairs([pair]).values())) == value


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ("dropout", "name=value"),
        ("dropout=", "name=value"),
        ("drpout=0.5", "Did you mean 'dropout'?"),
        ("dropout=1", "from 0 below 1"),
        ("dropout=-0.1", "from 0 below 1"),
        ("dropout=nan", "from 0 below 1"),
        ("dropout=half", "from 0 below 1"),
        ("norm=btach", "Did you mean 'batch'?"),
        ("epochs=2.5", "whole number from 1"),
        ("epochs=0", "whole number from 1"),
        ("epochs=1e300", "whole number from 1"),
        ("lr=0", "from 1e-12"),
        ("lr=inf", "from 1e-12"),
        ("eval_mode=maybe", "true, false"),
        ("widths=0", "whole numbers from 1"),
        ("widths=", "name=value"),
        ("widths=" + ",".join(["8"] * 65), "whole numbers"),
        ("optimizer=__import__('os')", "Allowed: sgd"),
    ],
)
def test_what_is_not_allowed_is_refused_in_one_line(pair, says):
    with pytest.raises(Mistake) as caught:
        parse_pairs([pair])
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_booleans_are_no_numbers():
    with pytest.raises(Mistake):
        setting("dropout").check(True)
    with pytest.raises(Mistake):
        setting("eval_mode").check(1)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"dropout": (0.5, 0.2, 0.1)}, "3 rates and the network 2 hidden layers"),
        ({"norm": "batch", "batch_size": 1}, "batch of one row"),
        ({"norm": "batch", "batch_size": 3}, "leaves one of 1000 rows alone"),
        ({"train_size": 2001}, "2000 training rows"),
        ({"widths": (16_384, 16_384)}, "weights"),
    ],
)
def test_nonsense_combinations_are_refused_with_a_reason(values, says):
    with pytest.raises(Mistake, match=says):
        job("noisy-digits-mlp").recipe.turned(**values)


def test_noise_regression_has_no_labels_to_falsify():
    with pytest.raises(Mistake, match="no labels"):
        job("blank-page").recipe.turned(label_noise=0.3)


def test_one_rate_serves_every_layer():
    recipe = Recipe(widths=(8, 4), dropout=0.5)
    assert recipe.rates == (0.5, 0.5)
    assert recipe.turned(dropout=[0.5, 0.0]).rates == (0.5, 0.0)


def test_a_recipe_survives_json():
    recipe = Recipe(widths=(8, 4), dropout=(0.5, 0.2), norm="batch")
    assert Recipe.from_dict(recipe.to_dict()) == recipe
    with pytest.raises(Mistake, match="Did you mean 'dropout'"):
        Recipe.from_dict({"dropuot": 0.5})


@pytest.mark.parametrize("name", job_names())
def test_each_job_is_a_recipe_with_a_title(name):
    found = job(name)
    assert found.title and found.words and found.recipe.data in DATA


def test_an_unknown_job_names_the_nearest():
    with pytest.raises(Mistake, match="Did you mean 'blank-page'"):
        job("blankpage")
