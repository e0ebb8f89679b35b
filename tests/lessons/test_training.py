"""Real training: repeatable, undisturbed, and the same as the exported script."""

import math
import re
import subprocess
import sys

import pytest
import torch

from lessons import wire
from lessons.client import TrainingFailed
from lessons.jobs import job
from lessons.lab import measuring, training
from lessons.lab.forge import forge
from lessons.source import source
from tests.lab import client, run
from tutor.export import export

NOISY = job("noisy-digits-mlp").recipe.turned(epochs=3, widths=(32, 16))
FORGOTTEN = NOISY.turned(dropout=0.5, eval_mode=False, norm="batch")
BLANK = job("blank-page").recipe


def train(*asked, **options):
    async def work():
        async with client() as lab:
            return [await lab.train(recipe, seeds, "cpu", **options) for recipe, seeds in asked]

    return run(work())


@pytest.fixture(scope="module")
def reports():
    return train((NOISY, [0, 1]), (NOISY, [0, 1]), (FORGOTTEN, [7]), (BLANK, [3]), (NOISY.turned(lr=1e9), [0, 1]))


def without_seconds(report):
    return {name: values for name, values in report.metrics.items() if name != "seconds"}


@pytest.mark.slow
def test_a_run_repeats_bit_for_bit(reports):
    assert without_seconds(reports[0]) == without_seconds(reports[1])
    assert reports[0].history == reports[1].history
    assert reports[0].metrics["test_loss"][0] != reports[0].metrics["test_loss"][1]  # seeds differ


def test_a_report_holds_every_metric_and_the_curves(reports):
    report = reports[0]
    assert report.sha256 == source(NOISY).sha256 and report.device == "cpu"
    assert report.history[0]["epoch"] == [1, 2, 3]
    for name in ("train_loss", "validation_accuracy", "right_label_accuracy", "wrong_label_accuracy", "weight_norm"):
        assert len(report.history[0][name]) == 3
    for name, values in report.metrics.items():
        if name.startswith("epochs_to_"):
            assert all(v is None or v in (1, 2, 3) for v in values), name
            continue
        assert len(values) == 2 and all(math.isfinite(v) for v in values), name
    assert report.history[1]["train_loss"][-1] == report.metrics["train_loss"][1]
    gap = report.metrics["train_accuracy"][0] - report.metrics["test_accuracy"][0]
    assert report.metrics["gap"][0] == gap


def test_training_accuracy_is_that_of_right_and_wrong_labels_together(reports):
    metrics = reports[0].means
    right, wrong = metrics["right_label_accuracy"], metrics["wrong_label_accuracy"]
    share = (metrics["train_accuracy"] - wrong) / (right - wrong)
    assert 0.65 < share < 0.75  # three labels in ten are wrong


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"epochs": 1}, [0, 1]),
        ({"epochs": 12}, [0, 2, 4, 6, 8, 10, 12]),
        ({"epochs": 12, "restore": True}, [0, 2, 4, 6, 8, 10, 12]),
        (
            {"epochs": 12, "patience": 1, "min_delta": 1000.0},
            [0, 2, 2],
        ),  # it stops where it was looked into, and is again
        ({"lr": 1e9, "optimizer": "sgd"}, [0]),
    ],
)
def test_a_network_is_looked_into_before_between_and_after(change, seen):
    found = []
    training.train_seed(training.Order(1, NOISY.turned(**change), 5, watched=True), found.append, lambda: False)
    looks = [event.view for event in found if isinstance(event, wire.Look)]
    assert [look["epoch"] for look in looks] == seen
    torch.manual_seed(5)
    started = forge(source(NOISY))["Net"]().layers[0].weight.norm().item()
    assert looks[0]["layers"][0]["weight_norm"] == pytest.approx(started, rel=1e-4)


def test_a_curve_of_many_rows_weighs_true_and_false_labels_by_how_many_there_are():
    """Only the first of each pile are read, and the false ones are far fewer than the true ones."""
    x, true, false = torch.zeros(20_000, 1), torch.zeros(20_000, dtype=torch.long), torch.ones(6000, dtype=torch.long)
    read = []

    def evaluate(model, x, y):
        read.append(len(y))
        return (1.0, 1.0) if (y == 0).all() else (5.0, 0.0)

    piles = {"train": (torch.cat((x, x[:6000])), torch.cat((true, false))), "validation": (x[:9000], true[:9000])}
    piles |= {"right": (x, true), "wrong": (x[:6000], false)}
    found = measuring.live(torch.nn.Linear(1, 2), piles, evaluate)
    assert found["train_accuracy"] == pytest.approx(20 / 26)
    assert found["train_loss"] == pytest.approx((20 * 1 + 6 * 5) / 26)
    assert read == [9000, measuring.LIVE, measuring.LIVE]


