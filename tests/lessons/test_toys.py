"""The toys and the blank page: their shapes, and what can be learned of them."""

import math

import numpy as np
import pytest
import torch

from lessons.datasets import DATA, TOYS
from tests.lessons.hands import close, same, splits, trained

pytestmark = pytest.mark.usefixtures("one_thread")


# --- toys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", TOYS)
def test_a_toy_has_its_shapes_and_its_classes_alike(data):
    found = splits(data=data, train_size=400)
    facts = DATA[data]
    for split, rows in (("train", 400), ("validation", 500), ("test", 2000)):
        x, y = found[split]
        assert x.shape == (rows, 2) and x.dtype == torch.float32 and x.isfinite().all()
        if facts.task == "classification":
            assert y.shape == (rows,) and y.dtype == torch.int64
            share = y.float().mean().item()
            assert share == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(rows) if data == "xor" else 1e-6)
        else:
            assert y.shape == (rows, 1) and y.dtype == torch.float32
    rows = torch.cat([found[split][0] for split in ("train", "validation", "test")])
    assert len(rows.unique(dim=0)) == 2900  # nothing is in two splits


def cloud(data, **settings):
    found = splits(data=data, train_size=2000, **settings)
    return (torch.cat([found[split][i] for split in ("train", "validation", "test")]) for i in (0, 1))


def test_circles_are_a_disc_and_a_ring():
    x, y = cloud("circles")
    radius = x.norm(dim=1)
    assert radius[y == 1].max() <= 1.0001 and 1.3999 <= radius[y == 0].min() <= radius[y == 0].max() <= 2.0001
    inner = (radius[y == 1] < 0.5).float().mean().item()
    assert inner == pytest.approx(0.25, abs=0.03)  # evenly over the disc's area
    angle = torch.atan2(x[:, 1], x[:, 0])
    assert all((angle[y == c].cos().mean().abs(), angle[y == c].sin().mean().abs()) < (0.05, 0.05) for c in (0, 1))


def test_moons_are_two_half_circles_that_reach_into_one_another():
    x, y = cloud("moons")
    upper, lower = x[y == 0], x[y == 1]
    close(upper.norm(dim=1), torch.ones(len(upper)))
    close((lower - torch.tensor([1.0, 0.5])).norm(dim=1), torch.ones(len(lower)))
    assert upper[:, 1].min() >= -1e-6 and lower[:, 1].max() <= 0.5 + 1e-6
    assert lower[:, 0].min() < upper[:, 0].max() and lower[:, 1].max() > upper[:, 1].min()


def test_spirals_are_two_arms_half_a_turn_apart():
    x, y = cloud("spiral")
    radius = x.norm(dim=1)
    assert radius.max() <= 2.0001
    wound = torch.atan2(x[:, 0], x[:, 1]) - 3.5 * math.pi * radius / 2  # the angle, the winding taken away
    sign = torch.where(y == 1, -1.0, 1.0)
    close(wound.cos(), sign, 1e-3)


def test_xor_is_the_sign_of_the_product():
    x, y = cloud("xor")
    assert torch.equal(y == 1, x[:, 0] * x[:, 1] > 0)
    assert x.abs().min() >= 0.0999 and x.abs().max() <= 2.1001  # with a lane between
    quarters = torch.bincount(2 * (x[:, 0] > 0) + (x[:, 1] > 0)).float() / len(x)
    assert (quarters - 0.25).abs().max() < 0.03


def test_gaussians_are_two_clouds_that_overlap_a_little():
    x, y = cloud("gaussians")
    for c, centre in ((0, -1.2), (1, 1.2)):
        close(x[y == c].mean(0), torch.full((2,), centre), 0.08)
        close(torch.cov(x[y == c].T), torch.eye(2), 0.08)
    best = ((x.sum(1) > 0) == (y == 1)).float().mean().item()
    assert best == pytest.approx(0.955, abs=0.01)  # what no rule can beat


def test_a_plane_rises_evenly_and_bumps_do_not():
    x, y = cloud("plane")
    close(y[:, 0], (x[:, 0] + x[:, 1]) / 4)
    assert y.abs().max() <= 1

    x, y = cloud("bumps")
    hills = torch.zeros(len(x))
    for a in (1, -1):
        for b in (1, -1):
            hills += a * b * torch.exp(-2 * ((x[:, 0] - a) ** 2 + (x[:, 1] - b) ** 2))
    close(y[:, 0], hills, 1e-4)
    assert 0.9 < y.max() < 1.01 and -1.01 < y.min() < -0.9


