"""The generated text: idiomatic, safe, and only different where a setting is."""

import ast
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lessons.datasets import TOYS
from lessons.jobs import job
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.settings import SETTINGS
from lessons.source import changed_lines, source
from tests.lessons.recipes import recipes, values, wild

NOISY = job("noisy-digits-mlp").recipe


def words(text):
    return set(text.split())


IMPORTS = {
    "import argparse",
    "import copy",
    "import math",
    "from pathlib import Path",
    "import numpy as np",
    "import torch",
    "import torch.nn.functional as F",
    "import torchvision",
    "from torch import nn",
}
MODULES = {"F", "Path", "argparse", "copy", "math", "nn", "np", "torch", "torchvision"}
OWN_FUNCTIONS = {
    "Net",
    "blank",
    "evaluate",
    "load_data",
    "main",
    "pixels",
    "points",
    "rotate",
    "shift",
    "standardise",
    "train",
}
BUILT_IN = {"float", "isinstance", "len", "print", "range", "sum", "super", "vars"}
OF_MODULES = words(
    """
    F.affine_grid F.cross_entropy F.grid_sample F.mse_loss F.pad F.softshrink
    argparse.ArgumentParser copy.deepcopy math.radians np.load np.loadtxt np.random.default_rng
    nn.AvgPool2d nn.BatchNorm1d nn.BatchNorm2d nn.Conv2d nn.Dropout nn.Dropout2d nn.ELU nn.Flatten nn.GELU
    nn.GroupNorm nn.Identity nn.InstanceNorm2d nn.LayerNorm nn.LeakyReLU nn.Linear nn.MaxPool2d nn.ReLU nn.Sequential
    nn.SiLU nn.Sigmoid nn.Tanh nn.Unflatten nn.utils.clip_grad_norm_
    nn.init.constant_ nn.init.kaiming_normal_ nn.init.kaiming_uniform_ nn.init.normal_ nn.init.orthogonal_
    nn.init.xavier_normal_ nn.init.xavier_uniform_ nn.init.zeros_
    torch.Generator torch.arange torch.cat torch.cdist torch.exp torch.from_numpy torch.inference_mode
    torch.manual_seed torch.no_grad torch.ones_like torch.rand torch.randint torch.randn torch.randperm
    torch.set_flush_denormal torch.set_num_threads torch.stack torch.tensor torch.where torch.zeros
    torch.optim.Adam torch.optim.AdamW torch.optim.RMSprop torch.optim.SGD
    torch.optim.lr_scheduler.CosineAnnealingLR torch.optim.lr_scheduler.CyclicLR
    torch.optim.lr_scheduler.ExponentialLR torch.optim.lr_scheduler.LinearLR torch.optim.lr_scheduler.MultiStepLR
    torch.optim.lr_scheduler.OneCycleLR torch.optim.lr_scheduler.ReduceLROnPlateau
    torch.optim.lr_scheduler.SequentialLR torch.optim.lr_scheduler.StepLR
    torchvision.datasets.FashionMNIST torchvision.datasets.MNIST
    """
)
METHODS = words(
    """
    abs add_argument amax argmax astype backward beta copy_ cos detach eval flatten float item items layers
    load_state_dict long manual_seed mean modules parameters parse_args permutation reshape sign sin split
    sqrt state_dict std step sum tensor_split to train view zero_grad __init__
    """
)
KEYWORDS = {
    "np.load": set(),  # never allow_pickle
    "torchvision.datasets.MNIST": {"train"},  # never download
    "torchvision.datasets.FashionMNIST": {"train"},
}