def test_a_regression_is_measured_without_accuracy(reports):
    report = reports[3]
    assert set(report.metrics) == {
        "train_loss",
        "validation_loss",
        "test_loss",
        "loss_gap",
        "weight_norm",
        "sparsity",
        "zeros",
        "dead_units",
        "epochs_run",
        "parameters",
        "seconds",
    }


def test_a_diverging_run_ends_at_once_without_numbers(reports):
    report = reports[4]
    assert report.diverged == {0: 1, 1: 1}
    assert report.metrics["test_accuracy"] == [None, None] and report.means["test_accuracy"] is None


SPLITS = {"train": "train", "validation": "validation", "test": "test"}


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 2, 3], ids=["plain", "forgotten eval and batch norm", "regression"])
def test_the_exported_script_prints_the_same_metrics_to_the_last_digit(reports, place, tmp_path):
    report = reports[place]
    script = tmp_path / "experiment.py"
    export(report.recipe, script)
    assert script.read_text(encoding="utf-8") == source(report.recipe).text  # pane, export and run are one text
    seed = report.seeds[0]
    done = subprocess.run(
        [sys.executable, str(script), "--seed", str(seed)], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert done.returncode == 0, done.stderr
    printed = {
        split: {name: float(value) for name, value in re.findall(r"(loss|accuracy) ([^\s,]+)", rest)}
        for split, rest in re.findall(r"^(train|validation|test|right|wrong): (.*)$", done.stdout, re.MULTILINE)
    }
    for split in ("train", "validation", "test"):
        for name, value in printed[split].items():
            assert report.metrics[f"{split}_{name}"][0] == value, (split, name)
    for split in ("right", "wrong"):
        if split in printed:
            assert report.metrics[f"{split}_label_accuracy"][0] == printed[split]["accuracy"]


MEASURED = """
import sys, torch
from lessons.lab import measuring, training
from lessons.recipe import Recipe
from lessons.wire import SeedDone
import json
recipe = Recipe.from_dict(json.loads(sys.argv[1]))
if sys.argv[2] == "off":
    measuring.live = lambda *a: {}
found = []
training.train_seed(training.Order(1, recipe, 5), found.append, lambda: False)
done = next(e for e in found if isinstance(e, SeedDone))
print(json.dumps({k: v for k, v in done.metrics.items() if k != "seconds"}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [NOISY.turned(dropout=0.5), FORGOTTEN], ids=["dropout", "forgotten eval"])
def test_measuring_leaves_no_trace(recipe):
    """Bit for bit the same run with the curves measured and without."""
    import json

    outputs = {
        subprocess.run(
            [sys.executable, "-c", MEASURED, json.dumps(recipe.to_dict()), mode],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for mode in ("on", "off")
    }
    assert len(outputs) == 1


@pytest.mark.slow
def test_dropout_does_not_change_the_first_weights_or_the_order():
    """One generator per purpose: at a vanishing rate of dropout the run is nearly the one without."""
    (plain,), (tiny,) = (
        r.metrics["test_loss"]
        for r in train((NOISY.turned(epochs=1), [0]), (NOISY.turned(epochs=1, dropout=1e-7), [0]))
    )
    assert plain == pytest.approx(tiny, rel=1e-5)


def test_what_the_machine_lacks_is_said():
    with pytest.raises(TrainingFailed) as caught:

        async def work():
            async with client() as lab:
                await lab.train(NOISY, [0], "mps")

        run(work())
    assert caught.value.lacks and "not on this machine" in str(caught.value)


def test_messages_survive_being_torn():
    sent = [wire.Night(1, 0, 3, {"train_loss": 0.5, "test": None}), wire.Stop(2), wire.Finished(1, 0.25)]
    stream = b"".join(map(wire.encode, sent))
    lines, got = wire.Lines(), []
    for place in range(0, len(stream), 7):
        got += lines.feed(stream[place : place + 7])
    assert got == sent


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_that_json_does_not_have_is_sent(value):
    with pytest.raises(ValueError):
        wire.encode(wire.Night(1, 0, 1, {"train_loss": value}))
