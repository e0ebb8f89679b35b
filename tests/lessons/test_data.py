"""Which rows of the digits and of the full sets are learned from, and how false: looked at from outside."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from lessons.datasets import DATA
from tests.lessons.hands import close, same, splits, trained

ROOT = Path(__file__).parents[2]
SCALES = {"standard": (0.1307, 0.3081), "half": (0.5, 0.5), "unit": (0.0, 1.0)}
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def shipped():
    with np.load(ROOT / "lessons" / "data" / "digits.npz") as file:
        return {name: file[name] for name in file.files}


# --- digits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", SCALES)
def test_pixels_are_scaled_as_their_word_says(shipped, scale):
    mean, std = SCALES[scale]
    data = splits(train_size=2000, pixels=scale)
    for split, part in (("train", "tr"), ("validation", "va"), ("test", "te")):
        x, y = data[split]
        raw = shipped[f"x{part}"].reshape(-1, 784).astype(np.float64) / 255
        close(x.double(), torch.from_numpy((raw - mean) / std))
        assert y.tolist() == shipped[f"y{part}"].tolist() and (x.dtype, y.dtype) == (torch.float32, torch.int64)
    low, high = {"standard": (-0.4243, 2.8215), "half": (-1, 1), "unit": (0, 1)}[scale]
    x = data["train"][0]
    assert (x.min().item(), x.max().item()) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    if scale == "standard":
        assert abs(x.mean()) < 0.05 and abs(x.std() - 1) < 0.05


@pytest.mark.parametrize("size", [10, 100, 300, 1000, 2000])
def test_a_smaller_training_set_is_a_prefix_with_every_class_alike(size):
    x, y = splits(train_size=size)["train"]
    assert torch.bincount(y, minlength=10).tolist() == [size // 10] * 10
    assert same((x, y), tuple(t[:size] for t in splits(train_size=2000)["train"]))


def test_the_same_rows_are_held_back_whatever_the_training_set():
    a, b = splits(train_size=100), splits(train_size=2000, label_noise=0.5, redraw=True)
    assert same(a["validation"], b["validation"]) and same(a["test"], b["test"])
    assert (len(a["validation"][1]), len(a["test"][1])) == DATA["digits"].held_back


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.4, 1.0])
@pytest.mark.parametrize("redraw", [False, True])
@pytest.mark.parametrize("data", ["digits", "moons", "xor"])
def test_wrong_labels_are_as_many_as_asked_and_never_true(data, redraw, rate):
    size = 1500
    true = splits(data=data, train_size=size, redraw=redraw)
    false = splits(data=data, train_size=size, redraw=redraw, label_noise=rate)
    (x, y), (z, said) = true["train"], false["train"]
    assert torch.equal(x, z)
    wrong = y != said
    # Every label that is drawn is a wrong one, so the share of wrong labels is the rate itself.
    assert wrong.float().mean().item() == pytest.approx(rate, abs=4 * math.sqrt(rate * (1 - rate) / size))
    assert same(false["wrong"], (z[wrong], said[wrong]))
    assert rate == 1 or same(false["right"], (z[~wrong], said[~wrong]))
    assert ("right" in false) == (rate < 1)
    assert same(true["validation"], false["validation"]) and same(true["test"], false["test"])
    if data == "digits":  # every wrong digit is as likely as another
        off = torch.bincount((said - y)[wrong] % 10, minlength=10).float()
        assert off[0] == 0 and (off[1:] / off.sum() - 1 / 9).abs().max() < 4 * math.sqrt(1 / 9 / off.sum())


def test_the_false_labels_are_the_same_for_every_seed_unless_rows_are_redrawn():
    assert same(splits(0, label_noise=0.3)["train"], splits(1, label_noise=0.3)["train"])
    assert same(*(splits(s, data="moons", label_noise=0.3)["train"] for s in (0, 1)))
    some, more = (splits(label_noise=rate, train_size=300) for rate in (0.2, 0.4))
    assert same(some["train"][:1], more["train"][:1])
    clean = splits(train_size=300)["train"][1]
    assert ((some["train"][1] != clean) <= (more["train"][1] != clean)).all()  # a liar at .2 lies at .4


def test_a_digit_that_lies_tells_the_same_lie_in_every_draw():
    def told(seed, **settings):
        x, y = splits(seed, label_noise=0.3, **settings)["train"]
        return {row.numpy().tobytes(): label.item() for row, label in zip(x, y, strict=True)}

    everything = told(0, train_size=2000)
    for seed in (0, 1):
        own = told(seed, train_size=500, redraw=True)
        assert len(own) == 500 and own.items() <= everything.items()


@pytest.mark.parametrize("data", [name for name in DATA if name not in ("mnist", "fashion")])
def test_redrawn_rows_are_each_seeds_own_and_nothing_else_is(data):
    size = 90
    kept = [splits(seed, data=data, train_size=size) for seed in (0, 1)]
    own = [splits(seed, data=data, train_size=size, redraw=True) for seed in (0, 1, 0)]
    assert same(kept[0]["train"], kept[1]["train"])
    assert not torch.equal(own[0]["train"][0], own[1]["train"][0])
    assert not torch.equal(own[0]["train"][0], kept[0]["train"][0])
    assert same(own[0]["train"], own[2]["train"])
    for split in ("validation", "test"):
        assert all(same(kept[0][split], other[split]) for other in (*kept, *own))
    assert len(own[0]["train"][0]) == len(own[0]["train"][0].unique(dim=0)) == size  # no row twice
    if data == "digits":  # a row keeps its label
        x, y = splits(train_size=2000)["train"]
        found = {row.numpy().tobytes(): label.item() for row, label in zip(x, y, strict=True)}
        assert all(found[row.numpy().tobytes()] == label for row, label in zip(*own[0]["train"], strict=True))


# --- the full sets ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def full(request):
    candidates = [os.environ.get("TUTOR_DATA", ""), str(ROOT.parent / "shared" / "data")]
    folder = next((p for c in candidates if c and (p := Path(c).expanduser() / "MNIST" / "raw").is_dir()), None)
    if folder is None:
        pytest.skip("needs the full MNIST: point TUTOR_DATA at a folder that holds MNIST/raw")
    patch = pytest.MonkeyPatch()
    patch.setenv("TUTOR_DATA", str(folder.parent.parent))
    yield folder
    patch.undo()


def idx(path):
    data = path.read_bytes()
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])


def test_the_full_mnist_is_split_into_four_fifths_and_one(full):
    data = splits(data="mnist", train_size=48_000, pixels="half")
    assert {split: tuple(x.shape) for split, (x, _) in data.items()} == {
        "train": (48_000, 784),
        "validation": (12_000, 784),
        "test": (10_000, 784),
    }
    raw = idx(full / "train-images-idx3-ubyte").reshape(-1, 784)
    labels = idx(full / "train-labels-idx1-ubyte")
    test = idx(full / "t10k-images-idx3-ubyte").reshape(-1, 784)
    assert all((x.min(), x.max()) == (-1, 1) and x.dtype == torch.float32 for x, _ in data.values())
    assert data["test"][1].tolist() == idx(full / "t10k-labels-idx1-ubyte").tolist()
    close(data["test"][0][:500].double(), torch.from_numpy(test[:500] / 255.0 * 2 - 1))

    # Each row by a number of its own: what is in the two splits together is the training set, every row once.
    key = np.random.default_rng(0).integers(1, 2**20, 784)
    known = raw.astype(np.int64) @ key
    found = []
    for split in ("train", "validation"):
        x, y = data[split]
        pixels = np.rint((x.numpy() + 1) * 127.5).astype(np.uint8)
        numbers = pixels.astype(np.int64) @ key
        found.append(numbers)
        told = dict(zip(known.tolist(), labels.tolist(), strict=True))
        assert [told[number] for number in numbers.tolist()] == y.tolist()
    assert np.array_equal(np.sort(np.concatenate(found)), np.sort(known))
    for _, y in data.values():
        assert (torch.bincount(y).float() / len(y) - 0.1).abs().max() < 0.025


def test_the_full_mnist_is_drawn_and_trained(full):
    some = splits(data="mnist", train_size=500)
    assert same(some["train"], tuple(t[:500] for t in splits(data="mnist", train_size=600)["train"]))
    own = [splits(seed, data="mnist", train_size=500, redraw=True) for seed in (0, 1)]
    assert not torch.equal(own[0]["train"][0], own[1]["train"][0])
    assert same(own[0]["validation"], some["validation"])
    held = {row.numpy().tobytes() for row in some["validation"][0]}
    assert not any(row.numpy().tobytes() in held for data in own for row in data["train"][0])
    found = trained(data="mnist", train_size=500, pixels="half", widths=(32,), epochs=6, lr=0.005)
    assert found["test_accuracy"] > 0.7
