"""A look inside a network: right numbers, and no trace in the training."""

import copy
import dataclasses
import json
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lessons.lab import probing
from lessons.lab.measuring import undisturbed
from lessons.lab.probing import look
from lessons.views import View, short

IMAGE = (1, 28, 28)


class Net(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)


@pytest.fixture(autouse=True)
def _seeded():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # nets this small only wait for one another's threads
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


def rows(inputs, classes, count=40, seed=1):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, inputs, generator=generator)
    return x, torch.randint(classes, (count,), generator=generator)


def splits(inputs, classes, count=40):
    return {split: rows(inputs, classes, count, seed) for seed, split in enumerate(("train", "validation", "test"))}


def seen(model, data, loss=F.cross_entropy, image=None, final=False):
    with undisturbed(model, "cpu"):
        return look(model, data, 3, loss, image=image, final=final)


def close(value, expected):
    return value == pytest.approx(torch.as_tensor(expected).item(), rel=2e-5)


def cnn():
    return Net(
        nn.Unflatten(1, IMAGE),
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(4),
        nn.Dropout2d(0.5),
        nn.Conv2d(8, 6, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(150, 10),
    )


def test_spread_mean_norm_and_dead_units_of_a_net_worked_out_by_hand():
    model = Net(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    with torch.no_grad():
        model.layers[0].weight.copy_(torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, -2.0]]))
        model.layers[0].bias.copy_(torch.tensor([0.0, -100.0, 0.0]))
    x = torch.tensor([[1.0, 1.0], [3.0, -1.0], [-5.0, 0.0], [0.0, -2.0]])
    view = seen(model, {"train": (x, torch.tensor([0, 1, 0, 1]))})
    first, last = view.layers
    # After ReLU the units put out 1 3 0 0, 0 0 0 0 and 0 2 0 4.
    assert (first.name, first.units, first.dead_units) == ("1: Linear 2-3", 3, "010")
    assert close(first.dead, 1 / 3) and close(first.mean, 10 / 12)
    assert close(first.spread, math.sqrt(30 / 12 - (10 / 12) ** 2))
    assert close(first.weight_norm, math.sqrt(7))
    assert (last.name, last.units, last.dead, last.dead_units) == ("2: Linear 3-2", 2, None, "")
    assert close(last.spread, model(x).std(correction=0)) and close(last.mean, model(x).mean())
    assert view.epoch == 3 and view.misread == {"validation": [], "test": []}


def test_the_gradient_norm_is_that_of_backward():
    model, data = Net(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 3)), splits(5, 3)
    twin = copy.deepcopy(model)
    F.cross_entropy(twin(data["train"][0]), data["train"][1]).backward()
    for layer, n in zip(seen(model, data).layers, (0, 2, 4), strict=True):
        assert close(layer.gradient_norm, twin.layers[n].weight.grad.norm())


def test_a_look_reads_the_first_rows_only():
    model, (x, y) = Net(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 2)), rows(2, 2, 500)
    few = {"train": (x[: probing.ROWS], y[: probing.ROWS])}
    assert seen(model, {"train": (x, y)}).layers == seen(model, few).layers


@pytest.mark.parametrize("size", [1e-12, 1e12])
def test_numbers_whose_squares_float32_does_not_hold(size):
    model, data = Net(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 2)), splits(3, 2)
    with torch.no_grad():
        for n in (2, 3):
            model.layers[n].weight.mul_(size), model.layers[n].bias.zero_()
    large = copy.deepcopy(model).double()
    x = data["train"][0]
    # Not cross-entropy: it has no gradient left at such outputs.
    large(x.double()).sum().backward()
    layers = seen(model, data, loss=lambda outputs, y: outputs.sum()).layers
    for layer, n in zip(layers, (0, 2, 3, 4), strict=True):
        assert layer.gradient_norm == pytest.approx(float(large.layers[n].weight.grad.norm()), rel=1e-3)
    assert layers[2].spread == pytest.approx(large.layers[:4](x.double()).std(correction=0).item(), rel=1e-3)


def test_a_large_constant_is_dead_and_a_small_difference_is_not():
    model = Net(nn.Linear(2, 3), nn.Linear(3, 2))
    with torch.no_grad():
        model.layers[0].weight.copy_(torch.tensor([[0.0, 0.0], [1e-5, 0.0], [1.0, 1.0]]))
        model.layers[0].bias.copy_(torch.tensor([12345.678, 0.1, 0.0]))
    assert seen(model, splits(2, 2)).layers[0].dead_units == "100"


def test_the_dead_unit_grid_is_cut_and_the_share_is_not():
    model = Net(nn.Linear(2, 400), nn.Tanh(), nn.Linear(400, 2))
    with torch.no_grad():
        model.layers[0].bias[300:] = -100
    layer = seen(model, splits(2, 2)).layers[0]
    assert len(layer.dead_units) == 256 and layer.dead_units.count("1") == 0
    assert (layer.dead, layer.units) == (0.25, 400)


