"""Layers, norms, dropout and first weights: each against torch written by hand."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tests.lessons.hands import close, made, network, pairs

SEED = 3
SHUFFLE, CHANCE = SEED + 10_000_000, SEED + 20_000_000
"""The streams of chance that the generated program names: the order of the rows, and dropout."""
pytestmark = pytest.mark.usefixtures("one_thread")


# --- activations ------------------------------------------------------------------------------------------------------

BENDS = {
    "relu": lambda x: x * (x > 0),
    "leaky_relu": lambda x: x * (x > 0) + 0.01 * x * (x <= 0),
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "tanh": lambda x: (x.exp() - (-x).exp()) / (x.exp() + (-x).exp()),
    "gelu": lambda x: x * (1 + (x / math.sqrt(2)).erf()) / 2,
    "silu": lambda x: x / (1 + (-x).exp()),
    "elu": lambda x: torch.where(x > 0, x, x.exp() - 1),
    "linear": lambda x: x,
}


@pytest.mark.parametrize("name", BENDS)
def test_an_activation_bends_each_hidden_layer_and_not_the_last(name):
    bend = BENDS[name]
    model = network(SEED, widths=(7, 5), activation=name, init="xavier_normal", gain=2.0)
    (w1, b1), (w2, b2), (w3, b3) = pairs(model)
    x = torch.randn(11, 784)
    close(model(x), bend(bend(x @ w1.T + b1) @ w2.T + b2) @ w3.T + b3)

    model = network(SEED, channels=(3,), kernel=5, widths=(), activation=name)
    (w1, b1), (w2, b2) = pairs(model)
    close(model(x), bend(F.conv2d(x.view(-1, 1, 28, 28), w1, b1)).reshape(11, -1) @ w2.T + b2)


def test_without_a_bend_many_layers_are_one_straight_map():
    model = network(SEED, widths=(16,), depth=6, activation="linear")
    with torch.no_grad():
        x, y = torch.randn(2, 9, 784)
        close(model((x + y) / 2), (model(x) + model(y)) / 2)
        bent = network(SEED, widths=(16,), depth=6, activation="relu", init="kaiming_normal")
        assert not torch.allclose(bent((x + y) / 2), (bent(x) + bent(y)) / 2, atol=1e-2)


# --- layers -----------------------------------------------------------------------------------------------------------


def test_depth_repeats_the_whole_row_of_widths():
    model = network(SEED, widths=(8, 4), depth=3)
    assert [tuple(w.shape) for w, _ in pairs(model)] == [(8, 784), (4, 8), (8, 4), (4, 8), (8, 4), (4, 8), (10, 4)]


def test_no_hidden_layer_is_a_linear_reader():
    assert [tuple(w.shape) for w, _ in pairs(network(SEED, widths=()))] == [(10, 784)]


@pytest.mark.parametrize("pool", ["none", "max", "avg"])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 1, 0), (3, 2, 1), (5, 1, 2), (4, 2, 0), (1, 1, 0)])
def test_convolutions_stride_pad_and_pool_as_they_say(pool, kernel, stride, padding):
    recipe, names = made(
        channels=(4, 6), kernel=kernel, stride=stride, padding=padding, pool=pool, widths=(5,), activation="tanh"
    )
    torch.manual_seed(SEED)
    model = names["Net"]()
    shrink = {"none": lambda h: h, "max": lambda h: F.max_pool2d(h, 2), "avg": lambda h: F.avg_pool2d(h, 2)}[pool]
    (w1, b1), (w2, b2), (w3, b3), (w4, b4) = pairs(model)
    x = torch.randn(6, 784)
    with torch.no_grad():
        h = x.view(6, 1, 28, 28)
        for w, b in ((w1, b1), (w2, b2)):
            h = shrink(F.conv2d(h, w, b, stride=stride, padding=padding).tanh())
        close(model(x), (h.reshape(6, -1) @ w3.T + b3).tanh() @ w4.T + b4)
    assert w1.shape[2:] == (kernel, kernel)
    assert sum(p.numel() for p in model.parameters()) == recipe.parameters


def test_pooling_takes_the_largest_or_the_mean_of_two_by_two():
    x = torch.zeros(1, 784)
    x.view(28, 28)[:2, :2] = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    for pool, expected in (("max", 6.0), ("avg", 3.0)):
        model = network(SEED, channels=(1,), kernel=1, pool=pool, widths=(), activation="linear", bias=0)
        with torch.no_grad():
            pairs(model)[0][0].fill_(1.0)
            assert model.layers[:-1](x)[0, 0].item() == expected


# --- normalisation ----------------------------------------------------------------------------------------------------


def normal(h, dims):
    """Mean 0 and variance 1 over these dimensions, by the formula of every one of the four papers."""
    mean = h.mean(dims, keepdim=True)
    return (h - mean) / ((h - mean).square().mean(dims, keepdim=True) + 1e-5).sqrt()


def grouped(h, groups):
    parts = h.reshape(len(h), groups, -1)
    return normal(parts, (2,)).reshape(h.shape)


DENSE = {"batch": lambda h: normal(h, (0,)), "layer": lambda h: normal(h, (1,)), "group": lambda h: grouped(h, 4)}
IMAGES = {
    "batch": lambda h: normal(h, (0, 2, 3)),
    "layer": lambda h: normal(h, (1, 2, 3)),
    "group": lambda h: grouped(h, 4),
    "instance": lambda h: normal(h, (2, 3)),
}


def unsettle(model):
    """Scales and shifts that are not 1 and 0, so that a norm without them is found out; returns them."""
    found = [m for m in model.modules() if not isinstance(m, nn.Linear | nn.Conv2d) and list(m.parameters(False))]
    with torch.no_grad():
        for m in found:
            m.weight.uniform_(0.5, 2.0)
            m.bias.uniform_(-1.0, 1.0)
    return [(m.weight, m.bias) for m in found]


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("name", DENSE)
def test_a_dense_norm_is_the_formula_of_its_paper(name, place):
    model = network(SEED, widths=(8, 12), norm=name, norm_place=place, groups=4, activation="tanh")
    (g1, s1), (g2, s2) = unsettle(model)
    (w1, b1), (w2, b2), (w3, b3) = pairs(model)

    def hand(h, g, s):
        if place == "before":
            return (DENSE[name](h) * g + s).tanh()
        return DENSE[name](h.tanh()) * g + s

    x = 3 * torch.randn(32, 784) + 1
    with torch.no_grad():
        hidden = hand(hand(x @ w1.T + b1, g1, s1) @ w2.T + b2, g2, s2)
        close(model.train()(x), hidden @ w3.T + b3, 1e-4)


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("name", IMAGES)
def test_a_norm_of_images_is_the_formula_of_its_paper(name, place):
    """Batch: each channel over rows and pixels; layer: a row's channels and pixels together; instance: each alone."""
    widths = () if name == "instance" else (12,)
    model = network(
        SEED,
        channels=(8,),
        stride=2,
        pool="max",
        widths=widths,
        norm=name,
        norm_place=place,
        groups=4,
        activation="tanh",
    )
    (g1, s1), *rest = unsettle(model)
    (w1, b1), *dense = pairs(model)

    def hand(h, norm, g, s):
        return (norm(h) * g + s).tanh() if place == "before" else norm(h.tanh()) * g + s

    x = 3 * torch.randn(16, 784) + 1
    with torch.no_grad():
        h = F.conv2d(x.view(-1, 1, 28, 28), w1, b1, stride=2)
        h = F.max_pool2d(hand(h, IMAGES[name], g1[:, None, None], s1[:, None, None]), 2).reshape(16, -1)
        if widths:
            h = hand(h @ dense[0][0].T + dense[0][1], DENSE[name], *rest[0])
        close(model.train()(x), h @ dense[-1][0].T + dense[-1][1], 1e-4)


