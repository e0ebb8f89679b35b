"""The data side: which rows, how false, and how each is changed on its way in; looked at from outside."""

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from lessons.datasets import DATA, TOYS
from lessons.lab.forge import forge, load_data
from lessons.lab.training import Order, train_seed
from lessons.own import inspect
from lessons.recipe import Recipe
from lessons.source import source
from lessons.wire import SeedDone

SEED = 4
ROOT = Path(__file__).parents[2]
SCALES = {"standard": (0.1307, 0.3081), "half": (0.5, 0.5), "unit": (0.0, 1.0)}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def names_of(**settings):
    return forge(source(Recipe(**settings)))


def splits(seed=SEED, **settings):
    recipe = Recipe(**settings)
    return load_data(recipe, source(recipe), "cpu", seed)


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def close(a, b, tolerance=1e-5):
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def trained(seed=SEED, **settings):
    events = []
    train_seed(Order(1, Recipe(**settings), seed), events.append, lambda: False)
    return next(event for event in events if isinstance(event, SeedDone)).metrics


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


# --- images on their way in -------------------------------------------------------------------------------------------


def dots(n, row, column, black, bright=3.0):
    images = torch.full((n, 28, 28), black)
    images[:, row, column] = bright
    return images.flatten(1)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("most", [1, 2, 7, 14])
def test_shift_moves_each_image_its_own_way_and_fills_up_with_black(most, scale):
    mean, std = SCALES[scale]
    names, black = names_of(shift=most, pixels=scale), -mean / std
    draw = torch.Generator().manual_seed(1)
    n = 3000
    moved = names["shift"](dots(n, 13, 14, black), draw).view(n, 28, 28)
    bright = (moved == 3).nonzero()
    down, right = bright[:, 1] - 13, bright[:, 2] - 14
    if most < 14:
        assert len(bright) == n  # none lost, none twice
    for way, low, high in ((down, max(-most, -13), most), (right, -most, min(most, 13))):
        counts = torch.bincount(way - low)
        assert len(counts) == high - low + 1  # no further than that, and as far as that
        assert counts.float().std() / counts.float().mean() < 0.3  # not at all among them, and each as often
    assert ((down == 0) & (right == 0)).any() or most > 7
    assert abs(np.corrcoef(down, right)[0, 1]) < 0.1
    close(moved[moved != 3], torch.full(((moved != 3).sum(),), black))


@pytest.mark.parametrize(("row", "column"), [(0, 0), (0, 27), (27, 0), (27, 27), (0, 13), (13, 27)])
def test_what_is_shifted_out_does_not_come_in_again_on_the_other_side(row, column):
    names = names_of(shift=3, pixels="unit")
    moved = names["shift"](dots(500, row, column, 0.0), torch.Generator().manual_seed(1)).view(500, 28, 28)
    count = (moved == 3).flatten(1).sum(1)
    assert count.min() == 0 and count.max() == 1
    for _, i, j in (moved == 3).nonzero().tolist():
        assert abs(i - row) <= 3 and abs(j - column) <= 3


def test_shift_moves_a_picture_without_bending_it(shipped):
    names = names_of(shift=2, pixels="unit")
    image = torch.from_numpy(shipped["xtr"][7]).float() / 255
    moved = names["shift"](image.flatten().repeat(100, 1), torch.Generator().manual_seed(1)).view(100, 28, 28)
    padded = F.pad(image, (2, 2, 2, 2))
    windows = {padded[i : i + 28, j : j + 28].contiguous().numpy().tobytes() for i in range(5) for j in range(5)}
    seen = {one.contiguous().numpy().tobytes() for one in moved + 0.0}  # where 0 has no sign
    assert seen <= windows and len(seen) > 20


def angles_of(names, most, images, seed=1):
    """The turned images, and by how much each was turned: the same draw again."""
    turned = names["rotate"](images, torch.Generator().manual_seed(seed))
    share = torch.rand(len(images), generator=torch.Generator().manual_seed(seed))
    return turned.view(-1, 28, 28), most * (2 * share - 1)


def direction(images):
    """Where the brightness lies as seen from the centre, in degrees, and how far from it."""
    at = torch.arange(28) - 13.5
    weight = images.sum((1, 2))
    right, up = (images.sum(1) @ at) / weight, -(images.sum(2) @ at) / weight
    return torch.rad2deg(torch.atan2(up, right)), torch.hypot(right, up)


@pytest.mark.parametrize("most", [10.0, 45.0, 180.0])
def test_rotation_turns_each_image_by_its_own_angle_about_the_centre(most):
    n = 400
    names = names_of(rotate=most, pixels="unit")
    images = torch.zeros(n, 28, 28)
    images[:, 8:11, 16:19] = 1.0  # up and to the right of the centre
    turned, angles = angles_of(names, most, images.flatten(1), seed=2)
    (start, far), (end, still) = direction(images), direction(turned)
    by = (end - start + 180) % 360 - 180
    off = torch.minimum((by - angles).abs(), (by + angles).abs())
    off = torch.minimum(off, 360 - off)
    assert off.max() < 3 and (still - far).abs().max() < 0.4
    away = angles.abs() > 5
    assert len(torch.sign((by * angles)[away & (angles.abs() < 170)]).unique()) == 1  # one sense of turning for all
    assert by.abs().max() <= most + 3 and by.max() > 0.9 * most - 3 and by.min() < -(0.9 * most - 3)
    assert by.mean().abs() < 4 * most / math.sqrt(3 * n)  # to the left as often as to the right
    close(turned.sum((1, 2)), torch.full((n,), 9.0), 0.1)  # nothing is lost of what stays inside


