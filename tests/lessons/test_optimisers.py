"""The training loop, its optimisers and penalties, and the examination: each against torch written by hand."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from lessons.lab.forge import load_data
from lessons.recipe import Recipe
from lessons.source import source
from tests.lessons.hands import close, made

SEED = 3
SHUFFLE, CHANCE = SEED + 10_000_000, SEED + 20_000_000
"""The streams of chance that the generated program names: the order of the rows, and dropout."""
pytestmark = pytest.mark.usefixtures("one_thread")


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