def test_dropout_rests_while_the_layers_are_looked_at():
    plain = Net(nn.Linear(4, 9), nn.ReLU(), nn.Linear(9, 2))
    dropping = Net(*plain.layers[:2], nn.Dropout(0.9), plain.layers[2])
    assert seen(plain, splits(4, 2)) == dataclasses.replace(seen(dropping, splits(4, 2)), masks=[])


def struck(layer, row):
    """What that dropout layer strikes out of a row at the random state as it stands."""
    return "".join("1" if value == 0 else "0" for value in layer.train()(torch.ones_like(row)).flatten().tolist())


def test_a_mask_is_what_the_layer_strikes_out_of_a_row_and_leaves_the_stream_alone():
    model, data = Net(nn.Linear(4, 300), nn.ReLU(), nn.Dropout(0.25), nn.Linear(300, 8), nn.Dropout(0.5)), splits(4, 8)
    model.layers[2].eval()
    before = torch.get_rng_state()
    first, last = seen(model, data).masks
    assert torch.equal(torch.get_rng_state(), before) and not model.layers[2].training
    expected = struck(model.layers[2], torch.ones(1, 300)), struck(model.layers[4], torch.ones(1, 8))
    # ReLU makes some outputs 0 that dropout keeps: they are not struck out.
    assert (first.struck_units, last.struck_units) == (expected[0][:256], expected[1])
    assert (first.after, first.rate, first.units, first.struck) == (1, 0.25, 300, expected[0].count("1"))
    assert (last.after, last.rate, last.units, last.struck) == (2, 0.5, 8, expected[1].count("1"))
    assert 40 < first.struck < 110


def test_masks_of_the_ends_of_the_dial_are_full_and_empty():
    model = Net(nn.Dropout(0.0), nn.Linear(3, 5), nn.Dropout(1.0), nn.Linear(5, 2))
    kept, lost = seen(model, splits(3, 2)).masks
    assert (kept.after, kept.struck_units, kept.struck) == (0, "000", 0)
    assert (lost.after, lost.struck_units, lost.struck) == (1, "11111", 5)


def test_a_convolution_loses_whole_channels():
    model, data = cnn(), splits(784, 10)
    channels, flat = seen(model, data, image=IMAGE).masks
    model.layers[5].train()
    maps = model.layers[5](torch.ones(1, 8, 7, 7))
    assert (channels.after, channels.units, flat.after, flat.units) == (1, 8, 2, 150)
    assert channels.struck_units == "".join("1" if one.sum() == 0 else "0" for one in maps[0])


def test_the_masks_of_a_run_change_from_look_to_look_and_from_seed_to_seed():
    model, data = Net(nn.Linear(4, 64), nn.Dropout(0.5), nn.Linear(64, 2)), splits(4, 2)
    one = seen(model, data).masks
    assert seen(model, data).masks == one
    torch.rand(1)  # as a step of the training moves on
    assert seen(model, data).masks != one
    torch.manual_seed(1)
    assert seen(model, data).masks != one


def test_batch_norm_uses_the_rows_at_hand():
    model = Net(nn.Linear(4, 9), nn.BatchNorm1d(9), nn.Linear(9, 2))
    layer = seen(model, splits(4, 2)).layers[0]
    assert layer.spread == pytest.approx(1, abs=1e-3) and layer.mean == pytest.approx(0, abs=1e-5)


def test_one_row_is_read_with_the_running_averages():
    model = Net(nn.Linear(2, 9), nn.BatchNorm1d(9), nn.ReLU(), nn.Linear(9, 2))
    x, y = rows(2, 2, 1)
    view = seen(model, {"train": (x, y)})
    block = model.eval().layers[:3](x)
    assert close(view.layers[0].spread, block.std(correction=0))
    assert view.layers[0].dead is None and view.layers[0].gradient_norm > 0
    assert view.grid.x_low < x[0, 0] < view.grid.x_high


def test_a_cnn_is_seen_by_channels():
    model, data = cnn(), splits(784, 10)
    with torch.no_grad():
        model.layers[2].bias[3] = -100
        model.layers[6].bias[:2] = -100
    view = seen(model, data, image=IMAGE)
    assert [layer.name for layer in view.layers] == ["1: Conv2d 1-8", "2: Conv2d 8-6", "3: Linear 150-10"]
    assert [layer.dead_units for layer in view.layers] == ["00010000", "110000", ""]
    assert view.layers[1].dead == pytest.approx(1 / 3, rel=1e-4) and view.grid is None
    resting = model.train()
    for n in (5, 9):
        resting.layers[n].eval()
    assert close(view.layers[0].spread, resting.layers[:5](data["train"][0]).std(correction=0))
    assert close(view.layers[1].mean, resting.layers[:8](data["train"][0]).mean())