def test_turning_by_next_to_nothing_leaves_every_pixel_where_it_is(shipped):
    images = torch.from_numpy(shipped["xtr"][:50]).float().flatten(1) / 255
    turned, _ = angles_of(names_of(rotate=1e-4, pixels="unit"), 1e-4, images)
    close(turned.flatten(1), images, 1e-4)


def test_a_rotated_line_is_a_line_and_no_mirror_image():
    names = names_of(rotate=90.0, pixels="unit")
    images = torch.zeros(60, 28, 28)
    images[:, 13:15, 4:24] = 1.0
    turned, angles = angles_of(names, 90.0, images.flatten(1))
    at = torch.arange(28) - 13.5
    weight = turned.sum((1, 2))
    xx, yy = (turned.sum(1) @ at**2) / weight, (turned.sum(2) @ at**2) / weight
    xy = -torch.einsum("nij,i,j->n", turned, at, at) / weight
    lies = torch.rad2deg(torch.atan2(2 * xy, xx - yy)) / 2  # the axis of the brightness
    off = (lies.abs() - angles.abs()).abs()
    assert torch.minimum(off, 180 - off).max() < 2
    long, short = ((xx + yy) / 2 + s * torch.hypot((xx - yy) / 2, xy) for s in (1, -1))
    assert long.min() > 25 and short.max() < 1.5


@pytest.mark.parametrize("scale", SCALES)
def test_what_is_turned_in_from_outside_is_black(scale):
    mean, std = SCALES[scale]
    names, black = names_of(rotate=45.0, pixels=scale), -mean / std
    turned, _ = angles_of(names, 45.0, torch.full((50, 784), black))
    close(turned, torch.full_like(turned, black))
    white, _ = angles_of(names, 45.0, torch.full((50, 784), (1 - mean) / std))
    assert white.min().item() == pytest.approx(black, abs=1e-4)  # corners
    assert white.max().item() == pytest.approx((1 - mean) / std, abs=1e-4)
    close(white[:, 10:18, 10:18], torch.full((50, 8, 8), (1 - mean) / std), 1e-4)


class Watched:
    """``torch.nn.functional``, of which the losses' arguments are noted."""

    def __init__(self):
        self.targets, self.losses = [], []

    def __getattr__(self, name):
        real = getattr(F, name)
        if name not in ("cross_entropy", "mse_loss"):
            return real

        def noted(outputs, targets, **options):
            loss = real(outputs, targets, **options)
            self.targets.append(targets.clone())
            self.losses.append(loss.item())
            return loss

        return noted


def watched(x, y, **settings):
    """The inputs of every training step, the targets, the losses, and those that are yielded."""
    recipe = Recipe(**settings)
    names = forge(source(recipe))
    names["F"] = eye = Watched()
    torch.manual_seed(SEED)
    model, seen = names["Net"](), []
    first = [p.detach().clone() for p in model.parameters()]
    model.register_forward_pre_hook(lambda m, given: seen.append(given[0].clone()))
    told = [loss for _, loss in names["train"](model, {"train": (x, y), "validation": (x, y)}, SEED)]
    return seen, eye, told, first


