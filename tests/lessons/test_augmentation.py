"""How each image is changed on its way in, and what mixup and label smoothing do: looked at from outside."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from lessons.lab.forge import forge, load_data
from lessons.recipe import Recipe
from lessons.source import source
from tests.lessons.hands import SEED, close, names_of

ROOT = Path(__file__).parents[2]
SCALES = {"standard": (0.1307, 0.3081), "half": (0.5, 0.5), "unit": (0.0, 1.0)}
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def shipped():
    with np.load(ROOT / "lessons" / "data" / "digits.npz") as file:
        return {name: file[name] for name in file.files}


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
