"""Every random recipe's program runs, and the lab, the exported script and the notebook find the same numbers.

A fresh interpreter needs two seconds for torch, so one process that holds torch, and never trains itself, forks
a child for each way of running a recipe: ``python -m tests.lessons.test_programs FOLDER``.
"""

import json
import math
import os
import re
import runpy
import select
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from lessons.own import inspect
from lessons.recipe import Recipe
from lessons.settings import SETTINGS, Choice
from tests.lessons.recipes import SMALL, extremes, recipes
from tutor.export import export

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60
"""Seconds that one child may take."""

# --- In the process that forks ---


def serve(folder):
    """Run each recipe that standard input brings in each way that it asks for, side by side."""
    import nbformat  # noqa: F401 (the children find these loaded)

    import lessons.lab.training  # noqa: F401
    from lessons.lab import devices

    devices.warm()
    folder = Path(folder)
    for line in sys.stdin:
        order = json.loads(line)
        recipe = Recipe.from_dict(order["recipe"])
        children = {way: start(WAYS[way], folder, recipe, order["seed"]) for way in order["ways"]}
        print(json.dumps({way: child.end() for way, child in children.items()}), flush=True)


def in_the_lab(folder, recipe, seed):
    """Trains as the lab does, and prints the metrics."""
    from lessons.lab.training import Order, train_seed
    from lessons.wire import SeedDone

    events = []
    train_seed(Order(1, recipe, seed), events.append, lambda: False)
    (done,) = [event for event in events if isinstance(event, SeedDone)]
    print(json.dumps({"metrics": done.metrics, "diverged": done.diverged}, allow_nan=False))


def as_a_script(folder, recipe, seed):
    """The exported script, run as a program."""
    path = folder / "script.py"
    export(recipe, path)
    sys.argv = [str(path), "--seed", str(seed)]
    runpy.run_path(str(path), run_name="__main__")


