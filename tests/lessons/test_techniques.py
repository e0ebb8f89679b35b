"""Does each generated technique do what the field means by its name? Every one against torch written by hand."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from lessons.lab.forge import forge, load_data
from lessons.recipe import Recipe
from lessons.source import source

SEED = 3
SHUFFLE, CHANCE = SEED + 10_000_000, SEED + 20_000_000
"""The streams of chance that the generated program names: the order of the rows, and dropout."""


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def chance():
    torch.manual_seed(0)


def made(**settings):
    """A recipe and the names that its program defines."""
    recipe = Recipe(**settings)
    return recipe, forge(source(recipe))


def network(seed=SEED, **settings):
    names = made(**settings)[1]
    torch.manual_seed(seed)
    return names["Net"]()


def close(a, b, tolerance=1e-5):
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def pairs(model):
    """Weights and biases of the linear maps in their order."""
    return [(m.weight, m.bias) for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]


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
    model = network(widths=(7, 5), activation=name, init="xavier_normal", gain=2.0)
    (w1, b1), (w2, b2), (w3, b3) = pairs(model)
    x = torch.randn(11, 784)
    close(model(x), bend(bend(x @ w1.T + b1) @ w2.T + b2) @ w3.T + b3)

    model = network(channels=(3,), kernel=5, widths=(), activation=name)
    (w1, b1), (w2, b2) = pairs(model)
    close(model(x), bend(F.conv2d(x.view(-1, 1, 28, 28), w1, b1)).reshape(11, -1) @ w2.T + b2)


def test_without_a_bend_many_layers_are_one_straight_map():
    model = network(widths=(16,), depth=6, activation="linear")
    with torch.no_grad():
        x, y = torch.randn(2, 9, 784)
        close(model((x + y) / 2), (model(x) + model(y)) / 2)
        bent = network(widths=(16,), depth=6, activation="relu", init="kaiming_normal")
        assert not torch.allclose(bent((x + y) / 2), (bent(x) + bent(y)) / 2, atol=1e-2)


# --- layers -----------------------------------------------------------------------------------------------------------


def test_depth_repeats_the_whole_row_of_widths():
    model = network(widths=(8, 4), depth=3)
    assert [tuple(w.shape) for w, _ in pairs(model)] == [(8, 784), (4, 8), (8, 4), (4, 8), (8, 4), (4, 8), (10, 4)]


def test_no_hidden_layer_is_a_linear_reader():
    assert [tuple(w.shape) for w, _ in pairs(network(widths=()))] == [(10, 784)]


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
        model = network(channels=(1,), kernel=1, pool=pool, widths=(), activation="linear", bias=0)
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
    model = network(widths=(8, 12), norm=name, norm_place=place, groups=4, activation="tanh")
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
        channels=(8,), stride=2, pool="max", widths=widths, norm=name, norm_place=place, groups=4, activation="tanh"
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
    assert unsettle(network(channels=(4,), widths=(8,))) == []


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
    model = network(widths=(300, 200, 100), dropout=(0.5, 0.0, 0.2), activation="sigmoid")
    seen = through(model, torch.randn(400, 784))
    assert [out.shape[1] for _, out in seen] == [300, 100]  # after the activation, and none where the rate is 0
    for (given, out), p in zip(seen, (0.5, 0.2), strict=True):
        kept = out != 0
        assert given.min() > 0  # a sigmoid's outputs: what comes before the dropout is never 0 by itself
        assert kept.float().mean().item() == pytest.approx(1 - p, abs=0.01)
        close(out, kept * given / (1 - p))
        assert kept.float().mean(0).min() > 0 and kept.float().mean(0).max() < 1  # each row has a mask of its own


def test_one_rate_is_for_every_layer():
    model = network(channels=(4,), widths=(8, 8), dropout=0.25)
    assert [m.p for m in model.modules() if isinstance(m, nn.Dropout | nn.Dropout2d)] == [0.25] * 3


def test_dropout_after_a_convolution_takes_whole_channels():
    model = network(channels=(20,), widths=(30,), dropout=(0.4, 0.0), activation="sigmoid", pool="avg")
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
    for w, b in pairs(network(init=f"xavier_{kind}", gain=gain, **SHAPES[shape])):
        ins, outs = fans(w)
        drawn(w, gain * math.sqrt(2 / (ins + outs)), kind == "uniform")
        assert 0 < b.abs().max() <= 1 / math.sqrt(ins)  # biases stay torch's own


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["uniform", "normal"])
@pytest.mark.parametrize("activation", GAINS)
def test_kaiming_has_a_variance_of_2_over_inputs_and_a_linear_last_layer(kind, activation, shape):
    *hidden, last = pairs(network(init=f"kaiming_{kind}", activation=activation, **SHAPES[shape]))
    for w, _ in hidden:
        drawn(w, GAINS[activation] / math.sqrt(fans(w)[0]), kind == "uniform")
    drawn(last[0], 1 / math.sqrt(fans(last[0])[0]), kind == "uniform")


def test_kaiming_on_a_network_of_one_layer_is_the_linear_rule():
    ((w, _),) = pairs(network(init="kaiming_normal", widths=()))
    drawn(w, 1 / 28, uniform=False)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("std", [1.0, 0.02])
def test_normal_first_weights_have_their_spread_in_every_layer(std, shape):
    for w, _ in pairs(network(init="normal", init_std=std, **SHAPES[shape])):
        drawn(w, std, uniform=False)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_orthogonal_weights_turn_and_stretch_and_nothing_else(gain, shape):
    for w, _ in pairs(network(init="orthogonal", gain=gain, **SHAPES[shape])):
        flat = w.flatten(1)
        square = flat @ flat.T if len(flat) <= flat.shape[1] else flat.T @ flat
        close(square, gain**2 * torch.eye(len(square)), 1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_zeros_and_torchs_own(shape):
    for w, _ in pairs(network(init="zeros", **SHAPES[shape])):
        assert not w.any()
    for w, b in pairs(network(**SHAPES[shape])):
        bound = 1 / math.sqrt(fans(w)[0])
        drawn(w, bound / math.sqrt(3), uniform=True)
        assert 0 < b.abs().max() <= bound


@pytest.mark.parametrize("init", ["default", "kaiming_normal", "xavier_uniform"])
@pytest.mark.parametrize("bias", [0, 0.5, -2])
def test_a_first_bias_is_the_same_everywhere_and_leaves_weights_and_norms_alone(init, bias):
    plain, set_ = (network(channels=(4,), widths=(8,), norm="batch", init=init, bias=b) for b in ("default", bias))
    for (w, _), (v, b) in zip(pairs(plain), pairs(set_), strict=True):
        assert torch.equal(w, v) and (b == bias).all()
    norms = [m for m in set_.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    assert [(m.weight.unique().tolist(), m.bias.unique().tolist()) for m in norms] == [([1.0], [0.0])] * 2


def test_kaiming_carries_a_signal_through_twenty_layers_of_relu_and_xavier_does_not():
    x = torch.randn(200, 784)
    spread = {}
    for init in ("kaiming_normal", "xavier_normal", "normal"):
        model = network(widths=(64,), depth=20, init=init, bias=0)
        with torch.no_grad():
            spread[init] = model.layers[:-1](x).square().mean().sqrt().item()
    assert 0.2 < spread["kaiming_normal"] < 5
    assert spread["xavier_normal"] < 1e-2 and spread["normal"] > 1e12  # half of it is lost, or eight times won, a layer


# --- the training loop and its optimisers -----------------------------------------------------------------------------


class Hand(nn.Module):
    """2-6-5-2, with ReLU; each row normalised over its units before it where asked for."""

    def __init__(self, norm=False):
        super().__init__()
        self.one = nn.Linear(2, 6)
        self.norm = nn.LayerNorm(6) if norm else nn.Identity()
        self.two, self.three = nn.Linear(6, 5), nn.Linear(5, 2)
        self.norm2 = nn.LayerNorm(5) if norm else nn.Identity()

    def forward(self, x):
        x = F.relu(self.norm(self.one(x)))
        x = F.relu(self.norm2(self.two(x)))
        return self.three(x)

    def of(self, model):
        """With the weights of that network."""
        mine = [self.one, self.norm, self.two, self.norm2, self.three]
        own = [p for m in mine for p in m.parameters()]
        with torch.no_grad():
            for p, q in zip(own, model.parameters(), strict=True):
                p.copy_(q)
        return self, own


TINY = {"data": "gaussians", "train_size": 22, "widths": (6, 5), "batch_size": 8, "epochs": 4, "lr": 0.05}


def rows():
    draw = torch.Generator().manual_seed(99)
    x = 3 * torch.randn(22, 2, generator=draw)
    return x, (x[:, 0] > x[:, 1]).long()


def trained(**settings):
    """The network before its training (as ``Hand``) and after, and the mean losses that were yielded."""
    _, names = made(**{**TINY, **settings})
    torch.manual_seed(SEED)
    model = names["Net"]()
    hand, own = Hand(settings.get("norm") == "layer").of(model)
    x, y = rows()
    data = {"train": (x, y), "validation": (x[:4], y[:4]), "test": (x[4:], y[4:])}
    losses = [loss for _, loss in names["train"](model, data, SEED)]
    return model, losses, hand, own


def by_hand(hand, optimizer, gradients=lambda: None, after=lambda step: None, batch=8, epochs=4):
    """The plain loop: the order by its own generator, a loss, a gradient, a step."""
    x, y = rows()
    shuffle, losses = torch.Generator().manual_seed(SHUFFLE), []
    steps = itertools.count()
    for _ in range(epochs):
        hand.train()
        order = torch.randperm(len(x), generator=shuffle) if batch else torch.arange(len(x))
        total = 0.0
        for start in range(0, len(x), batch or len(x)):
            chosen = order[start : start + (batch or len(x))]
            loss = F.cross_entropy(hand(x[chosen]), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            gradients()
            optimizer.step()
            after(next(steps))
            total += loss.item() * len(chosen)
        losses.append(total / len(x))
    return losses


def same(model, own, tolerance=2e-5):
    for p, q in zip(model.parameters(), own, strict=True):
        close(p, q, tolerance)


OPTIMISERS = {
    "sgd": ({"optimizer": "sgd"}, torch.optim.SGD, {}),
    "momentum": ({"optimizer": "sgd", "momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (
        {"optimizer": "sgd", "momentum": 0.8, "nesterov": True},
        torch.optim.SGD,
        {"momentum": 0.8, "nesterov": True},
    ),
    "sgd, decay": ({"optimizer": "sgd", "weight_decay": 0.1}, torch.optim.SGD, {"weight_decay": 0.1}),
    "adam": ({"optimizer": "adam"}, torch.optim.Adam, {}),
    "adam, decay": ({"optimizer": "adam", "weight_decay": 0.1}, torch.optim.Adam, {"weight_decay": 0.1}),
    "adam has no momentum": ({"optimizer": "adam", "momentum": 0.9, "nesterov": True}, torch.optim.Adam, {}),
    "adamw decays by nothing unless told": ({"optimizer": "adamw"}, torch.optim.AdamW, {"weight_decay": 0.0}),
    "adamw, decay": ({"optimizer": "adamw", "weight_decay": 0.3}, torch.optim.AdamW, {"weight_decay": 0.3}),
    "rmsprop": ({"optimizer": "rmsprop", "lr": 0.01}, torch.optim.RMSprop, {}),
    "rmsprop, momentum": (
        {"optimizer": "rmsprop", "lr": 0.01, "momentum": 0.5},
        torch.optim.RMSprop,
        {"momentum": 0.5},
    ),
}


@pytest.mark.parametrize("case", OPTIMISERS)
def test_training_is_the_plain_loop_with_that_optimiser(case):
    settings, kind, options = OPTIMISERS[case]
    model, losses, hand, own = trained(**settings)
    option = {"fused": False} if kind is not torch.optim.RMSprop else {}
    expected = by_hand(hand, kind(own, lr=settings.get("lr", 0.05), **options, **option))
    same(model, own)
    assert losses == pytest.approx(expected, rel=1e-4)  # the last batch is smaller, and counts for less


def test_a_batch_size_of_0_is_one_step_on_all_rows():
    model, losses, hand, own = trained(batch_size=0, optimizer="sgd", epochs=7)
    assert losses == pytest.approx(by_hand(hand, torch.optim.SGD(own, lr=0.05), batch=0, epochs=7), rel=1e-5)
    same(model, own)


def test_adams_decay_is_a_gradient_and_adamws_is_not():
    """Loshchilov and Hutter: AdamW shrinks by lr * decay beside the adaptive step, Adam sends the decay through it."""
    model, _, hand, own = trained(optimizer="adamw", weight_decay=0.3)

    def shrink():
        with torch.no_grad():
            for p in own:
                p.mul_(1 - 0.05 * 0.3)

    by_hand(hand, torch.optim.Adam(own, lr=0.05), gradients=shrink)
    same(model, own)

    model, _, hand, own = trained(optimizer="adam", weight_decay=0.3)

    def pull():
        for p in own:
            p.grad += 0.3 * p.detach()

    by_hand(hand, torch.optim.Adam(own, lr=0.05), gradients=pull)
    same(model, own)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
def test_decay_on_weights_leaves_biases_and_norms_alone(optimizer):
    model, _, hand, own = trained(optimizer=optimizer, weight_decay=0.3, decay_on="weights", norm="layer", lr=0.01)
    weights = [hand.one.weight, hand.two.weight, hand.three.weight]

    def pull():
        for p in weights:
            if optimizer == "adamw":
                with torch.no_grad():
                    p.mul_(1 - 0.01 * 0.3)
            else:
                p.grad += 0.3 * p.detach()

    plain = {"sgd": torch.optim.SGD, "rmsprop": torch.optim.RMSprop}.get(optimizer, torch.optim.Adam)
    by_hand(hand, plain(own, lr=0.01), gradients=pull)
    same(model, own, 1e-4)


@pytest.mark.parametrize("decay", [1 / 3, 0.00012345678912345])
def test_a_decay_of_many_digits_on_weights_is_still_a_program(decay):
    compile(source(Recipe(weight_decay=decay, decay_on="weights")).text, "experiment", "exec")


def test_clipping_shortens_the_gradient_of_all_parameters_together():
    lengths = []

    def measure(optimizer, *_):
        total = sum(p.grad.square().sum() for group in optimizer.param_groups for p in group["params"])
        lengths.append(math.sqrt(total))

    hook = register_optimizer_step_pre_hook(measure)
    try:
        model, _, hand, own = trained(optimizer="sgd", clip=0.4, weight_decay=0.01)
        clipped, lengths = lengths, []
        trained(optimizer="sgd", weight_decay=0.01)
    finally:
        hook.remove()
    assert max(clipped) <= 0.4 + 1e-6 and max(lengths) > 0.5  # clipped, and there was something to clip
    assert sum(n == pytest.approx(0.4, rel=1e-4) for n in clipped) >= 2

    def shorten():
        length = math.sqrt(sum(p.grad.square().sum() for p in own))
        for p in own:
            p.grad *= min(1.0, 0.4 / length)

    by_hand(hand, torch.optim.SGD(own, lr=0.05, weight_decay=0.01), gradients=shorten)
    same(model, own)


# --- L1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("over", ["weights", "all"])
@pytest.mark.parametrize(("optimizer", "kind"), [("sgd", torch.optim.SGD), ("adam", torch.optim.Adam)])
def test_l1_in_the_loss_pulls_each_parameter_by_its_sign(optimizer, kind, over):
    model, losses, hand, own = trained(optimizer=optimizer, l1=0.02, l1_on=over, norm="layer")
    pulled = own if over == "all" else [hand.one.weight, hand.two.weight, hand.three.weight]

    def pull():
        for p in pulled:
            p.grad += 0.02 * p.detach().sign()

    expected = by_hand(hand, kind(own, lr=0.05), gradients=pull)
    same(model, own, 1e-4)
    assert losses == pytest.approx(expected, rel=1e-3)  # the loss that is told is without the penalty


@pytest.mark.parametrize("over", ["weights", "all"])
@pytest.mark.parametrize("stepped", ["epoch", "step"])
def test_the_proximal_step_is_soft_thresholding_by_the_rate_of_that_step(stepped, over):
    settings = {"schedule": "step", "step_size": 2, "gamma": 0.5, "stepped": stepped, "momentum": 0.9}
    model, losses, hand, own = trained(optimizer="sgd", l1=0.3, l1_on=over, l1_step="proximal", **settings)
    optimizer = torch.optim.SGD(own, lr=0.05, momentum=0.9)
    soft = own if over == "all" else [hand.one.weight, hand.two.weight, hand.three.weight]
    zeros = 0

    def after(step):  # three steps an epoch
        nonlocal zeros
        moved = step if stepped == "step" else step // 3
        rate = 0.05 * 0.5 ** (moved // 2)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(rate)
        with torch.no_grad():
            for p in soft:
                p.copy_(p.sign() * (p.abs() - rate * 0.3).clamp(min=0))
                zeros += int((p == 0).sum())
        moved = step + 1 if stepped == "step" else (step + 1) // 3
        optimizer.param_groups[0]["lr"] = 0.05 * 0.5 ** (moved // 2)

    assert losses == pytest.approx(by_hand(hand, optimizer, after=after), rel=1e-4)
    same(model, own)
    assert zeros  # exact ones
    assert [int((p == 0).sum()) for p in model.parameters()] == [int((p == 0).sum()) for p in own]


def test_l1_in_the_loss_makes_small_weights_and_the_proximal_step_makes_none_of_them():
    share = {}
    for step in ("loss", "proximal"):
        model = trained(optimizer="sgd", l1=0.2, l1_step=step, epochs=60)[0]
        weights = torch.cat([p.flatten() for p in model.parameters() if p.ndim > 1])
        share[step] = (weights == 0).float().mean().item()
    assert share["loss"] < 0.05 and share["proximal"] > 0.3


def test_a_proximal_step_survives_a_rate_of_nothing():
    model = trained(l1=0.1, l1_step="proximal", schedule="cosine", stepped="step", epochs=5, optimizer="sgd")[0]
    assert all(p.isfinite().all() for p in model.parameters())


# --- dropout in the loop, examination ---------------------------------------------------------------------------------


def test_dropout_draws_from_a_stream_of_its_own():
    model, losses, hand, own = trained(dropout=0.5, optimizer="sgd")

    class Dropped(nn.Module):
        def forward(self, x):
            x = F.dropout(F.relu(hand.one(x)), 0.5)
            return hand.three(F.dropout(F.relu(hand.two(x)), 0.5))

    torch.manual_seed(CHANCE)
    assert losses == pytest.approx(by_hand(Dropped(), torch.optim.SGD(own, lr=0.05)), rel=1e-4)
    same(model, own)


def test_an_examination_in_parts_is_the_examination_of_all():
    """A network so large that the rows are read a few at a time."""
    settings = {"widths": (128,), "depth": 20, "train_size": 2000, "init": "kaiming_normal"}
    recipe, names = made(**settings)
    assert ".tensor_split(" in source(recipe).experiment.split("def train")[0]
    torch.manual_seed(SEED)
    model = names["Net"]()
    x, y = load_data(recipe, source(recipe), "cpu", SEED)["test"]
    loss, accuracy = names["evaluate"](model, x, y)
    with torch.no_grad():
        logits = model(x)
    assert loss == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-5)
    assert accuracy == pytest.approx((logits.argmax(1) == y).double().mean().item(), abs=1e-3)


def test_a_regression_is_examined_by_its_mean_square():
    names = made(data="noise", train_size=50)[1]
    model = names["Net"]()
    x, y = torch.rand(30, 10), torch.rand(30, 1)
    with torch.no_grad():
        expected = (model(x) - y).square().mean().item()
    assert names["evaluate"](model, x, y) == (pytest.approx(expected),)