def dotted(node):
    """``torch.optim.Adam`` of an attribute that hangs from a plain name; else its last part, with a dot before it."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else f".{parts[-1]}" if parts else "?"


def foreign(tree):
    """Whatever a program calls or names that it has no business with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) not in IMPORTS:
            yield ast.unparse(node)
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name.startswith("__") and name not in ("__doc__", "__file__", "__init__", "__name__"):
                yield name
        elif isinstance(node, ast.Call):
            called = dotted(node.func)
            first, _, last = called.rpartition(".")
            if first.split(".")[0] in MODULES:
                ok = called in OF_MODULES
            elif "." in called:
                ok = last in METHODS
            else:
                ok = called in OWN_FUNCTIONS | BUILT_IN | {"Path", "model"}
            if not ok or {k.arg for k in node.keywords} - KEYWORDS.get(called, {k.arg for k in node.keywords}):
                yield ast.unparse(node)
        elif isinstance(node, ast.Global | ast.Nonlocal | ast.AsyncFunctionDef | ast.Await):
            yield type(node).__name__


def functions(recipe):
    """The names that its program defines, in their order."""
    changing = [name for name in ("shift", "rotate") if getattr(recipe, name)]
    return ["load_data", "Net", *changing, "evaluate", "train", "main"]


@pytest.mark.slow
@given(wild())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_every_recipe_is_a_safe_program_of_a_network_and_a_few_functions(recipe):
    program = source(recipe)
    tree = ast.parse(program.text)
    assert [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)] == functions(recipe)
    # Nothing but numbers, strings of our own and names of torch: no call that could reach further.
    assert list(foreign(tree)) == []
    assert max(map(len, program.text.splitlines())) <= 88
    for part in (program.head, program.data, program.experiment, program.main):
        assert part in program.text and ast.parse(part)
    (load,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "load_data"]
    assert tuple(a.arg for a in load.args.args) == program.takes
    words = ast.get_docstring(tree)
    assert recipe.facts.title in words and all(name in words for name in recipe.facts.files)


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "from pathlib import PurePath",
        "open('x')",
        "torch.load('x')",
        "np.load('x', allow_pickle=True)",
        "torchvision.datasets.MNIST('x', train=True, download=True)",
        "Path.home()",
        "x.__class__",
        "().__class__.mro()",
        "eval('x')",
        "x.tofile('y')",
        "(lambda: 1)()",
        "getattr(torch, 'load')('x')",
    ],
)
def test_the_watch_over_calls_sees_what_it_should(text):
    assert list(foreign(ast.parse(text)))


