"""The rows of a file of one's own, as the program reads them."""

import csv

import numpy as np
import pytest
import torch

from lessons.lab.forge import load_data
from lessons.lab.training import Order, train_seed
from lessons.own import inspect
from lessons.recipe import Recipe
from lessons.source import source
from lessons.wire import SeedDone
from tests.lessons.hands import SEED, close

pytestmark = pytest.mark.usefixtures("one_thread")


# --- an instructor's own ----------------------------------------------------------------------------------------------


def own_recipe(path, **settings):
    own = inspect(path)
    return Recipe(data="own", own=own, **{"train_size": own.rows, **settings})


def own_file(folder, kind, task, rows=103):
    """A file, its inputs and its answers, of which each row has one of its own."""
    draw = np.random.default_rng(7)
    x = np.stack([1e4 * draw.random(rows), draw.normal(50, 9, rows), np.full(rows, 0.1), draw.random(rows)], 1)
    y = draw.permutation(rows) / (1 if task == "classification" else 8)
    y = y.astype(int) if task == "classification" else y
    path = folder / f"mine.{kind}"
    if kind == "npz":
        np.savez(path, x=x, y=y)
    else:
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["a", "b", "c", "d", "label" if task == "classification" else "target"])
            writer.writerows([*row, answer] for row, answer in zip(x.tolist(), y.tolist(), strict=True))
    return path, torch.from_numpy(x), torch.from_numpy(y)


@pytest.mark.parametrize("size", [None, 20])
@pytest.mark.parametrize("redraw", [False, True])
@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_own_data_are_standardised_by_their_training_rows_alone(tmp_path, kind, task, redraw, size):
    path, raw, answers = own_file(tmp_path, kind, task)
    recipe = own_recipe(path, redraw=redraw, **({"train_size": size} if size else {}))
    (tmp_path / "twin").mkdir()
    labelled, _, labels = own_file(tmp_path / "twin", kind, "classification")
    twin = own_recipe(labelled, redraw=redraw, **({"train_size": size} if size else {}))
    assert (recipe.task, recipe.facts.rows, recipe.facts.outputs) == (task, 63, 103 if task == "classification" else 1)
    chosen = []
    for seed in (0, 1):
        data = load_data(recipe, source(recipe), "cpu", seed)
        assert {split: len(y) for split, (x, y) in data.items()} == {"train": size or 63, "validation": 20, "test": 20}
        # A twin with a label for each row, which stays as it stands in the file, tells which row is which.
        told = load_data(twin, source(twin), "cpu", seed)
        which = {split: (y[:, None] == labels).int().argmax(1) for split, (_, y) in told.items()}
        for x, y in data.values():
            assert x.dtype == torch.float32 and y.dtype == (torch.int64 if task == "classification" else torch.float32)
            assert x.shape == (len(y), 4) and y.shape == ((len(y),) if task == "classification" else (len(y), 1))
        rows, known = raw[which["train"]], answers[which["train"]].double()
        for split, (x, y) in data.items():
            if task == "regression":
                close(y[:, 0].double(), (answers[which[split]] - known.mean()) / known.std(), 1e-4)
            else:
                assert torch.equal(y, answers[which[split]])
            usual = (raw[which[split]] - rows.mean(0)) / rows.std(0)
            for column in (0, 1, 3):
                close(x[:, column].double(), usual[:, column], 1e-4)
            assert x[:, 2].abs().max() < 1e-6  # a column that never changes becomes 0
        everything = torch.cat(list(which.values()))
        assert len(everything.unique()) == len(everything)  # no row is in two splits
        chosen.append(which)
    for split in ("validation", "test"):
        assert torch.equal(chosen[0][split], chosen[1][split])
    assert torch.equal(chosen[0]["train"], chosen[1]["train"]) != redraw


def test_own_labels_can_be_false_like_all_others(tmp_path):
    path = tmp_path / "three.npz"
    np.savez(path, x=np.random.default_rng(0).random((1000, 2)), y=np.arange(1000) % 3)
    clean, noisy = (own_recipe(path, label_noise=rate) for rate in (0.0, 0.3))
    (x, y), (z, said) = (load_data(r, source(r), "cpu", 0)["train"] for r in (clean, noisy))
    assert torch.equal(x, z) and sorted(said.unique().tolist()) == [0, 1, 2]
    assert (y != said).float().mean().item() == pytest.approx(0.3, abs=0.07)
    assert torch.bincount((said - y)[y != said] % 3).tolist()[1:] == pytest.approx([90, 90], abs=30)


def trained_own(path, **settings):
    events = []
    train_seed(
        Order(1, own_recipe(path, batch_size=32, widths=(16,), lr=0.01, **settings), SEED), events.append, lambda: False
    )
    return next(event for event in events if isinstance(event, SeedDone))


def test_own_data_can_be_learned(tmp_path):
    draw = np.random.default_rng(3)
    x = draw.normal(1000, 200, (300, 2))
    np.savez(tmp_path / "two.npz", x=x, y=(x[:, 0] > x[:, 1]).astype(int))
    np.savez(tmp_path / "sum.npz", x=x, y=((x[:, 0] + x[:, 1]) / 300).astype(np.float32))
    two, total = (trained_own(tmp_path / f"{name}.npz", epochs=40).metrics for name in ("two", "sum"))
    assert two["test_accuracy"] > 0.9 and total["test_loss"] < 0.1


def test_an_answer_in_large_units_is_no_divergence(tmp_path):
    draw = np.random.default_rng(3)
    x = draw.normal(size=(300, 2))
    np.savez(tmp_path / "houses.npz", x=x, y=200_000 + 50_000 * x[:, 0])
    found = trained_own(tmp_path / "houses.npz", epochs=5)
    assert found.diverged == 0


def test_one_column_that_never_changes_is_left(tmp_path):
    x, y = np.full((1000, 1), 0.1), np.arange(1000) % 2
    x[:5] = 0.2  # five of a thousand are otherwise, and none of them among the fifty training rows
    np.savez(tmp_path / "one.npz", x=x, y=y)
    recipe = own_recipe(tmp_path / "one.npz", train_size=50)
    data = load_data(recipe, source(recipe), "cpu", SEED)
    assert len(data["train"][0].unique()) == 1
    assert max(x.abs().max().item() for x, _ in data.values()) < 1