@pytest.mark.parametrize("data", TOYS)
def test_feature_noise_moves_points_in_all_splits_and_leaves_the_answers(data):
    plain, moved = (splits(data=data, train_size=400, feature_noise=noise) for noise in (0.0, 0.3))
    # The first points that are drawn are the validation's: the same ones, then moved.
    (x, y), (z, said) = plain["validation"], moved["validation"]
    assert torch.equal(y, said)
    off = z - x
    assert off.std().item() == pytest.approx(0.3, rel=0.1) and off.mean().abs() < 0.04
    assert abs(np.corrcoef(off[:, 0], off[:, 1])[0, 1]) < 0.15
    if data == "circles":
        for split in ("train", "test"):
            x, y = moved[split]
            assert x[y == 1].norm(dim=1).max() > 1.1 and x[y == 0].norm(dim=1).min() < 1.3


def test_the_blank_page_has_nothing_to_learn():
    found = splits(data="noise", train_size=100, batch_size=0)
    for split, rows in (("train", 100), ("validation", 1000), ("test", 1000)):
        x, y = found[split]
        assert x.shape == (rows, 10) and y.shape == (rows, 1) and x.dtype == y.dtype == torch.float32
        assert x.min() >= 0 and x.max() < 1 and y.min() >= 0 and y.max() < 1
    x, y = found["test"]
    assert y.var().item() == pytest.approx(1 / 12, rel=0.1)
    assert np.abs(np.corrcoef(torch.cat([x, y], 1).T)[10, :10]).max() < 0.1
    assert same(tuple(t[:30] for t in found["train"]), splits(data="noise", train_size=30, batch_size=0)["train"])


LEARNED = {
    "circles": ({"widths": (16,)}, 0.97),
    "moons": ({"widths": (16,)}, 0.97),
    "spiral": ({"widths": (32, 32), "epochs": 60}, 0.93),
    "xor": ({"widths": (16,)}, 0.95),
    "gaussians": ({"widths": (8,), "epochs": 15}, 0.93),
}


@pytest.mark.parametrize("data", LEARNED)
def test_a_small_network_learns_a_toy(data):
    settings, goal = LEARNED[data]
    given = {"data": data, "train_size": 400, "batch_size": 32, "lr": 0.02, "epochs": 40, **settings}
    assert trained(**given)["test_accuracy"] >= goal


@pytest.mark.parametrize("data", ["circles", "xor", "spiral"])
@pytest.mark.parametrize("layers", [{"widths": ()}, {"widths": (16,), "activation": "linear"}])
def test_a_straight_line_parts_no_ring_no_quarters_and_no_arms(data, layers):
    found = trained(data=data, train_size=400, batch_size=32, lr=0.02, epochs=20, **layers)
    assert found["test_accuracy"] < 0.7


@pytest.mark.parametrize("data", ["plane", "bumps"])
def test_a_linear_network_learns_the_plane_and_not_the_bumps(data):
    given = {"data": data, "train_size": 400, "batch_size": 32, "lr": 0.02, "epochs": 30}
    spread = splits(data=data, train_size=400)["test"][1].var().item()
    straight, bent = (trained(**given, widths=widths)["test_loss"] / spread for widths in ((), (32, 32)))
    assert bent < 0.1
    assert straight < 0.01 if data == "plane" else straight > 0.8


def test_wrong_labels_can_be_learned_by_heart_and_the_piles_say_so():
    found = trained(
        data="digits",
        train_size=100,
        batch_size=32,
        widths=(128,),
        epochs=60,
        lr=0.005,
        label_noise=0.3,
        optimizer="adam",
    )
    assert found["wrong_label_accuracy"] > 0.95 and found["right_label_accuracy"] > 0.95
    assert 0.3 < found["test_accuracy"] < 0.75
    honest = trained(data="digits", train_size=1000, widths=(64,), epochs=6, lr=0.002, label_noise=0.3)
    assert honest["wrong_label_accuracy"] < 0.3 < 0.7 < honest["right_label_accuracy"]


FORGOTTEN = {"norm": "batch", "eval_mode": False, "epochs": 1, "batch_size": 0}
"""Batch norm in training mode, which cannot take a row alone."""


@pytest.mark.parametrize(
    "settings",
    [
        {"data": "digits", "train_size": 20, "label_noise": 0.05, "widths": (8,)},  # one label is wrong
        {"data": "digits", "train_size": 401, "widths": (512,), "depth": 32, "batch_size": 67},  # read by 200 rows
    ],
    ids=["a pile of one", "a rest of one"],
)
def test_a_forgotten_eval_with_batch_norm_is_examined_whatever_the_number_of_rows(settings):
    found = trained(**{**FORGOTTEN, **settings})
    assert 0 <= found["train_accuracy"] <= 1
