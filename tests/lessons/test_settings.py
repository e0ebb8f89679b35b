"""Settings and recipes: what may be turned, and what is refused with a reason."""

import dataclasses

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons.datasets import DATA
from lessons.jobs import job, job_names
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.settings import GROUPS, SETTINGS, Choice, parse_pairs, setting
from lessons.source import source
from tests.lessons.recipes import recipes, values, wild


def test_the_settings_named_for_good_are_there():
    named = {"dropout", "norm", "activation", "weight_decay", "l1", "epochs", "lr", "optimizer", "eval_mode"}
    assert named <= set(SETTINGS)


def test_the_settings_are_the_fields_of_a_recipe_and_each_is_in_one_group():
    fields = {field.name: field.default for field in dataclasses.fields(Recipe)}
    assert fields.pop("own") is None
    assert fields == {name: kind.default for name, kind in SETTINGS.items()}
    assert sum(map(len, GROUPS.values())) == len(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_knows_only_settings_and_values_that_there_are(name):
    kind = SETTINGS[name]
    assert set(kind.needs) <= set(SETTINGS)
    for other, words in kind.when.items():
        assert set(words) <= set(SETTINGS[other].codes)


@pytest.mark.parametrize("name", SETTINGS)
def test_each_default_is_allowed_and_survives_being_shown_and_read(name):
    kind = SETTINGS[name]
    assert kind.check(kind.default) == kind.default
    assert same(kind.parse(kind.show(kind.default)), kind.default)
    assert same(kind.parse(kind.spell(kind.default)), kind.default)
    assert kind.words.endswith(".") and kind.line(kind.default)


@pytest.mark.parametrize("name", SETTINGS)
def test_an_empty_value_is_called_so(name):
    for text in ("", "  "):
        with pytest.raises(Mistake, match=f"^{name} has no value: nothing was typed. Allowed: "):
            SETTINGS[name].parse(text)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("dropout", 0.999999999, "0.999999999"),
        ("dropout", 0.1 + 0.2, "0.3"),
        ("lr", 1e9, "1e+09"),
        ("lr", 1e-5, "1e-05"),
        ("lr", 1234567.5, "1234567.5"),
        ("milestones", (10, 1_000_000), "10, 1000000"),
    ],
)
def test_a_number_is_shown_in_one_form_and_with_the_digits_that_it_has(name, value, shown):
    assert SETTINGS[name].show(SETTINGS[name].check(value)) == shown


def same(a, b):
    """Equal, and of the same types."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@given(st.sampled_from(list(SETTINGS)).flatmap(lambda name: st.tuples(st.just(name), values(name))))
@settings(max_examples=1000, deadline=None, derandomize=True)
@example(("dropout", (0.5,)))
@example(("dropout", (0.1 + 0.2,)))
@example(("dropout", 0.0))
@example(("groups", (4,)))
@example(("widths", ()))
@example(("widths", (7,)))
@example(("channels", ()))
@example(("bias", "default"))
@example(("bias", -0.0))
@example(("lr", 1e12))
@example(("lr", 1e-12))
@example(("weight_decay", 1e6))
@example(("weight_decay", 5e-324))
@example(("batch_size", 100_000))
@example(("milestones", (1_000_000,)))
def test_what_is_spelled_is_read_again_exactly(named):
    name, value = named
    kind = SETTINGS[name]
    assert same(kind.check(value), value)
    text = kind.spell(value)
    assert text and text == "".join(text.split()) and "=" not in text
    assert same(kind.parse(text), value)
    assert same(parse_pairs([f"{name}={text}"])[name], value)
    assert kind.show(value) and "\n" not in kind.show(value) and kind.line(value)


@given(wild())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_recipe_is_made_again_from_what_is_spelled(recipe):
    spelled = [f"{name}={kind.spell(getattr(recipe, name))}" for name, kind in SETTINGS.items()]
    again = Recipe(own=recipe.own, **parse_pairs(spelled))
    assert again == recipe and source(again).sha256 == source(recipe).sha256


@pytest.mark.parametrize("name", [name for name, kind in SETTINGS.items() if isinstance(kind, Choice)])
def test_each_word_of_a_choice_writes_a_line(name):
    kind = SETTINGS[name]
    for word in kind.codes:
        assert kind.check(word.upper()) == word and kind.line(word)


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
        ("widths=none", ()),
        ("channels=None", ()),
        ("channels=8,16", (8, 16)),
        ("dropout=0.5,", (0.5,)),
        ("groups=4", 4),
        ("groups=4,2", (4, 2)),
        ("bias=default", "default"),
        ("bias=0", 0.0),
        ("batch_size=all", 0),
        ("clip=none", 0.0),
        ("warmup=none", 0),
        ("patience=off", 0),
        ("mixup=Off", 0.0),
        ("redraw=redrawn", True),
        ("redraw=the same", False),
        ("nesterov=on", True),
        ("milestones=3,6", (3, 6)),
        ("schedule=OneCycle", "onecycle"),
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
        ("data=own.csv", "data 'own.csv' is not known"),
        ("dropout=none", "from 0 below 1"),
        ("milestones=none", "whole numbers from 1"),
        ("milestones=0", "whole numbers from 1"),
        ("groups=0", "whole numbers from 1"),
        ("groups=1.5", "whole numbers from 1"),
        ("bias=deafult", "a number from -1000 to 1000, or default"),
        ("mixup=-0.1", "from 0 to 100"),
        ("momentum=1", "from 0 to 0.9999"),
        ("gamma=0", "from 0.0001 to 0.9999"),
        ("gain=0", "from 0.001 to 1000"),
        ("shift=15", "whole number from 0 to 14"),
        ("kernel=16", "whole number from 1 to 15"),
        ("stride=0", "whole number from 1 to 8"),
        ("padding=-1", "whole number from 0 to 7"),
        ("label_smoothing=1", "from 0 to 0.9999"),
        ("label_noise=1.1", "from 0 to 1"),
        ("norm_momentum=0", "from 0.0001 to 1"),
        ("depth=65", "whole number from 1 to 64"),
        ("clip=off", "from 0 to"),
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


@pytest.mark.usefixtures("one_thread")
@given(recipes())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_recipe_knows_the_size_of_its_network(recipe):
    import torch

    from lessons.lab.forge import forge

    model = forge(source(recipe))["Net"]()
    assert sum(p.numel() for p in model.parameters()) == recipe.parameters
    put_out = []
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
            module.register_forward_hook(lambda _, given, out: put_out.append(out[0].numel()))
    model.eval()
    with torch.inference_mode():
        assert model(torch.zeros(3, recipe.facts.inputs)).shape == (3, recipe.facts.outputs)
    assert sum(put_out[:-1]) == recipe.outputs and len(put_out) - 1 == recipe.blocks


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