@pytest.mark.slow
def test_random_texts_are_formatted_and_free_of_lint(tmp_path):
    written = []

    @given(wild())
    @settings(max_examples=600, deadline=None, derandomize=True, database=None)
    def write(recipe):
        path = tmp_path / f"{source(recipe).sha256[:16]}.py"
        path.write_text(source(recipe).text, encoding="utf-8")
        written.append(path)

    write()
    assert len(set(written)) >= 300
    ruff = [sys.executable, "-m", "ruff"]
    select = "E,F,I,B,UP,SIM,C4"
    for command in (["format", "--diff", "--isolated"], ["check", "--isolated", "--no-cache", "--select", select]):
        done = subprocess.run([*ruff, *command, str(tmp_path)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (done.stdout + done.stderr)[:5000]


CNN = {"channels": (8,), "widths": ()}
WHERE = {
    "groups": {"norm": "group"},
    "nesterov": {"optimizer": "sgd", "momentum": 0.9},
    "momentum": {"optimizer": "sgd"},
    "feature_noise": {"data": "moons", "label_noise": 0.0},
    "label_noise": {"label_noise": 0.0},
    "norm_place": {"norm": "layer"},
    "stepped": {"schedule": "step"},
    "gamma": {"schedule": "step"},
    "step_size": {"schedule": "step"},
    "cycle_momentum": {"schedule": "onecycle"},
    "decay_on": {"weight_decay": 0.1},
    "l1_on": {"l1": 0.1},
    "l1_step": {"l1": 0.1},
    "min_delta": {"patience": 2},
    "watch": {"restore": True},
    **{name: {"channels": (8,)} for name in ("kernel", "stride", "padding", "pool")},
}
"""What must be turned first, so that a setting does something (``idle`` decides whether it does)."""

OTHER = {
    "dropout": [0.25, (0.1, 0.2)],
    "norm": ["batch", "layer", "group", "instance"],
    "groups": [4, (16, 4)],
    "widths": [(), (256,), (256, 128, 64)],
    "channels": [(4,), (4, 8)],
    "nesterov": [True],
    "bias": [0.0, 0.5],
    "data": ["mnist", "fashion", *TOYS, "plane", "bumps", "noise"],
    "milestones": [(1,), (3, 30)],
    "padding": [1, 2],
    "epochs": [7],
    "train_size": [99],
}
"""Values besides the default; words and switches need none, other numbers get one of ``NUMBERS``."""
NUMBERS = (3, 2, 0.02)


def others(name):
    """Values of a setting besides its default."""
    kind = SETTINGS[name]
    if name in OTHER:
        return OTHER[name]
    if hasattr(kind, "codes"):
        return [word for word in kind.codes if word != kind.default]
    if isinstance(kind.default, bool):
        return [not kind.default]
    number = next(n for n in NUMBERS if kind.low <= n <= kind.high and n != kind.default and not (kind.whole and n % 1))
    return [number]


def context(name, value):
    """A recipe in which this setting is at its default and does something, if that can be."""
    base = NOISY.turned(widths=(64, 32), label_noise=0.0)
    kind = SETTINGS[name]
    needed = WHERE.get(name) or {k: v[0] for k, v in kind.when.items()}
    if name == "data" and value not in ("mnist", "fashion"):
        needed = {"train_size": 100}
    elif (name, value) == ("norm", "instance"):
        needed = CNN
    elif (name, value) == ("dropout", (0.1, 0.2)):
        needed = {"widths": (64, 32)}
    return base.turned(**needed).turned(**{name: kind.default})


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in SETTINGS for value in others(name)])
def test_a_setting_changes_the_text_where_it_does_something(name, value):
    before = context(name, value)
    after = before.turned(**{name: value})
    assert not before.idle(name)
    assert source(before).text != source(after).text and source(before).sha256 != source(after).sha256


def nothing(name):
    """What turns a setting off."""
    return {tuple: (), bool: False}.get(type(SETTINGS[name].default), 0)


@pytest.mark.parametrize("name", [name for name, kind in SETTINGS.items() if kind.needs or kind.when])
def test_a_setting_changes_nothing_where_it_is_idle(name):
    kind = SETTINGS[name]
    off = {other: nothing(other) for other in kind.needs}
    off |= {other: next(w for w in SETTINGS[other].codes if w not in words) for other, words in kind.when.items()}
    idle = NOISY.turned(**off)
    assert idle.idle(name)
    plain, tried = source(idle.turned(**{name: kind.default})).text, 0
    for value in others(name):
        with suppress(Mistake):  # a list of one for each of two layers, where there are none
            assert source(idle.turned(**{name: value})).text == plain
            tried += 1
    assert tried


@pytest.mark.slow
@given(wild())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_whatever_is_idle_can_be_at_its_default_as_well(recipe):
    idle = [name for name in SETTINGS if recipe.idle(name)]
    plain = recipe.turned(**{name: SETTINGS[name].default for name in idle})
    assert source(plain).text == source(recipe).text


def meaning(recipe, name):
    """What a value comes to: one rate for all layers is the same as that rate for each."""
    return {"dropout": recipe.rates, "groups": recipe.grouping}.get(name, getattr(recipe, name))


@given(recipes(), st.sampled_from([name for name in SETTINGS if name not in ("data", "norm")]), st.data())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_is_not_idle_does_something(recipe, name, data):
    """Of a norm this is not quite true: on images, layer norm is group norm with one group."""
    try:
        turned = recipe.turned(**{name: data.draw(values(name))})
    except Mistake:
        assume(False)
    assert (source(turned).text == source(recipe).text) == (
        meaning(turned, name) == meaning(recipe, name) or bool(recipe.idle(name))
    )