def test_the_histogram_counts_every_weight_and_no_bias():
    model = Net(nn.Linear(2, 2))
    with torch.no_grad():
        model.layers[0].weight.copy_(torch.tensor([[-2.0, 0.0], [1.95, 2.0]]))
        model.layers[0].bias.fill_(50)
    view = seen(model, splits(2, 2)).histogram
    assert (view.low, view.high, view.zeros, view.small, view.total) == (-2, 2, 1, 1, 4)
    assert {n: count for n, count in enumerate(view.counts) if count} == {0: 1, 20: 1, 39: 2}
    with torch.no_grad():
        model.layers[0].weight[1, 0] = -0.0009
        model.layers[0].weight[1, 1] = 0.0011
    assert seen(model, splits(2, 2)).histogram.small == 2
    with torch.no_grad():
        model.layers[0].weight.copy_(torch.tensor([[-2.0, 0.0], [1.95, 2.0]]))
    assert torch.equal(model.layers[0].weight.detach(), torch.tensor([[-2.0, 0.0], [1.95, 2.0]]))


def test_zero_weights():
    model = Net(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    view = seen(model, splits(2, 2))
    assert (view.histogram.low, view.histogram.high, view.histogram.zeros) == (0, 0, 12)
    assert view.histogram.counts[20] == sum(view.histogram.counts) == 12
    assert [layer.weight_norm for layer in view.layers] == [0, 0]
    assert (view.layers[0].dead, view.layers[0].spread, view.layers[0].gradient_norm) == (1, 0, 0)
    assert view.grid.values == [[0.5] * 41] * 41


def test_x_grows_with_the_column_and_y_with_the_row():
    model, data = Net(nn.Linear(2, 1)), splits(2, 1)
    with torch.no_grad():
        model.layers[0].weight.copy_(torch.tensor([[1.0, 10.0]]))
        model.layers[0].bias.zero_()
    x = torch.tensor([[-1.0, 0.0], [1.0, 5.0], [0.0, 2.0]])
    y = torch.tensor([[0.25], [0.5], [-3.0]])
    grid = seen(model, {**data, "train": (x, y)}, F.mse_loss).grid
    assert (grid.x_low, grid.x_high, grid.y_low, grid.y_high, grid.size) == (-1.2, 1.2, -0.5, 5.5, 41)
    assert len(grid.values) == 41 and all(len(row) == 41 for row in grid.values)
    for row, column in ((0, 0), (0, 40), (40, 0), (13, 29)):
        expected = (-1.2 + 2.4 * column / 40) + 10 * (-0.5 + 6 * row / 40)
        assert grid.values[row][column] == pytest.approx(expected, abs=1e-3)
    assert grid.points == [[-1, 0, 0.25], [1, 5, 0.5], [0, 2, -3]]


def test_two_classes_give_a_probability_and_three_the_likeliest():
    two, data = Net(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.9), nn.Linear(8, 2)), splits(2, 2, 300)
    grid = seen(two, data).grid
    corner = torch.tensor([[grid.x_high, grid.y_low]])
    assert grid.values[0][40] == pytest.approx(two.eval()(corner).softmax(1)[0, 1].item(), abs=1e-4)
    assert len(grid.points) == 200 and {point[2] for point in grid.points} == {0, 1}
    three = Net(nn.Linear(2, 3))
    with torch.no_grad():
        three.layers[0].weight.copy_(torch.tensor([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]))
        three.layers[0].bias.copy_(torch.tensor([0.0, 0.5, 0.0]))
    values = seen(three, splits(2, 3)).grid.values
    assert values[7] == sorted(values[7]) and set(values[7]) == {0, 1, 2}


def test_the_surest_wrong_answers_come_first_with_their_pixels():
    model = Net(nn.Linear(784, 10))
    with torch.no_grad():
        model.layers[0].weight.zero_(), model.layers[0].bias.zero_()
        model.layers[0].weight[3, 0] = 1.0
    x = torch.zeros(20, 784)
    x[:, 0] = torch.arange(20) + 1.0
    x[:, 1] = -x[:, 0]
    y = torch.full((20,), 3)
    y[4:16] = 7
    x[19] = 5.0  # an image of one grey level
    y[19] = 0
    data = {"train": (x, y), "validation": (x, y), "test": (x[:4], y[:4])}
    found = seen(model, data, image=IMAGE, final=True).misread
    assert [one.index for one in found["validation"]] == [15, 14, 13, 12, 11, 10, 9, 8] and found["test"] == []
    first = found["validation"][0]
    assert (first.truth, first.said) == (7, 3) and close(first.sure, model(x[15:16]).softmax(1)[0, 3])
    assert len(first.pixels) == 2 * 784 and first.pixels[:6] == "ff0080"
    alone = seen(model, {**data, "validation": (x[19:], y[19:])}, image=IMAGE, final=True).misread["validation"]
    assert [one.pixels for one in alone] == ["00" * 784]
    assert not any(seen(model, data, image=IMAGE).misread.values())


