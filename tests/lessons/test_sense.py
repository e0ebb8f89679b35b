"""Combinations that are refused with a reason, and their neighbours, which train."""

import ast
import inspect
import math

import pytest

from lessons import own as own_data
from lessons import sense
from lessons.datasets import TOYS
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.source import source

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
        "groups has 1 number and the network 2 hidden layers",
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
        "dropout has 1 rate and the network 2 hidden layers",
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
