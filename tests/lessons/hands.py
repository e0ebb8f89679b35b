"""What several tests of generated programs do by hand."""

import torch
from torch import nn

from lessons.lab.forge import forge, load_data
from lessons.lab.training import Order, train_seed
from lessons.recipe import Recipe
from lessons.source import source
from lessons.wire import SeedDone

SEED = 4


def made(**settings):
    """A recipe and the names that its program defines."""
    recipe = Recipe(**settings)
    return recipe, forge(source(recipe))


def network(seed, **settings):
    """The network of a recipe, as that seed begins it."""
    names = made(**settings)[1]
    torch.manual_seed(seed)
    return names["Net"]()


def pairs(model):
    """Weights and biases of the linear maps in their order."""
    return [(m.weight, m.bias) for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]


def names_of(**settings):
    return made(**settings)[1]


def splits(seed=SEED, **settings):
    recipe = Recipe(**settings)
    return load_data(recipe, source(recipe), "cpu", seed)


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def close(a, b, tolerance=1e-5):
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def done(recipe, seed):
    """The SeedDone of a recipe trained from that seed, and all events."""
    events = []
    train_seed(Order(1, recipe, seed), events.append, lambda: False)
    return next(event for event in events if isinstance(event, SeedDone)), events


def trained(seed=SEED, **settings):
    return done(Recipe(**settings), seed)[0].metrics


def three_steps(**settings):
    """22 rows in batches of 8: three steps an epoch, for eight epochs."""
    default = {"data": "gaussians", "train_size": 22, "batch_size": 8, "widths": (3,), "optimizer": "sgd", "lr": 0.2}
    return Recipe(**{**default, "epochs": 8, **settings})


def each(values, epochs=8):
    """A value for each epoch, told for each of its three steps."""
    return [value for value in values[:epochs] for _ in range(3)]


def rates(**settings):
    """The rate of every optimiser step of ``three_steps``, as the game reports it (to six digits)."""
    pairs = done(three_steps(**settings), 5)[0].rates
    assert [step for step, _ in pairs] == list(range(1, len(pairs) + 1))
    return [rate for _, rate in pairs]