EMPTY = Recipe(widths=(), norm="none")


@pytest.mark.parametrize(
    ("recipe", "name", "value"),
    [
        (EMPTY, "activation", "tanh"),
        (EMPTY, "dropout", 0.5),
        (EMPTY, "depth", 3),
        (Recipe(data="moons"), "pixels", "unit"),
        (Recipe(schedule="constant"), "stepped", "step"),
    ],
)
def test_a_setting_with_nothing_to_change_is_idle(recipe, name, value):
    assert source(recipe).text == source(recipe.turned(**{name: value})).text
    assert recipe.idle(name)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"dropout": 0.5}, "nn.Dropout(0.5),"),
        ({"norm": "batch"}, "nn.BatchNorm1d(256),"),
        ({"norm": "layer"}, "nn.LayerNorm(256),"),
        ({"norm": "group"}, "nn.GroupNorm(8, 256),"),
        ({"activation": "tanh"}, "nn.Tanh(),"),
        ({"init": "kaiming_normal"}, 'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")'),
        ({"init": "kaiming_normal"}, 'nn.init.kaiming_normal_(layers[-1].weight, nonlinearity="linear")'),
        ({"init": "xavier_uniform", "gain": 2}, "nn.init.xavier_uniform_(layer.weight, gain=2.0)"),
        ({"bias": 0}, "nn.init.zeros_(layer.bias)"),
        ({"bias": 0.5}, "nn.init.constant_(layer.bias, 0.5)"),
        ({"weight_decay": 0.1}, "weight_decay=0.1"),
        (
            {"weight_decay": 0.1, "decay_on": "weights"},
            '[{"params": weights, "weight_decay": 0.1}, {"params": others}]',
        ),
        ({"l1": 0.001}, "penalty = 0.001 * sum(p.abs().sum() for p in weights)"),
        ({"l1": 0.001, "l1_on": "all"}, "penalty = 0.001 * sum(p.abs().sum() for p in model.parameters())"),
        ({"l1": 0.001, "l1_step": "proximal"}, "p.copy_(F.softshrink(p, threshold))"),
        ({"epochs": 7}, "for epoch in range(1, 7 + 1):"),
        ({"lr": 0.02}, "lr=0.02"),
        ({"optimizer": "sgd"}, "torch.optim.SGD("),
        ({"optimizer": "sgd", "momentum": 0.9, "nesterov": True}, "momentum=0.9, nesterov=True"),
        ({"clip": 1}, "nn.utils.clip_grad_norm_(model.parameters(), 1.0)"),
        ({"batch_size": 32}, "order.split(32)"),
        ({"batch_size": 0}, "yield epoch, loss.item()"),
        ({"widths": (99,)}, "nn.Linear(784, 99)"),
        ({"depth": 2}, "nn.Linear(128, 256)"),
        (
            {"channels": (4,), "kernel": 5, "stride": 2, "padding": 1},
            "nn.Conv2d(1, 4, kernel_size=5, stride=2, padding=1)",
        ),
        ({"channels": (4,), "pool": "max"}, "nn.MaxPool2d(2),"),
        ({"channels": (4,), "dropout": 0.5}, "nn.Dropout2d(0.5),"),
        ({"channels": (4,), "norm": "layer"}, "nn.GroupNorm(1, 4),"),
        ({"schedule": "step"}, "torch.optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.1)"),
        ({"schedule": "cosine"}, "CosineAnnealingLR(optimizer, T_max=30)"),
        ({"schedule": "cosine", "stepped": "step"}, "CosineAnnealingLR(optimizer, T_max=480)"),
        ({"schedule": "cosine", "warmup": 5}, "CosineAnnealingLR(optimizer, T_max=25)"),
        ({"schedule": "plateau"}, "scheduler.step(validation_loss)"),
        ({"warmup": 3}, "total_iters=3"),
        ({"patience": 3}, "if waited == 3:"),
        ({"restore": True}, "model.load_state_dict(best_weights)"),
        ({"restore": True, "watch": "accuracy", "min_delta": 0.01}, "if validation_accuracy > best + 0.01:"),
        ({"mixup": 0.2}, "share = mix.beta(0.2, 0.2)"),
        ({"label_smoothing": 0.1}, "loss = F.cross_entropy(model(x[batch]), y[batch], label_smoothing=0.1)"),
        ({"shift": 2}, "images = shift(x[batch], draw)"),
        ({"shift": 2, "rotate": 10}, "images = rotate(images, draw)"),
    ],
)
def test_a_turned_setting_writes_its_line_and_lights_it(change, line):
    base = NOISY.turned(epochs=30, batch_size=64, train_size=1000)
    before, after = source(base).experiment, source(base.turned(**change)).experiment
    assert line not in before and line in after
    lit = [after.splitlines()[n] for n in changed_lines(before, after)]
    assert any(line in text for text in lit)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"train_size": 99}, 'x = pixels("xtr")[:99]'),
        ({"redraw": True}, "rows = torch.randperm(2000, generator=draw)"),
        ({"label_noise": 0.1}, '"wrong": (x[wrong], y[wrong])'),
        ({"pixels": "half"}, "MEAN, STD = 0.5, 0.5"),
        ({"data": "moons", "feature_noise": 0.1}, "x = x + 0.1 * torch.randn(rows, 2, generator=draw)"),
        ({"data": "mnist"}, "torchvision.datasets.MNIST(folder, train=True)"),
    ],
)
def test_a_turned_setting_of_the_data_writes_its_line(change, line):
    base = Recipe(train_size=100)
    assert line not in source(base).data and line in source(base.turned(**change)).data


