"""Settings and recipes: what may be turned, and what is refused with a reason."""

import ast
import dataclasses
import inspect
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons import own as own_data
from lessons import sense
from lessons.datasets import DATA, TOYS
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


# --- Combinations that are refused, and their neighbours that are not ---

DIGITS = Recipe(train_size=40, batch_size=8, widths=(8,), epochs=2, lr=0.01)
CNN = DIGITS.turned(channels=(4,), widths=())
MOONS = Recipe(data="moons", train_size=40, batch_size=8, widths=(8,), epochs=2)
BLANK = Recipe(data="noise", train_size=40, batch_size=8, widths=(8,), epochs=2)
SGD = DIGITS.turned(optimizer="sgd")
PIXEL = CNN.turned(channels=(4, 4), kernel=15, stride=8, padding=7)
"""Its second convolution leaves a single pixel."""

REFUSED = {
    # name: (recipe, what is turned, what is said, what else may be turned)
    "batch norm of one row": (
        DIGITS,
        {"norm": "batch", "batch_size": 1},
        "batch norm cannot train on a batch of one row: batch_size 1",
        [{"norm": "batch", "batch_size": 2}, {"norm": "layer", "batch_size": 1}],
    ),
    "batch norm of a last row": (
        DIGITS,
        {"norm": "batch", "batch_size": 13},
        "leaves one of 40 rows alone",
        [{"norm": "batch", "batch_size": 12}, {"norm": "batch", "batch_size": 13, "train_size": 41}],
    ),
    "batch norm of one image and a dense layer": (
        CNN,
        {"norm": "batch", "batch_size": 1, "widths": (8,)},
        "batch of one row",
        [{"norm": "batch", "batch_size": 1}, {"norm": "batch", "batch_size": 3, "pool": "max"}],
    ),
    "batch norm of one pixel": (
        PIXEL,
        {"norm": "batch", "batch_size": 1},
        "batch of one row",
        [
            {"norm": "batch"},
            {"norm": "batch", "batch_size": 1, "channels": (4,)},
            {"norm": "batch", "batch_size": 1, "channels": (4,), "pool": "avg"},
        ],
    ),
    "norm of nothing": (
        DIGITS,
        {"norm": "layer", "widths": ()},
        "no hidden layer to normalise",
        [{"widths": ()}, {"norm": "layer", "widths": (2,)}],
    ),
    "groups that do not divide": (
        DIGITS,
        {"norm": "group", "groups": 3},
        "groups 3 does not divide a layer of 8. Allowed there: 1, 2, 4",
        [{"norm": "group", "groups": 4}, {"groups": 3}, {"norm": "group", "groups": 3, "widths": (9, 6)}],
    ),
    "groups as many as units": (
        DIGITS,
        {"norm": "group", "groups": 8},
        "groups 8 leaves one unit a group, which has no spread, in a layer of 8. Allowed there: 1, 2, 4",
        [{"norm": "group", "groups": 4}, {"norm": "group", "groups": 4, "batch_size": 1}],
    ),
    "groups as many as channels of one pixel": (
        PIXEL,
        {"norm": "group", "groups": 4},
        "leaves one unit a group",
        [{"norm": "group", "groups": (4, 2)}, {"norm": "group", "groups": 4, "channels": (4,)}],
    ),
    "too few numbers of groups": (
        DIGITS,
        {"norm": "group", "groups": (2,), "depth": 2},
        "groups has 1 numbers and the network 2 hidden layers",
        [{"norm": "group", "groups": (2, 4), "depth": 2}, {"groups": (2,), "depth": 2}],
    ),
    "groups of one unit": (
        DIGITS,
        {"norm": "group", "groups": 1, "widths": (8, 1)},
        "group on a layer of one unit",
        [{"norm": "group", "groups": 1, "widths": (8, 2)}],
    ),
    "instance norm of dense layers": (
        CNN,
        {"norm": "instance", "widths": (8,)},
        "cannot be instance where there are dense hidden layers",
        [{"norm": "instance"}, {"norm": "instance", "batch_size": 1}],
    ),
    "instance norm without images": (
        MOONS,
        {"norm": "instance"},
        "has no images, whose pixels it needs. Use layer",
        [{"norm": "layer"}],
    ),
    "instance norm of one pixel": (
        PIXEL,
        {"norm": "instance"},
        "a channel of one pixel has no spread",
        [{"norm": "instance", "channels": (4,)}, {"norm": "instance", "padding": 6, "stride": 4}],
    ),
    "layer norm of one unit": (
        DIGITS,
        {"norm": "layer", "widths": (8, 1)},
        "layer on a layer of one unit",
        [{"norm": "layer", "widths": (8, 2)}, {"norm": "layer", "widths": (2,), "batch_size": 1}],
    ),
    "layer norm of one channel of one pixel": (
        PIXEL,
        {"norm": "layer", "channels": (4, 1)},
        "layer on a layer of one unit",
        [{"norm": "layer"}, {"norm": "layer", "channels": (1,)}],
    ),
    "a kernel larger than the image": (
        CNN,
        {"channels": (4, 4), "kernel": 15},
        "convolution 2 leaves nothing of the image: kernel 15, stride 1, pool none shrink 14 pixels",
        [{"channels": (4, 4), "kernel": 14}, {"channels": (4,), "kernel": 15}],
    ),
    "pooling of one pixel": (
        PIXEL,
        {"pool": "max", "channels": (4, 4)},
        "convolution 2 leaves nothing",
        [{"channels": (4, 4)}, {"pool": "max", "channels": (4,)}],
    ),
    "too many convolutions": (
        CNN,
        {"channels": (2,) * 5, "pool": "max"},
        "leaves nothing of the image",
        [{"channels": (2,) * 3, "pool": "max"}, {"channels": (2,) * 13}],
    ),
    "padding as wide as the kernel": (
        CNN,
        {"padding": 3},
        r"padding 3 is not smaller than the kernel \(3\).*Allowed: 0 to 2",
        [{"padding": 2}, {"padding": 3, "kernel": 4}, {"padding": 3, "channels": (), "widths": (8,)}],
    ),
    "warm-up before onecycle": (
        DIGITS,
        {"warmup": 1, "schedule": "onecycle"},
        "schedule onecycle, which begins with a warm-up of its own",
        [{"schedule": "onecycle"}, {"warmup": 1, "schedule": "cosine"}],
    ),
    "warm-up before cyclic": (
        DIGITS,
        {"warmup": 1, "schedule": "cyclic"},
        "schedule cyclic, which begins with a warm-up of its own",
        [{"schedule": "cyclic"}, {"warmup": 1, "schedule": "multistep"}],
    ),
    "warm-up before plateau": (
        DIGITS,
        {"warmup": 1, "schedule": "plateau"},
        "schedule plateau, which goes by the validation loss",
        [{"schedule": "plateau"}, {"warmup": 1, "schedule": "exponential"}],
    ),
    "a warm-up as long as the training": (
        DIGITS,
        {"warmup": 2},
        "the training has 2 epochs",
        [{"warmup": 1}, {"warmup": 2, "stepped": "step"}, {"warmup": 2, "epochs": 3, "schedule": "step"}],
    ),
    "a warm-up as long as all steps": (
        DIGITS,
        {"warmup": 10, "stepped": "step"},
        "the training has 10 steps",
        [{"warmup": 9, "stepped": "step"}, {"warmup": 9, "stepped": "step", "schedule": "cosine"}],
    ),
    "nesterov without momentum": (
        SGD,
        {"nesterov": True},
        "nesterov needs momentum",
        [{"nesterov": True, "momentum": 0.9}, {"nesterov": True, "optimizer": "adam"}],
    ),
    "onecycle in one step": (
        DIGITS,
        {"schedule": "onecycle", "epochs": 1, "batch_size": 0},
        "onecycle in a training of one step",
        [
            {"schedule": "onecycle", "epochs": 2, "batch_size": 0},
            {"schedule": "onecycle", "epochs": 1, "batch_size": 20},
            {"schedule": "cyclic", "epochs": 1, "batch_size": 0},
        ],
    ),
    "mixup of one row": (
        DIGITS,
        {"mixup": 0.2, "batch_size": 1},
        "mixup needs two rows in a batch",
        [{"mixup": 0.2, "batch_size": 2}, {"mixup": 0.2, "batch_size": 13}, {"mixup": 0.2, "batch_size": 0}],
    ),
    "convolutions of points": (MOONS, {"channels": (4,)}, "channels needs images", [{"kernel": 5, "pool": "max"}]),
    "shifted points": (MOONS, {"shift": 1}, "shift needs images, and two moons has none. Use 0", [{}]),
    "turned noise": (BLANK, {"rotate": 5}, "rotate needs images", [{}]),
    "wrong labels of numbers": (BLANK, {"label_noise": 0.3}, "label_noise cannot be 0.3: .* has no labels", [{}]),
    "smoothed labels of numbers": (
        BLANK,
        {"label_smoothing": 0.1},
        "label_smoothing cannot be 0.1: .* has no labels",
        [{"mixup": 0.2}],
    ),
    "accuracy of numbers": (
        BLANK,
        {"watch": "accuracy"},
        "watch cannot be accuracy: .* has no labels to get right. Use loss",
        [{"patience": 1, "restore": True}],
    ),
    "moved images": (
        DIGITS,
        {"feature_noise": 0.1},
        f"only points in the plane are moved .{', '.join(TOYS)}",
        [{"data": "moons", "feature_noise": 0.1}, {"data": "plane", "feature_noise": 0.1}],
    ),
    "moved noise": (BLANK, {"feature_noise": 0.1}, "only points in the plane are moved", [{}]),
    "too many layers": (
        DIGITS,
        {"widths": (2, 2), "depth": 33},
        r"widths \[2, 2\] at depth 33 make 66 layers; 64 are allowed",
        [{"widths": (2, 2), "depth": 32}],
    ),
    "too many layers and a convolution": (
        CNN,
        {"widths": (2,), "depth": 64},
        "1 convolutions and widths .2. at depth 64 make 65 layers",
        [{"widths": (2,), "depth": 63}],
    ),
    "too many rates": (
        DIGITS,
        {"dropout": (0.5, 0.2, 0.1), "depth": 2},
        "dropout has 3 rates and the network 2 hidden layers",
        [{"dropout": (0.5, 0.2), "depth": 2}, {"dropout": 0.5, "depth": 2}],
    ),
    "a rate too few": (
        CNN,
        {"dropout": (0.5,), "widths": (8,)},
        "dropout has 1 rates and the network 2 hidden layers",
        [{"dropout": (0.5, 0.1), "widths": (8,)}, {"dropout": (0.5,)}],
    ),
    "more rows than there are": (
        BLANK,
        {"train_size": 101},
        "train_size cannot be 101: uniform noise has 100 training rows. Allowed here: 2 to 100",
        [{"train_size": 100}],
    ),
    "more digits than ship": (DIGITS, {"train_size": 2001}, "MNIST digits has 2000", [{"train_size": 2000}]),
    "own data without a file": (DIGITS, {"data": "own"}, "cannot be 'own' without a file", [{"data": "digits"}]),
}


