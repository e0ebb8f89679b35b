"""Each code sample of the four sources has a job: the same network, the same numbers, the same training.

The networks are written here by hand, as the sources have them. The digits in the names are the sources' own:
000 is a tutorial of three tasks, 001 a tale of three modules, 002 and 003 are notebooks.
"""

import pytest
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.optim.optimizer import register_optimizer_step_post_hook

from lessons.jobs import job, job_names
from lessons.lab.forge import forge, load_data
from lessons.lab.training import Order, train_seed
from lessons.recipe import Recipe
from lessons.source import source
from lessons.wire import SeedDone

SEED = 2
TOLD = (nn.Linear, nn.Conv2d, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm, nn.Dropout, nn.Dropout2d)
pytestmark = pytest.mark.usefixtures("one_thread")


# --- the networks of the sources --------------------------------------------------------------------------------------


class DropoutNet(nn.Module):
    """000, task 1: 784-256-10, half of the hidden units dropped."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 256)
        self.drop = nn.Dropout(0.5)
        self.answer = nn.Linear(256, 10)

    def forward(self, x):
        return self.answer(self.drop(F.relu(self.hidden(x))))


class NormCnn(nn.Module):
    """000, task 2: convolutions of 32 and 64 channels with batch norm; mended by a head, and by the picture's shape."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 32, 3, 1), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 64, 3, 1), nn.BatchNorm2d(64)
        self.head = nn.Linear(64 * 24 * 24, 10)

    def forward(self, x):
        x = x.view(-1, 1, 28, 28)
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return self.head(x.flatten(1))


class PlainDigits(nn.Module):
    """000, task 3 names an optimiser and a penalty, and no network of its own: that of task 1, undropped."""

    def __init__(self):
        super().__init__()
        self.hidden, self.answer = nn.Linear(784, 256), nn.Linear(256, 10)

    def forward(self, x):
        return self.answer(F.relu(self.hidden(x)))


class HundredFeatures(nn.Module):
    """001: batch norm over a hundred features, ReLU, half dropped; what reads and what answers had to be added."""

    def __init__(self):
        super().__init__()
        self.hidden, self.norm = nn.Linear(784, 100), nn.BatchNorm1d(100)
        self.drop = nn.Dropout(p=0.5)
        self.answer = nn.Linear(100, 10)

    def forward(self, x):
        return self.answer(self.drop(F.relu(self.norm(self.hidden(x)))))


class Page(nn.Module):
    """002: 10-64-32-1; each of its sections puts something after the two activations."""

    def __init__(self, one=None, two=None):
        super().__init__()
        self.fc1, self.one = nn.Linear(10, 64), one or nn.Identity()
        self.fc2, self.two = nn.Linear(64, 32), two or nn.Identity()
        self.fc3 = nn.Linear(32, 1)

    def forward(self, x):
        x = self.one(torch.relu(self.fc1(x)))
        x = self.two(torch.relu(self.fc2(x)))
        return self.fc3(x)


class GroupPage(Page):
    """002: group norm with the dimension that is added and taken away again, which is not needed."""

    def __init__(self):
        super().__init__(nn.GroupNorm(8, 64), nn.GroupNorm(4, 32))

    def forward(self, x):
        x = self.one(torch.relu(self.fc1(x)).unsqueeze(2)).squeeze(2)
        x = self.two(torch.relu(self.fc2(x)).unsqueeze(2)).squeeze(2)
        return self.fc3(x)