def test_no_norm_is_none():
    assert unsettle(network(SEED, channels=(4,), widths=(8,))) == []


@pytest.mark.parametrize(("momentum", "channels"), [(0.1, ()), (0.3, ()), (1.0, ()), (0.3, (4,))])
def test_batch_norm_keeps_running_averages_and_examines_by_them(momentum, channels):
    recipe, names = made(widths=() if channels else (6,), channels=channels, norm="batch", norm_momentum=momentum)
    torch.manual_seed(SEED)
    model = names["Net"]()
    (w1, b1), (w2, b2) = pairs(model)
    seen = [torch.randn(20, 784), 2 * torch.randn(20, 784) + 1]
    shape = (-1, 1, 1) if channels else (-1,)

    def first(x):
        return F.conv2d(x.view(-1, 1, 28, 28), w1, b1) if channels else x @ w1.T + b1

    with torch.no_grad():
        mean, variance = torch.zeros(len(b1)), torch.ones(len(b1))
        for x in seen:
            model.train()(x)
            h = first(x).transpose(0, 1).flatten(1)
            mean = (1 - momentum) * mean + momentum * h.mean(1)
            variance = (1 - momentum) * variance + momentum * h.var(1)  # the unbiased one is kept
        x, y = torch.randn(9, 784), torch.arange(9)
        h = (first(x) - mean.view(shape)) / (variance.view(shape) + 1e-5).sqrt()
        logits = h.relu().reshape(9, -1) @ w2.T + b2
        loss, accuracy = names["evaluate"](model, x, y)
    assert loss == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-4)
    assert accuracy == (logits.argmax(1) == y).double().mean().item()
    assert recipe.eval_mode and not model.training