@pytest.fixture(scope="module")
def one_thread():
    """On so small networks, several threads only wait for one another."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


trains = pytest.mark.usefixtures("one_thread")


def one_epoch(recipe):
    """Really trains; the mean training loss, and the network."""
    import torch

    from lessons.lab.forge import forge, load_data

    program = source(recipe)
    names = forge(program)
    torch.manual_seed(0)
    model = names["Net"]()
    data = load_data(recipe, program, "cpu", 0)
    epoch, loss = next(names["train"](model, data, 0))
    assert epoch == 1
    for split in ("train", "validation"):
        assert all(map(math.isfinite, names["evaluate"](model, *data[split])))
    return loss, model


@trains
@pytest.mark.parametrize(("recipe", "turned", "says", "allowed"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_work_is_refused_with_a_reason_and_its_neighbours_train(recipe, turned, says, allowed):
    with pytest.raises(Mistake, match=says) as caught:
        recipe.turned(**turned)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    for other in allowed:
        neighbour = recipe.turned(**other)
        loss, model = one_epoch(neighbour)
        assert math.isfinite(loss)
        assert sum(p.numel() for p in model.parameters()) == neighbour.parameters


def test_every_refusal_is_tested():
    """Each place where ``sense`` refuses is reached by the table above, or by one of the three tests below."""
    below = [
        (DIGITS, {"widths": (16_384, 16_384)}),
        (CNN, {"channels": (64,), "padding": 1, "train_size": 2000, "batch_size": 0}),
    ]
    refused = set()
    for recipe, turned in [*((recipe, turned) for recipe, turned, *_ in REFUSED.values()), *below]:
        with pytest.raises(Mistake) as caught:
            recipe.turned(**turned)
        refused.add(caught.traceback[-1].lineno + 1)
    raising = [node for node in ast.walk(ast.parse(inspect.getsource(sense))) if isinstance(node, ast.Raise)]
    assert len(raising) > 20
    for node in raising:
        assert any(node.lineno <= line <= node.end_lineno for line in refused), ast.unparse(node)


@trains
def test_a_network_is_refused_by_its_real_number_of_weights(monkeypatch):
    with pytest.raises(Mistake, match=r"make 281,[0-9,]* weights; 50,000,000 are allowed"):
        DIGITS.turned(widths=(16_384, 16_384))
    for recipe in (DIGITS.turned(norm="layer"), CNN):
        monkeypatch.setattr(sense, "MAX_PARAMETERS", recipe.parameters)
        assert math.isfinite(one_epoch(recipe.turned(lr=0.02))[0])
        monkeypatch.setattr(sense, "MAX_PARAMETERS", recipe.parameters - 1)
        with pytest.raises(Mistake, match="weights"):
            recipe.turned(lr=0.02)


@trains
def test_a_step_is_refused_by_what_its_layers_put_out(monkeypatch):
    large = {"channels": (64,), "padding": 1, "train_size": 2000}
    with pytest.raises(Mistake, match="a step of 2000 rows makes the layers put out 100,352,000 numbers"):
        CNN.turned(batch_size=0, **large)
    assert CNN.turned(batch_size=100, **large).batch == 100
    monkeypatch.setattr(sense, "MAX_OUTPUTS", 8 * CNN.outputs)
    assert math.isfinite(one_epoch(CNN.turned(lr=0.02))[0])
    with pytest.raises(Mistake, match="a step of 9 rows"):
        CNN.turned(batch_size=9)


@trains
def test_own_data_and_others_are_not_used_at_once(tmp_path):
    path = tmp_path / "guests.csv"
    path.write_text("a,b,label\n" + "".join(f"{i},{i % 5},{i % 2}\n" for i in range(20)), encoding="utf-8")
    own = own_data.inspect(path)
    with pytest.raises(Mistake, match="data cannot be 'digits' and a file of one's own at once"):
        Recipe(own=own)
    with pytest.raises(Mistake, match=r"guests\.csv has 12 training rows\. Allowed here: 2 to 12"):
        Recipe(data="own", own=own, train_size=13)
    with pytest.raises(Mistake, match=r"rotate needs images, and guests\.csv has none"):
        Recipe(data="own", own=own, train_size=12, rotate=3)
    recipe = Recipe(data="own", own=own, train_size=12, label_noise=0.1)
    assert math.isfinite(one_epoch(recipe)[0])
    assert recipe.turned(data="moons").own is None
    assert Recipe.from_dict(recipe.to_dict()) == recipe


@trains
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