class NightNet(nn.Module):
    """003: 784-256-128-10, dropout after the first of the two hidden layers only."""

    def __init__(self, p=0.5):
        super().__init__()
        self.fc1, self.drop = nn.Linear(784, 256), nn.Dropout(p)
        self.fc2, self.fc3 = nn.Linear(256, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = self.drop(F.relu(self.fc1(x)))
        return self.fc3(F.relu(self.fc2(x)))


def adam(rate=0.001, decay=0.0):
    return lambda parameters: optim.Adam(parameters, lr=rate, weight_decay=decay)


def sgd(rate, decay=0.0):
    return lambda parameters: optim.SGD(parameters, lr=rate, weight_decay=decay)


SAMPLES = {
    # job: the source's network, its optimiser, L1 over all parameters, steps of the rate, epochs where it names them
    "dropout-net": (DropoutNet, adam(), 0.0, None, None),
    "norm-cnn": (NormCnn, adam(), 0.0, None, None),
    "ridge-digits": (PlainDigits, sgd(0.01, 0.1), 0.0, None, None),
    "lasso-digits": (PlainDigits, adam(), 0.1, None, None),
    "hundred-features": (HundredFeatures, adam(), 0.0, None, None),
    "blank-page": (Page, adam(), 0.0, None, 10),
    "blank-l1-l2": (Page, adam(decay=0.01), 0.01, None, 10),
    "blank-dropout": (lambda: Page(nn.Dropout(0.5), nn.Dropout(0.2)), adam(), 0.0, None, 10),
    "blank-layer-norm": (lambda: Page(nn.LayerNorm(64), nn.LayerNorm(32)), adam(), 0.0, None, 10),
    "blank-batch-norm": (lambda: Page(nn.BatchNorm1d(64), nn.BatchNorm1d(32)), adam(), 0.0, None, 10),
    "blank-group-norm": (GroupPage, adam(), 0.0, None, 10),
    "blank-xavier": (Page, adam(), 0.0, None, 10),
    "blank-kaiming": (Page, adam(), 0.0, None, 10),
    "blank-step-rate": (Page, adam(0.01), 0.0, (5, 0.1), 20),
    "long-night": (NightNet, adam(decay=0.0001), 0.0, None, 10),
}
"""000 and 001 name no batches, no epochs and, but for SGD, no optimiser; those are the jobs' own."""


def shapes(model):
    """The layers that have something to them, in the order in which they are declared."""
    found = []
    for m in model.modules():
        if isinstance(m, TOLD):
            rate = (m.p,) if isinstance(m, nn.Dropout | nn.Dropout2d) else ()
            groups = (m.num_groups,) if isinstance(m, nn.GroupNorm) else ()
            step = (m.stride, m.padding) if isinstance(m, nn.Conv2d) else ()
            found.append((type(m).__name__, *rate, *groups, *step, *(tuple(p.shape) for p in m.parameters())))
    return found


def same_weights(hand, model):
    with torch.no_grad():
        for p, q in zip(hand.parameters(), model.parameters(), strict=True):
            p.copy_(q)


def rows(recipe, n=64):
    """Rows of the right kind; the training does not ask where they are from."""
    x = torch.rand(n, recipe.facts.inputs)
    return x, torch.rand(n, 1) if recipe.task == "regression" else torch.arange(n) % recipe.facts.outputs


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sources_network_is_that_of_its_job(name):
    make, *_, epochs = SAMPLES[name]
    recipe = job(name).recipe
    hand, model = make(), forge(source(recipe))["Net"]()
    assert shapes(model) == shapes(hand)
    same_weights(hand, model)
    x, _ = rows(recipe, 16)
    for mode in (True, False):  # training, with the same chance, and evaluation
        hand.train(mode)
        model.train(mode)
        torch.manual_seed(1)
        expected = hand(x)
        torch.manual_seed(1)
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-5)
    assert epochs in (None, recipe.epochs)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sources_optimiser_is_that_of_its_job(name):
    make, optimiser, *_ = SAMPLES[name]
    recipe = job(name).recipe.turned(epochs=1)
    names, found = forge(source(recipe)), []
    model, (x, y) = names["Net"](), rows(recipe)
    hook = register_optimizer_step_post_hook(lambda one, *_: found.append(one))
    try:
        next(names["train"](model, {"train": (x, y)}, SEED))
    finally:
        hook.remove()
    expected = optimiser(make().parameters())
    assert {type(one) for one in found} == {type(expected)}
    ours, theirs = ({k: v for k, v in one.defaults.items() if k != "fused"} for one in (found[0], expected))
    assert ours == theirs
    assert [len(group["params"]) for group in found[0].param_groups] == [len(expected.param_groups[0]["params"])]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_job_trains_as_its_source_does(name):
    """The source's own loop, step by step, from the same first weights, on the same rows."""
    make, optimiser, l1, steps, epochs = SAMPLES[name]
    recipe = job(name).recipe
    nights = epochs if epochs and recipe.data == "noise" else 2
    program = source(recipe.turned(epochs=nights))
    names = forge(program)
    torch.manual_seed(SEED)
    model, hand = names["Net"](), make()
    same_weights(hand, model)
    x, y = load_data(recipe, program, "cpu", SEED)["train"] if recipe.data == "noise" else rows(recipe, 100)
    told = [loss for _, loss in names["train"](model, {"train": (x, y)}, SEED)]

    optimizer = optimiser(hand.parameters())
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=steps[0], gamma=steps[1]) if steps else None
    criterion = nn.MSELoss() if recipe.task == "regression" else nn.CrossEntropyLoss()
    shuffle, losses = torch.Generator().manual_seed(SEED + 10_000_000), []
    torch.manual_seed(SEED + 20_000_000)  # for dropout
    for _ in range(nights):
        hand.train()
        # 002 takes all rows at once; the others go by batches of 64, as 003 does.
        batches = [torch.arange(len(x))] if recipe.data == "noise" else torch.randperm(100, generator=shuffle).split(64)
        total = 0.0
        for batch in batches:
            optimizer.zero_grad()
            loss = criterion(hand(x[batch]), y[batch])
            penalised = loss + l1 * sum(p.abs().sum() for p in hand.parameters()) if l1 else loss
            penalised.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        if scheduler:
            scheduler.step()
        losses.append(total / len(x))
    assert told == pytest.approx(losses, rel=2e-3)
    if name not in ("norm-cnn", "hundred-features"):  # a bias before a batch norm moves by rounding alone
        for p, q in zip(model.parameters(), hand.parameters(), strict=True):
            torch.testing.assert_close(p, q, rtol=1e-3, atol=2e-4)