# --- dropout ----------------------------------------------------------------------------------------------------------


def through(model, x):
    """What went into each dropout layer and what came out, in one training step's forward pass."""
    seen = []
    layers = [m for m in model.modules() if isinstance(m, nn.Dropout | nn.Dropout2d)]
    hooks = [m.register_forward_hook(lambda m, given, out: seen.append((given[0], out))) for m in layers]
    with torch.no_grad():
        model.train()(x)
    for hook in hooks:
        hook.remove()
    return seen


def test_dropout_has_a_rate_for_each_layer_and_scales_what_is_left():
    model = network(SEED, widths=(300, 200, 100), dropout=(0.5, 0.0, 0.2), activation="sigmoid")
    seen = through(model, torch.randn(400, 784))
    assert [out.shape[1] for _, out in seen] == [300, 100]  # after the activation, and none where the rate is 0
    for (given, out), p in zip(seen, (0.5, 0.2), strict=True):
        kept = out != 0
        assert given.min() > 0  # a sigmoid's outputs: what comes before the dropout is never 0 by itself
        assert kept.float().mean().item() == pytest.approx(1 - p, abs=0.01)
        close(out, kept * given / (1 - p))
        assert kept.float().mean(0).min() > 0 and kept.float().mean(0).max() < 1  # each row has a mask of its own


def test_one_rate_is_for_every_layer():
    model = network(SEED, channels=(4,), widths=(8, 8), dropout=0.25)
    assert [m.p for m in model.modules() if isinstance(m, nn.Dropout | nn.Dropout2d)] == [0.25] * 3


def test_dropout_after_a_convolution_takes_whole_channels():
    model = network(SEED, channels=(20,), widths=(30,), dropout=(0.4, 0.0), activation="sigmoid", pool="avg")
    ((given, out),) = through(model, torch.randn(200, 784))
    assert given.shape == (200, 20, 13, 13)  # what is left after the pooling
    kept = (out != 0).flatten(2)
    assert torch.equal(kept.all(2), kept.any(2))  # all pixels of a channel, or none
    close(out, kept.all(2)[:, :, None, None] * given / 0.6)
    assert kept.float().mean().item() == pytest.approx(0.6, abs=0.02)
    assert kept[:, :, 0].float().mean(0).min() > 0 and kept[:, :, 0].float().mean(0).max() < 1


def test_dropout_rests_while_the_network_is_examined_unless_eval_is_forgotten():
    x, y = torch.randn(50, 784), torch.arange(50) % 10
    names = made(widths=(40,), dropout=0.5)[1]
    torch.manual_seed(SEED)
    model = names["Net"]()
    (w1, b1), (w2, b2) = pairs(model)
    whole = F.cross_entropy((x @ w1.T + b1).relu() @ w2.T + b2, y).item()
    model.train()
    assert [names["evaluate"](model, x, y)[0] for _ in range(2)] == pytest.approx([whole] * 2, rel=1e-5)

    names = made(widths=(40,), dropout=0.5, eval_mode=False)[1]
    model.train()
    one, other = (names["evaluate"](model, x, y)[0] for _ in range(2))
    assert one != other and model.training


# --- first weights ----------------------------------------------------------------------------------------------------

GAINS = {
    "relu": math.sqrt(2),
    "leaky_relu": math.sqrt(2 / (1 + 0.01**2)),
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "gelu": math.sqrt(2),
    "silu": math.sqrt(2),
    "elu": math.sqrt(2),
    "linear": 1.0,
}
"""He's factors; the smooth relatives of ReLU count as ReLU."""