@pytest.mark.parametrize(
    ("recipe", "takes"),
    [
        (Recipe(), ("folder",)),
        (Recipe(redraw=True), ("folder", "seed")),
        (Recipe(data="fashion", redraw=True), ("folder", "seed")),
        (Recipe(data="moons"), ()),
        (Recipe(data="noise", train_size=100, redraw=True), ("seed",)),
    ],
)
def test_a_program_takes_a_folder_and_a_seed_only_where_it_needs_them(recipe, takes):
    program = source(recipe)
    assert program.takes == takes
    assert f"data = load_data({', '.join(takes)})" in program.main
    assert ("--folder" in program.main) == ("folder" in takes)


def test_a_forgotten_eval_is_a_line_that_is_missing():
    before, after = source(NOISY).experiment, source(NOISY.turned(eval_mode=False)).experiment
    assert "model.eval()" in before and "model.eval()" not in after
    assert changed_lines(before, after)  # the line that closed the gap is lit
    assert changed_lines(after, after) == []


def test_adamw_does_not_decay_behind_the_players_back():
    assert "weight_decay=0.0" in source(NOISY.turned(optimizer="adamw")).experiment


def test_momentum_is_only_written_where_it_is_used():
    assert "momentum" not in source(NOISY.turned(momentum=0.9)).text
    assert "momentum=0.9" in source(NOISY.turned(momentum=0.9, optimizer="sgd")).text


def test_the_same_recipe_gives_the_same_text_and_hash():
    a, b = Recipe(widths=(8,)), Recipe(widths=[8])
    assert source(a).text == source(b).text and source(a).sha256 == source(b).sha256
    assert source(a).sha256 != source(a.turned(lr=0.5)).sha256


@given(wild())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_a_recipe_that_went_through_json_gives_the_same_hash(recipe):
    again = Recipe.from_dict(recipe.to_dict())
    assert again == recipe
    kept = source(recipe).sha256
    source.cache_clear()
    assert source(again).sha256 == kept