def as_a_notebook(folder, recipe, seed):
    """The cells of the exported notebook, one after another; its seed is 0."""
    path = folder / "book.ipynb"
    export(recipe, path)
    cells = [cell["source"] for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    names = {"__name__": "__main__"}
    for cell in cells:
        exec(compile("".join(cell), "cell", "exec"), names)


WAYS = {"lab": in_the_lab, "script": as_a_script, "notebook": as_a_notebook}


@dataclass
class Child:
    """One way of running a recipe, in a process of its own."""

    pid: int
    out: Path
    begun: float

    def end(self):
        """What it printed, once it has ended; killed where it takes too long."""
        while not (ended := os.waitpid(self.pid, os.WNOHANG))[0]:
            if time.monotonic() - self.begun > LIMIT:
                os.kill(self.pid, signal.SIGKILL)
                ended = os.waitpid(self.pid, 0)
                break
            time.sleep(0.001)
        return {"code": os.waitstatus_to_exitcode(ended[1]), "out": self.out.read_text()}


def start(work, folder, recipe, seed):
    """A child that does this work in the folder; whatever it prints goes into a file."""
    out = folder / f"{work.__name__}.txt"
    begun = time.monotonic()
    if pid := os.fork():
        return Child(pid, out, begun)
    code = 1
    try:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        work(folder, recipe, seed)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


# --- In the tests ---


class House:
    """The process that forks, as the tests see it."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.lessons.test_programs", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
            # Large pages: the children's memory is new to them, and is mapped in fewer pieces.
            env={**os.environ, "OMP_NUM_THREADS": "1", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"},
        )

    def run(self, recipe, *ways, seed=0):
        """What each way printed and how it ended."""
        order = json.dumps({"recipe": recipe.to_dict(), "seed": seed, "ways": ways})
        self.process.stdin.write(order.encode() + b"\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], 3 * LIMIT)
        line = self.process.stdout.readline() if ready else b""
        assert line, "the process that forks does not answer"
        answer = json.loads(line)
        for way in ways:
            assert answer[way]["code"] == 0, f"{way}: exit code {answer[way]['code']}\n{answer[way]['out']}"
        return {way: answer[way]["out"] for way in ways}

    def close(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    if sys.platform != "linux":
        pytest.skip("forks a process that holds torch")
    one = House(tmp_path_factory.mktemp("house"))
    try:
        yield one
    finally:
        one.close()


def numbers(text):
    """The lines with numbers; warnings stand between them."""
    return re.findall(r"^(?:epoch|train|validation|test|right|wrong).*: .*$", text, re.MULTILINE)


def printed(text):
    """The last numbers of each split, and the mean training loss after each epoch."""
    splits = {
        split: {name: float(value) for name, value in re.findall(r"(loss|accuracy) ([^\s,]+)", rest)}
        for split, rest in re.findall(r"^(train|validation|test|right|wrong): (.*)$", text, re.MULTILINE)
    }
    epochs = [float(loss) for loss in re.findall(r"^epoch \d+: mean training loss (\S+)$", text, re.MULTILINE)]
    return splits, epochs


def agree(recipe, lab, text):
    """Fails where the numbers of the lab and of an exported program differ in a single digit."""
    from lessons.lab.training import DIVERGED

    done = json.loads(lab.splitlines()[-1])
    metrics, (splits, epochs) = done["metrics"], printed(text)
    assert {"train", "validation", "test"} <= set(splits)
    assert metrics["parameters"] == recipe.parameters
    if done["diverged"]:
        lost = epochs[done["diverged"] - 1]
        numbers = [value for values in splits.values() for value in values.values()]
        assert not math.isfinite(lost) or lost > DIVERGED or not all(map(math.isfinite, numbers))
        assert metrics["test_loss"] is None
        return "diverged"
    assert metrics["epochs_run"] == len(epochs)
    for split in ("train", "validation", "test"):
        assert list(splits[split]) == (["loss", "accuracy"] if recipe.task == "classification" else ["loss"])
        for name, value in splits[split].items():
            assert repr(metrics[f"{split}_{name}"]) == repr(value), (split, name)
    for split in ("right", "wrong"):
        assert metrics.get(f"{split}_label_accuracy") == splits.get(split, {}).get("accuracy")
    return "finite"


@pytest.mark.slow
def test_random_recipes_turn_every_setting():
    drawn = []

    @given(recipes())
    @settings(max_examples=500, deadline=None, derandomize=True, database=None)
    def draw(recipe):
        drawn.append(recipe)

    draw()
    for name, kind in SETTINGS.items():
        seen = {getattr(recipe, name) for recipe in drawn}
        assert len(seen) > 1, name
        if isinstance(kind, Choice) and name != "data":
            assert seen == set(kind.codes), name
    assert {recipe.data for recipe in drawn} == set(SMALL)
    # Turned where they do something, too.
    for name in SETTINGS:
        assert len({getattr(recipe, name) for recipe in drawn if not recipe.idle(name)}) > 1, name


CHECKS = [HealthCheck.too_slow]


@pytest.mark.slow
@given(recipes())
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=CHECKS)
def test_a_random_recipe_trains_and_equals_its_export(house, recipe):
    out = house.run(recipe, "lab", "script", seed=5)
    agree(recipe, out["lab"], out["script"])


@pytest.mark.slow
@given(recipes())
@settings(max_examples=50, deadline=None, suppress_health_check=CHECKS)
def test_other_random_recipes_each_time_train_and_equal_their_export(house, recipe):
    out = house.run(recipe, "lab", "script", seed=123)
    agree(recipe, out["lab"], out["script"])


@pytest.mark.slow
@given(recipes())
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=CHECKS)
def test_a_random_recipe_equals_its_notebook(house, recipe):
    out = house.run(recipe, "lab", "notebook")
    agree(recipe, out["lab"], out["notebook"])


@pytest.mark.slow
@given(extremes())
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=CHECKS)
def test_a_recipe_of_strange_values_runs_in_the_lab_and_as_a_script(house, recipe):
    out = house.run(recipe, "lab", "script", seed=1)
    agree(recipe, out["lab"], out["script"])


@pytest.mark.slow
@given(extremes())
@settings(max_examples=30, deadline=None, suppress_health_check=CHECKS)
def test_other_strange_values_each_time_run_in_the_lab_and_as_a_script(house, recipe):
    out = house.run(recipe, "lab", "script", seed=1)
    agree(recipe, out["lab"], out["script"])


@pytest.fixture(scope="module")
def own_files(tmp_path_factory):
    """Three files of someone's own: classes and numbers in a CSV, classes in an .npz."""
    folder = tmp_path_factory.mktemp("own")
    draw = np.random.default_rng(1)
    x = draw.normal(size=(90, 3)).round(3)
    labels = (x.sum(axis=1) > 0).astype(int) + (x[:, 0] > 1)
    for name, answers in (("label", labels), ("target", x[:, 0] * x[:, 1])):
        rows = "".join(
            f"{','.join(map(repr, row))},{answer}\n" for row, answer in zip(x.tolist(), answers, strict=True)
        )
        (folder / f"{name}.csv").write_text(f"a,b,c,{name}\n{rows}", encoding="utf-8")
    np.savez(folder / "label.npz", x=x.reshape(90, 3, 1), y=labels)
    return {path.name: inspect(path) for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["label.csv", "target.csv", "label.npz"])
def test_a_random_recipe_on_ones_own_data_equals_its_export(house, own_files, name):
    @given(recipes(own=own_files[name]))
    @settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=CHECKS)
    def agrees(recipe):
        out = house.run(recipe, "lab", "script", "notebook")
        agree(recipe, out["lab"], out["script"])
        assert numbers(out["notebook"]) == numbers(out["script"])

    agrees()