@pytest.mark.parametrize("batch", [0, 16])
@pytest.mark.parametrize("change", [{"shift": 2}, {"rotate": 30.0}, {"shift": 2, "rotate": 30.0}, {}])
def test_an_image_keeps_its_label_and_is_changed_anew_at_each_step(change, batch):
    n = 50
    y = torch.arange(n) % 10
    x = torch.zeros(n, 28, 28)
    x[:, 10:18, 10:18] = (1 + y).float()[:, None, None]  # as bright as its label says
    before = x.clone()
    settings = {"train_size": n, "batch_size": batch, "epochs": 3, "pixels": "unit", "widths": (4,), "lr": 1e-3}
    seen, eye, _, _ = watched(x.flatten(1), y, **settings, **change)
    assert torch.equal(x, before)  # the training rows themselves stay as they were
    assert [len(t) for t in eye.targets] == ([n] if batch == 0 else [16, 16, 16, 2]) * 3
    for images, targets in zip(seen, eye.targets, strict=True):
        close(images.amax(1), (targets + 1).float(), 1e-3)
    nights = [torch.cat(seen[i : i + len(seen) // 3]) for i in range(0, len(seen), len(seen) // 3)]
    order = [torch.cat(eye.targets[i : i + len(seen) // 3]) for i in range(0, len(seen), len(seen) // 3)]
    assert all(torch.equal(torch.bincount(o, minlength=10), torch.bincount(y, minlength=10)) for o in order)
    changed = (nights[0].unsqueeze(1) != before.flatten(1)).any(2).all(1).float().mean()
    assert changed > 0.7 if change else changed == 0
    if change:  # the same image looks otherwise in the next epoch
        assert not torch.equal(nights[0].sort(0).values, nights[1].sort(0).values)


def test_nothing_is_changed_where_the_network_is_examined():
    recipe = Recipe(shift=5, rotate=90.0, mixup=1.0, dropout=0.5, train_size=50)
    names = forge(source(recipe))
    model, seen = names["Net"](), []
    data = load_data(recipe, source(recipe), "cpu", SEED)
    model.register_forward_pre_hook(lambda m, given: seen.append(given[0].clone()))
    for x, y in data.values():
        assert names["evaluate"](model, x, y) == names["evaluate"](model, x, y)
    assert torch.equal(torch.cat(seen[::2]), torch.cat([x for x, _ in data.values()]))


# --- mixup and label smoothing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("batch", [0, 16])
def test_mixup_is_a_convex_combination_of_two_rows_and_of_their_losses(batch, smoothing):
    n = 40
    x, y = torch.eye(784)[:n], torch.randint(0, 10, (n,))  # each row is told by its place
    seen, eye, told, (w1, b1, w2, b2) = watched(
        x, y, train_size=n, batch_size=batch, mixup=0.4, epochs=50, widths=(8,), label_smoothing=smoothing, lr=1e-9
    )
    shares, steps = [], len(seen) // 50
    for step, mixed in enumerate(seen):
        one, two = eye.targets[2 * step : 2 * step + 2]
        close(mixed.sum(1), torch.ones(len(mixed)))
        share = None
        for row, a, b in zip(mixed, one, two, strict=True):
            places = row.nonzero().flatten().tolist()
            assert len(places) in (1, 2)
            if len(places) == 2:
                (i, j), (p, q) = places, row[places].tolist()
                share = p if share is None else share
                assert min(abs(p - share), abs(q - share)) < 1e-5  # one share for the whole batch
                # The first target is that of the row which has ``share``, the second that of the other.
                assert {(y[i].item(), y[j].item()), (y[j].item(), y[i].item())} >= {(a.item(), b.item())}
        if share is not None:
            shares.append(share)
    # The first night's loss, from the first weights (the rate is almost nothing).
    total = 0.0
    for step in range(steps):
        logits = torch.relu(seen[step] @ w1.T + b1) @ w2.T + b2
        logs = logits - logits.exp().sum(1, keepdim=True).log()
        truth = (1 - smoothing) * F.one_hot(y, 10).float() + smoothing / 10
        # The mixed label of a mixed row: the same combination of the labels as of the rows.
        total += -(logs * (seen[step][:, :n] @ truth)).sum().item()
    assert told[0] == pytest.approx(total / n, rel=1e-4)
    assert len(shares) >= 45 and 0.3 < np.mean([max(s, 1 - s) for s in shares]) <= 1


def test_the_shares_of_mixup_are_drawn_from_a_beta():
    x, y = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    for alpha in (0.2, 5.0):
        seen = watched(x, y, data="gaussians", train_size=2, batch_size=0, mixup=alpha, epochs=800, widths=(1,))[0]
        shares = torch.stack([one[0, 0] for one in seen])
        mixed = shares[shares != 1]  # half of all times a row is laid over itself
        assert 0.4 < len(mixed) / len(shares) < 0.6
        assert mixed.var().item() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.2)
        assert mixed.mean().item() == pytest.approx(0.5, abs=0.06)


def test_mixup_of_a_regression_mixes_the_targets():
    x, y = torch.rand(20, 10), torch.rand(20, 1)
    x[:, 0] = y[:, 0]  # the target is told by the first number, and a mixture's by the mixture's
    settings = {"data": "noise", "train_size": 20, "batch_size": 8, "mixup": 1.0, "epochs": 5}
    seen, eye, _, _ = watched(x, y, **settings)
    for rows, targets in zip(seen, eye.targets, strict=True):
        close(rows[:, :1], targets)
    assert any((rows.unsqueeze(1) != x).any(2).all(1).any() for rows in seen)


@pytest.mark.parametrize("smoothing", [0.1, 0.5, 0.9])
def test_label_smoothing_spreads_its_share_over_all_classes(smoothing):
    x, y = torch.randn(30, 784), torch.arange(30) % 10
    settings = {"train_size": 30, "batch_size": 0, "epochs": 1, "widths": (5,)}
    _, _, (told,), (w1, b1, w2, b2) = watched(x, y, label_smoothing=smoothing, **settings)
    logs = (torch.relu(x @ w1.T + b1) @ w2.T + b2).log_softmax(1)
    truth = (1 - smoothing) * F.one_hot(y, 10) + smoothing / 10
    assert told == pytest.approx(-(truth * logs).sum(1).mean().item(), rel=1e-5)
    names = names_of(label_smoothing=smoothing, **settings)
    model = names["Net"]()
    with torch.no_grad():
        plain = F.cross_entropy(model(x), y).item()
    assert names["evaluate"](model, x, y)[0] == pytest.approx(plain, rel=1e-5)  # examined by the true labels alone


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