@pytest.mark.parametrize("poison", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("make", [cnn, lambda: Net(nn.Linear(2, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2))])
def test_what_is_not_finite_is_none(make, poison):
    model = make()
    weight = next(p for p in model.parameters() if p.ndim > 1)
    with torch.no_grad():
        weight.view(-1)[0] = poison
    image = IMAGE if make is cnn else None
    view = seen(model, splits(784 if image else 2, 2), image=image, final=True)
    assert view.layers[0].weight_norm is None and view.layers[-1].spread is None
    assert view.layers[0].dead is None and view.layers[0].dead_units == ""
    assert sum(view.histogram.counts) == view.histogram.total - 1 and math.isfinite(view.histogram.high)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(poison)
    view = seen(model, splits(784 if image else 2, 2), image=image, final=True)
    assert sum(view.histogram.counts) == 0 and not any(view.misread.values())
    assert image or view.grid.values == [[None] * 41] * 41
    json.dumps(view.to_dict(), allow_nan=False)


def regression():
    data = {split: (x, x.sum(1, keepdim=True)) for split, (x, _) in splits(2, 2).items()}
    return Net(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1)), data, F.mse_loss, None


@pytest.mark.parametrize("case", [regression, lambda: (cnn(), splits(784, 10), F.cross_entropy, IMAGE)])
def test_a_view_survives_json(case):
    model, data, loss, image = case()
    view = seen(model, data, loss, image, final=True)
    assert view.grid if image is None else all(view.misread.values())
    assert View.from_dict(json.loads(json.dumps(view.to_dict(), allow_nan=False))) == view


def test_numbers_are_short():
    assert short(0.123456789) == 0.12346 and short(-123456789.0) == -123460000.0 and short(1e-30) == 1e-30
    assert short(math.nan) is None and short(math.inf) is None
    text = json.dumps(seen(Net(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2)), splits(2, 2, 300)).to_dict())
    assert len(text) < 25_000


def trained(make, data, image, looking):
    """The state after four epochs, with a look before, between and after, or without."""
    torch.manual_seed(5)
    model, loss = make(), F.cross_entropy
    x, y = data["train"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, fused=True)

    def pause(epoch):
        if looking:
            with undisturbed(model, "cpu"):
                look(model, data, epoch, loss, image=image, final=epoch == 4)

    pause(0)
    for epoch in range(1, 5):
        model.train()
        for batch in torch.randperm(len(x)).split(16):
            optimizer.zero_grad()
            loss(model(x[batch]), y[batch]).backward()
            optimizer.step()
        pause(epoch)
    assert all(module.training for module in model.modules())
    assert not any(module._forward_pre_hooks for module in model.modules())
    assert all(p.requires_grad for p in model.parameters())
    moments = [value for state in optimizer.state.values() for value in state.values()]
    gradients = [p.grad for p in model.parameters()]
    return [*model.state_dict().values(), *moments, *gradients, *data["train"], torch.get_rng_state()]


@pytest.mark.parametrize(
    ("make", "inputs", "image"),
    [
        (lambda: Net(nn.Linear(2, 9), nn.BatchNorm1d(9), nn.ReLU(), nn.Dropout(0.5), nn.Linear(9, 3)), 2, None),
        (lambda: Net(nn.Linear(2, 3)), 2, None),
        (cnn, 784, IMAGE),
    ],
)
def test_training_is_the_same_bit_for_bit(make, inputs, image):
    ends = [trained(make, splits(inputs, 3, 48), image, looking) for looking in (True, False)]
    assert all(torch.equal(one, other) for one, other in zip(*ends, strict=True))


def test_a_frozen_layer_has_no_gradient_and_stays_frozen():
    model = Net(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 2))
    model.layers[0].requires_grad_(False)
    first, last = seen(model, splits(2, 2)).layers
    assert first.gradient_norm is None and last.gradient_norm > 0
    model.requires_grad_(False)
    with torch.no_grad():
        assert seen(model, splits(2, 2)).layers[1].gradient_norm is None
    assert not any(p.requires_grad or p.grad is not None for p in model.parameters())


def test_an_error_leaves_no_hook():
    model = Net(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 2))

    def broken(outputs, y):
        raise RuntimeError("no loss")

    with pytest.raises(RuntimeError, match="no loss"):
        seen(model, splits(2, 2), broken)
    assert not any(module._forward_pre_hooks for module in model.modules())