FRESH = {
    "dense": Recipe(
        train_size=60,
        batch_size=16,
        widths=(12, 8),
        epochs=3,
        label_noise=0.3,
        norm="batch",
        dropout=(0.5, 0.2),
        mixup=0.2,
        label_smoothing=0.1,
        shift=2,
        rotate=10.0,
        schedule="cosine",
        stepped="step",
        warmup=3,
        restore=True,
        watch="accuracy",
    ),
    "images": Recipe(
        train_size=40,
        batch_size=8,
        channels=(4, 2),
        pool="max",
        widths=(8,),
        epochs=2,
        norm="group",
        groups=(2, 1, 4),
        init="kaiming_normal",
        optimizer="sgd",
        momentum=0.9,
        nesterov=True,
        lr=0.05,
        schedule="onecycle",
        redraw=True,
        pixels="half",
    ),
    "points": Recipe(
        data="spiral",
        train_size=50,
        batch_size=8,
        widths=(8,),
        depth=2,
        epochs=3,
        activation="gelu",
        feature_noise=0.1,
        dropout=0.2,
        eval_mode=False,
        redraw=True,
        schedule="cyclic",
        optimizer="rmsprop",
        clip=1.0,
    ),
    "numbers": Recipe(
        data="noise",
        train_size=60,
        batch_size=0,
        widths=(12,),
        epochs=3,
        schedule="plateau",
        lr_patience=0,
        patience=2,
        l1=0.01,
        l1_step="proximal",
        mixup=1.0,
        init="orthogonal",
        bias=0.0,
    ),
}


@pytest.mark.slow
def test_five_exports_run_by_themselves(house, own_files, tmp_path):
    """In a fresh interpreter, called from elsewhere, with nothing beside the script but its data."""
    own = own_files["target.csv"]
    decay = {"optimizer": "adamw", "weight_decay": 1 / 3, "decay_on": "weights"}
    fresh = {**FRESH, "own": Recipe(data="own", own=own, train_size=50, widths=(8,), epochs=3, **decay)}
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    running = {}
    try:
        for name, recipe in fresh.items():
            script = tmp_path / name / "exported.py"
            script.parent.mkdir()
            beside = export(recipe, script)[1:]
            assert set(script.parent.iterdir()) == {script, *beside}
            running[name] = subprocess.Popen(
                [sys.executable, str(script), "--seed", "7"], cwd="/", env=env, stdout=subprocess.PIPE, text=True
            )
        for name, recipe in fresh.items():
            out, _ = running[name].communicate(timeout=3 * LIMIT)
            assert running[name].returncode == 0, name
            assert agree(recipe, house.run(recipe, "lab", seed=7)["lab"], out) == "finite"
    finally:
        for process in running.values():
            process.kill()
            process.communicate()


if __name__ == "__main__":
    serve(sys.argv[1])