# --- the numbers that are no part of the network ----------------------------------------------------------------------


def spread(weights, uniform_bound):
    assert 0.9 * uniform_bound < weights.abs().max() <= uniform_bound


def test_the_two_rules_of_first_weights_are_those_of_002():
    nets = {name: forge(source(job(f"blank-{name}").recipe))["Net"]() for name in ("xavier", "kaiming")}
    for name, bound in (("xavier", lambda i, o: (6 / (i + o)) ** 0.5), ("kaiming", lambda i, o: (6 / i) ** 0.5)):
        linear = [m for m in nets[name].modules() if isinstance(m, nn.Linear)]
        sizes = [(m.in_features, m.out_features) for m in linear]
        assert sizes == [(10, 64), (64, 32), (32, 1)]
        for m, (i, o) in list(zip(linear, sizes, strict=True))[:-1]:
            spread(m.weight, bound(i, o))
        spread(linear[-1].weight, (3 / 32) ** 0.5 if name == "kaiming" else (6 / 33) ** 0.5)
        assert all(0 < m.bias.abs().max() <= m.in_features**-0.5 for m in linear)  # which 002 leaves alone


def test_the_rate_falls_in_steps_and_002_prints_that_of_the_next_epoch():
    events = []
    train_seed(Order(1, job("blank-step-rate").recipe, SEED), events.append, lambda: False)
    (done,) = [event for event in events if isinstance(event, SeedDone)]
    used = [rate for _, rate in done.rates]
    assert used == pytest.approx([1e-2] * 5 + [1e-3] * 5 + [1e-4] * 5 + [1e-5] * 5)
    printed = [*used[1:], 1e-6]  # what get_last_lr says after scheduler.step()
    assert printed[4] == pytest.approx(1e-3) and used[4] == pytest.approx(1e-2)


@pytest.mark.parametrize("name", [name for name in job_names() if name.startswith("blank")])
def test_the_blank_pages_rows_are_002s(name):
    recipe = job(name).recipe
    assert (recipe.train_size, recipe.batch_size, recipe.steps, recipe.task) == (100, 0, 1, "regression")
    x, y = load_data(recipe, source(recipe), "cpu", SEED)["train"]
    assert x.shape == (100, 10) and y.shape == (100, 1)
    assert x.min() >= 0 and y.min() >= 0 and x.max() < 1 and y.max() < 1


def test_the_printed_loss_of_002_is_mostly_penalty():
    """It prints 2.65 after the first step; ours, without the penalty, is a tenth of that."""
    recipe = job("blank-l1-l2").recipe
    names = forge(source(recipe))
    torch.manual_seed(SEED)
    model = names["Net"]()
    data = load_data(recipe, source(recipe), "cpu", SEED)
    with torch.no_grad():
        penalty = 0.01 * sum(p.abs().sum().item() for p in model.parameters())
    _, told = next(names["train"](model, data, SEED))
    assert told + penalty == pytest.approx(2.65, abs=0.5) and told < 0.15 * (told + penalty)


@pytest.mark.parametrize(("name", "data"), [("long-night", "mnist"), ("wardrobe", "fashion")])
def test_the_long_night_is_003_at_full_size(name, data):
    recipe = job(name).recipe
    assert (recipe.data, recipe.train_size, recipe.facts.held_back) == (data, 48_000, (12_000, 10_000))  # 80 and 20
    assert (recipe.batch_size, recipe.epochs, recipe.steps) == (64, 10, 750)
    assert recipe.dropout == (0.5, 0.0) and recipe.hidden == (256, 128)
    # Normalize(0.5, 0.5): a black pixel is -1, a white one 1.
    assert recipe.pixels == "half"
    digits = Recipe(pixels="half", train_size=100)
    x, _ = load_data(digits, source(digits), "cpu", SEED)["train"]
    assert (x.min(), x.max()) == (-1, 1)


@pytest.mark.parametrize("name", ["dropout-net", "norm-cnn", "ridge-digits", "lasso-digits", "hundred-features"])
def test_what_000_and_001_leave_open_is_the_digits_that_ship(name):
    recipe = job(name).recipe
    assert (recipe.data, recipe.train_size, recipe.batch_size, recipe.label_noise) == ("digits", 1000, 64, 0)


def test_003_compares_with_a_net_that_drops_nothing():
    recipe = job("long-night").recipe.turned(dropout=0.0)
    assert shapes(forge(source(recipe))["Net"]()) == [one for one in shapes(NightNet()) if one[0] != "Dropout"]
    assert recipe.weight_decay == 0.0001  # in both
