"""The learning rate at every step and the momentum beside it: against closed forms."""

import copy
import math
from itertools import pairwise

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from lessons.lab.forge import forge, load_data
from lessons.recipe import Recipe
from lessons.source import source
from lessons.wire import Night
from tests.lessons.hands import done, each, rates, three_steps

LR = 0.2
SEED = 5
pytestmark = pytest.mark.usefixtures("one_thread", "no_warnings")


def alike(found, expected):
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-9)


# --- schedules --------------------------------------------------------------------------------------------------------


def test_a_constant_rate():
    alike(rates(), [LR] * 24)


def test_a_full_batch_is_one_step_an_epoch():
    alike(rates(batch_size=0, schedule="exponential", gamma=0.5, stepped="step"), [LR * 0.5**n for n in range(8)])


@pytest.mark.parametrize("size", [1, 3, 100])
def test_step_multiplies_every_so_many(size):
    alike(rates(schedule="step", step_size=size, gamma=0.3), each([LR * 0.3 ** (n // size) for n in range(8)]))
    by_step = rates(schedule="step", step_size=size, gamma=0.3, stepped="step")
    alike(by_step, [LR * 0.3 ** (n // size) for n in range(24)])


@pytest.mark.parametrize("milestones", [(2, 5), (5, 2), (3, 3), (100,)])
def test_multistep_multiplies_at_its_milestones(milestones):
    def at(n):
        return LR * 0.3 ** sum(n >= milestone for milestone in milestones)

    given = {"schedule": "multistep", "milestones": milestones, "gamma": 0.3}
    alike(rates(**given), each([at(n) for n in range(8)]))
    alike(rates(**given, stepped="step"), [at(n) for n in range(24)])


def test_exponential_multiplies_each_time():
    alike(rates(schedule="exponential", gamma=0.9), each([LR * 0.9**n for n in range(8)]))
    alike(rates(schedule="exponential", gamma=0.9, stepped="step"), [LR * 0.9**n for n in range(24)])


def test_cosine_is_half_a_wave_over_the_whole_training():
    def wave(total):
        return [LR * (1 + math.cos(math.pi * n / total)) / 2 for n in range(total)]

    alike(rates(schedule="cosine"), each(wave(8)))
    found = rates(schedule="cosine", stepped="step")
    alike(found, wave(24))
    assert found[0] == LR and found[-1] < 0.01 * LR


def one_cycle(total):
    """Smith's cycle as fast.ai has it: up from a 25th in three tenths, down to nearly nothing, in cosines."""

    def between(a, b, share):
        return b + (a - b) * (1 + math.cos(math.pi * share)) / 2

    top, end = 0.3 * total - 1, total - 1
    low, last = LR / 25, LR / 25 / 10_000
    return [between(low, LR, n / top) if n <= top else between(LR, last, (n - top) / (end - top)) for n in range(total)]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
def test_onecycle_goes_up_and_comes_down_to_nothing_step_by_step(optimizer):
    for stepped in ("epoch", "step"):  # it moves by steps whatever is asked
        found = rates(schedule="onecycle", optimizer=optimizer, lr=LR, stepped=stepped)
        alike(found, one_cycle(24))
    assert max(found) > 0.97 * LR and found[-1] < 1e-4 * LR


def test_cyclic_is_a_triangle_of_so_many_epochs_up_and_down():
    found = rates(schedule="cyclic", step_size=2, gamma=0.1, epochs=9)
    up = 2 * 3  # two epochs of three steps
    low = 0.1 * LR
    alike(found, [low + (LR - low) * (1 - abs(n % (2 * up) / up - 1)) for n in range(27)])
    assert found[0] == pytest.approx(low) and found[up] == pytest.approx(LR) and found[2 * up] == pytest.approx(low)


@pytest.mark.parametrize("stepped", ["epoch", "step"])
def test_warm_up_rises_from_a_hundredth_and_stays(stepped):
    found = rates(warmup=4, stepped=stepped)
    rise = [LR * min(1, 0.01 + 0.99 * n / 4) for n in range(24)]
    alike(found, rise if stepped == "step" else each(rise))


@pytest.mark.parametrize("stepped", ["epoch", "step"])
@pytest.mark.parametrize("schedule", ["step", "multistep", "exponential", "cosine"])
def test_after_the_warm_up_the_schedule_begins_at_its_beginning(schedule, stepped):
    total = 24 if stepped == "step" else 8
    warmup = total // 4
    after = {
        "step": lambda n: 0.4 ** (n // 2),
        "multistep": lambda n: 0.4 ** ((n >= 1) + (n >= 4)),
        "exponential": lambda n: 0.4**n,
        "cosine": lambda n: (1 + math.cos(math.pi * n / (total - warmup))) / 2,
    }[schedule]
    expected = [LR * (0.01 + 0.99 * n / warmup if n < warmup else after(n - warmup)) for n in range(total)]
    found = rates(schedule=schedule, stepped=stepped, warmup=warmup, step_size=2, milestones=(1, 4), gamma=0.4)
    alike(found, expected if stepped == "step" else each(expected))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("groups", [{}, {"weight_decay": 0.1, "decay_on": "weights"}])
def test_a_schedule_moves_every_group_of_parameters(optimizer, groups):
    found = []

    def look(optimizer, *_):
        found.append([group["lr"] for group in optimizer.param_groups])

    hook = register_optimizer_step_post_hook(look)
    try:
        done(three_steps(schedule="cosine", optimizer=optimizer, warmup=1, **groups), SEED)
    finally:
        hook.remove()
    assert all(len(set(one)) == 1 for one in found) and len(found) == 24 and len(found[0]) == 1 + bool(groups)
    assert found[-1][0] < 0.1 * LR


# --- momentum that moves along ----------------------------------------------------------------------------------------


def momenta(**settings):
    found = []

    def look(optimizer, *_):
        group = optimizer.param_groups[0]
        found.append(group["betas"][0] if "betas" in group else group["momentum"])

    hook = register_optimizer_step_post_hook(look)
    try:
        done(three_steps(**settings), SEED)
    finally:
        hook.remove()
    return found


@pytest.mark.parametrize("schedule", ["onecycle", "cyclic"])
@pytest.mark.parametrize(
    ("optimizer", "kept"), [({"optimizer": "sgd"}, 0.0), ({"optimizer": "sgd", "momentum": 0.7}, 0.7)]
)
def test_a_cycle_moves_sgds_momentum_against_the_rate_unless_told_not_to(schedule, optimizer, kept):
    settings = {"schedule": schedule, "step_size": 2, **optimizer}
    moved, rate = momenta(**settings), rates(**settings)
    low, high = {"onecycle": (0.85, 0.95), "cyclic": (0.8, 0.9)}[schedule]
    assert moved[0] == pytest.approx(high) and low - 1e-9 <= min(moved) < low + 0.01 and max(moved) <= high + 1e-9
    assert moved.index(min(moved)) == rate.index(max(rate))
    for (a, b), (c, d) in zip(pairwise(rate), pairwise(moved), strict=True):
        assert (b - a) * (d - c) <= 0  # one rises where the other falls
    assert momenta(**settings, cycle_momentum=False) == [kept] * 24


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_a_cycle_moves_adams_first_beta(optimizer):
    moved = momenta(schedule="onecycle", optimizer=optimizer, lr=0.01)
    assert moved[0] == 0.95 and min(moved) < 0.86
    assert momenta(schedule="onecycle", optimizer=optimizer, lr=0.01, cycle_momentum=False) == [0.9] * 24


def test_the_hidden_momentum_really_carries_the_weights():
    """Plain SGD under OneCycle as it comes, stepped by hand: the buffer is there though momentum was 0."""
    for cycle_momentum in (True, False):
        made = three_steps(schedule="onecycle", cycle_momentum=cycle_momentum, lr=0.5)
        names = forge(source(made))
        torch.manual_seed(SEED)
        model = names["Net"]()
        hand = copy.deepcopy(model)
        data = load_data(made, source(made), "cpu", SEED)
        list(names["train"](model, data, SEED))

        rate, (x, y) = [r / LR * 0.5 for r in one_cycle(24)], data["train"]
        share = [0.95 - 0.1 * (r - rate[0]) / (0.5 - rate[0]) for r in rate[:7]]
        top, end = 0.3 * 24 - 1, 23
        share += [0.85 + 0.1 * (1 - math.cos(math.pi * (n - top) / (end - top))) / 2 for n in range(7, 24)]
        shuffle = torch.Generator().manual_seed(SEED + 10_000_000)
        speed, step = [torch.zeros_like(p) for p in hand.parameters()], 0
        for _ in range(8):
            for batch in torch.randperm(22, generator=shuffle).split(8):
                loss = torch.nn.functional.cross_entropy(hand(x[batch]), y[batch])
                gradients = torch.autograd.grad(loss, list(hand.parameters()))
                with torch.no_grad():
                    for p, v, g in zip(hand.parameters(), speed, gradients, strict=True):
                        v.mul_(share[step] if cycle_momentum else 0.0).add_(g)
                        p.sub_(rate[step] * v)
                step += 1
        for p, q in zip(model.parameters(), hand.parameters(), strict=True):
            torch.testing.assert_close(p, q, rtol=1e-3, atol=1e-4)


# --- the same, as the game trains -------------------------------------------------------------------------------------

DIGITS = {"data": "digits", "train_size": 100, "batch_size": 32, "widths": (16,), "lr": 0.01, "optimizer": "adam"}
MEASURED = {
    "plain": {"epochs": 3},
    "dropout, mixup, shift": {"epochs": 3, "dropout": 0.5, "mixup": 0.5, "shift": 2, "rotate": 10.0},
    "forgotten eval": {"epochs": 3, "dropout": 0.5, "norm": "batch", "eval_mode": False},
    "forgotten eval, stopped": {"epochs": 40, "dropout": 0.5, "norm": "batch", "eval_mode": False, "patience": 1},
    "stopped": {"epochs": 40, "label_noise": 0.4, "patience": 3, "norm": "batch"},
    "stopped and put back": {"epochs": 40, "label_noise": 0.4, "patience": 3, "restore": True, "norm": "batch"},
    "put back": {"epochs": 12, "label_noise": 0.4, "restore": True, "dropout": 0.2},
    "plateau": {"epochs": 12, "schedule": "plateau", "lr_patience": 0, "label_noise": 0.4},
}


@pytest.mark.parametrize("case", MEASURED)
def test_measuring_between_the_epochs_changes_nothing(case):
    """What the game reports of a run is what the bare program gives, which nobody looked at."""
    made = Recipe(**{**DIGITS, **MEASURED[case]})
    found, events = done(made, SEED)
    program = source(made)
    names = forge(program)
    data = load_data(made, program, "cpu", SEED)
    torch.manual_seed(SEED)
    model = names["Net"]()
    epochs = [epoch for epoch, _ in names["train"](model, data, SEED)]
    for split, (x, y) in data.items():
        loss, accuracy = names["evaluate"](model, x, y)
        if split in ("train", "validation", "test"):
            assert (found.metrics[f"{split}_loss"], found.metrics[f"{split}_accuracy"]) == (loss, accuracy)
        else:
            assert found.metrics[f"{split}_label_accuracy"] == accuracy
    assert found.metrics["epochs_run"] == epochs[-1] == len(epochs)
    nights = [event for event in events if isinstance(event, Night)]
    assert [night.epoch for night in nights] == epochs
    if "patience" in MEASURED[case]:
        assert len(epochs) < made.epochs
    if made.restore and made.eval_mode:  # what was put back is the best of what was seen
        assert found.metrics["validation_loss"] == min(night.values["validation_loss"] for night in nights)
    assert len(found.rates) == len(epochs) * made.steps