def fans(weight):
    field = math.prod(weight.shape[2:])
    return weight.shape[1] * field, weight.shape[0] * field


def drawn(weight, std, uniform):
    """Whether these look like draws of that spread, from a box or from a bell."""
    assert weight.mean().item() == pytest.approx(0, abs=4 * std / math.sqrt(weight.numel()))
    assert weight.std().item() == pytest.approx(std, rel=4 / math.sqrt(weight.numel()) + 0.002)
    bound, most = math.sqrt(3) * std, weight.abs().max().item()
    assert (0.98 * bound < most <= bound * 1.00001) if uniform else most > 1.2 * bound


SHAPES = {"dense": {"widths": (300, 200)}, "images": {"channels": (40, 50), "stride": 2, "widths": (100,)}}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("gain", [1.0, 1.5])
@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_xavier_has_a_variance_of_2_over_inputs_and_outputs(kind, gain, shape):
    for w, b in pairs(network(SEED, init=f"xavier_{kind}", gain=gain, **SHAPES[shape])):
        ins, outs = fans(w)
        drawn(w, gain * math.sqrt(2 / (ins + outs)), kind == "uniform")
        assert 0 < b.abs().max() <= 1 / math.sqrt(ins)  # biases stay torch's own


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["uniform", "normal"])
@pytest.mark.parametrize("activation", GAINS)
def test_kaiming_has_a_variance_of_2_over_inputs_and_a_linear_last_layer(kind, activation, shape):
    *hidden, last = pairs(network(SEED, init=f"kaiming_{kind}", activation=activation, **SHAPES[shape]))
    for w, _ in hidden:
        drawn(w, GAINS[activation] / math.sqrt(fans(w)[0]), kind == "uniform")
    drawn(last[0], 1 / math.sqrt(fans(last[0])[0]), kind == "uniform")


def test_kaiming_on_a_network_of_one_layer_is_the_linear_rule():
    ((w, _),) = pairs(network(SEED, init="kaiming_normal", widths=()))
    drawn(w, 1 / 28, uniform=False)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("std", [1.0, 0.02])
def test_normal_first_weights_have_their_spread_in_every_layer(std, shape):
    for w, _ in pairs(network(SEED, init="normal", init_std=std, **SHAPES[shape])):
        drawn(w, std, uniform=False)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_orthogonal_weights_turn_and_stretch_and_nothing_else(gain, shape):
    for w, _ in pairs(network(SEED, init="orthogonal", gain=gain, **SHAPES[shape])):
        flat = w.flatten(1)
        square = flat @ flat.T if len(flat) <= flat.shape[1] else flat.T @ flat
        close(square, gain**2 * torch.eye(len(square)), 1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_zeros_and_torchs_own(shape):
    for w, _ in pairs(network(SEED, init="zeros", **SHAPES[shape])):
        assert not w.any()
    for w, b in pairs(network(SEED, **SHAPES[shape])):
        bound = 1 / math.sqrt(fans(w)[0])
        drawn(w, bound / math.sqrt(3), uniform=True)
        assert 0 < b.abs().max() <= bound


@pytest.mark.parametrize("init", ["default", "kaiming_normal", "xavier_uniform"])
@pytest.mark.parametrize("bias", [0, 0.5, -2])
def test_a_first_bias_is_the_same_everywhere_and_leaves_weights_and_norms_alone(init, bias):
    plain, set_ = (
        network(SEED, channels=(4,), widths=(8,), norm="batch", init=init, bias=b) for b in ("default", bias)
    )
    for (w, _), (v, b) in zip(pairs(plain), pairs(set_), strict=True):
        assert torch.equal(w, v) and (b == bias).all()
    norms = [m for m in set_.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    assert [(m.weight.unique().tolist(), m.bias.unique().tolist()) for m in norms] == [([1.0], [0.0])] * 2


def test_kaiming_carries_a_signal_through_twenty_layers_of_relu_and_xavier_does_not():
    x = torch.randn(200, 784)
    spread = {}
    for init in ("kaiming_normal", "xavier_normal", "normal"):
        model = network(SEED, widths=(64,), depth=20, init=init, bias=0)
        with torch.no_grad():
            spread[init] = model.layers[:-1](x).square().mean().sqrt().item()
    assert 0.2 < spread["kaiming_normal"] < 5
    assert spread["xavier_normal"] < 1e-2 and spread["normal"] > 1e12  # half of it is lost, or eight times won, a layer
