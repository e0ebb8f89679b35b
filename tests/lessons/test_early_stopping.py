"""What goes by the validation rows: early stopping, restoring the best, and the rate on a plateau."""

import copy
import math

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from lessons.lab.forge import forge, load_data
from lessons.source import source
from tests.lessons.hands import three_steps

LR = 0.2
SEED = 5
pytestmark = pytest.mark.usefixtures("one_thread", "no_warnings")


def alike(found, expected):
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-9)


# --- what goes by the validation --------------------------------------------------------------------------------------


class Scripted:
    """An examination that answers what was written down, and keeps the weights it saw."""

    def __init__(self, losses=None, accuracies=None, task="classification"):
        self.losses = losses or [1.0] * len(accuracies)
        self.accuracies = accuracies or [0.5] * len(self.losses)
        self.task, self.seen = task, []

    def __call__(self, model, x, y):
        n = len(self.seen)
        self.seen.append(copy.deepcopy(model.state_dict()))
        return (self.losses[n], self.accuracies[n]) if self.task == "classification" else (self.losses[n],)


def play(script, **settings):
    """Train with a scripted examination: the epochs run, the final weights, the rate of each epoch's last step."""
    made = three_steps(epochs=len(script.losses), **settings)
    names = forge(source(made))
    names["evaluate"] = script
    torch.manual_seed(SEED)
    model = names["Net"]()
    data = load_data(made, source(made), "cpu", SEED)
    first, found = copy.deepcopy(model.state_dict()), []
    hook = register_optimizer_step_pre_hook(lambda optimizer, *_: found.append(optimizer.param_groups[0]["lr"]))
    try:
        epochs = [epoch for epoch, _ in names["train"](model, data, SEED)]
    finally:
        hook.remove()
    assert epochs == list(range(1, len(epochs) + 1))
    return len(epochs), model.state_dict(), found[2::3], first


def equal(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ("losses", "patience", "fallen"),
    [
        # The rate falls after one epoch more than it waits for, and the counting begins anew.
        ([5, 4, 4, 4, 4, 4, 4, 4, 4], 2, [4, 7]),
        ([5, 6, 6, 4, 6, 6, 6, 6, 6], 2, [6]),
        ([5, 5, 5, 5], 0, [1, 2, 3]),
        ([9, 8, 7, 6, 5, 4], 0, []),
        # Less than a ten-thousandth better is no better.
        ([1.0, 0.99995, 0.99995, 0.99], 0, [1, 2]),
        ([5, math.nan, math.nan, 4], 1, [2]),
    ],
)
def test_plateau_lowers_the_rate_when_the_validation_loss_no_longer_falls(losses, patience, fallen):
    """``fallen``: the epochs (from 0) after which the rate is lowered."""
    _, _, found, _ = play(Scripted(losses), schedule="plateau", gamma=0.5, lr_patience=patience)
    alike(found, [LR * 0.5 ** sum(epoch < n for epoch in fallen) for n in range(len(losses))])


def test_plateau_works_beside_early_stopping_on_one_examination_an_epoch():
    script = Scripted([5, 4, 4, 4, 4, 4, 4], [0.1, 0.2, 0.3, 0.3, 0.3, 0.3, 0.3])
    ran, weights, found, _ = play(
        script, schedule="plateau", gamma=0.5, lr_patience=1, patience=3, watch="accuracy", restore=True
    )
    assert ran == 6 and len(script.seen) == 6 and equal(weights, script.seen[2])
    alike(found, [LR, LR, LR, LR, LR / 2, LR / 2])


@pytest.mark.parametrize(
    ("losses", "settings", "ran", "best"),
    [
        ([3, 2, 1, 2, 2, 2, 2, 0], {"patience": 3}, 6, 2),
        ([3, 2, 1, 2, 2, 2, 2, 0], {"patience": 4}, 7, 2),
        ([3, 2, 1, 2, 2, 2, 2, 0], {"patience": 5}, 8, 7),  # it holds out until the loss falls again
        ([3, 2, 2, 2, 2, 2], {"patience": 1}, 3, 1),  # as good is no better
        ([1, 2, 3, 4], {"patience": 1}, 2, 0),
        ([5, 4, 3, 2, 1], {"patience": 1}, 5, 4),
        ([3, 2.95, 2.9, 2.85, 2.8], {"patience": 2, "min_delta": 0.1}, 3, 0),  # 2.9 is not less than 3 - .1
        ([3, 2.95, 2.89, 2.85, 2.8, 2.8], {"patience": 2, "min_delta": 0.1}, 5, 2),
        ([3, math.nan, math.nan, 1], {"patience": 2}, 3, 0),
        ([3, 1, 2, 2, 2], {}, 5, 1),  # without patience nothing stops, but the best is put back
        ([3, 1, 2, 0.95, 2], {"min_delta": 0.1}, 5, 1),
    ],
)
@pytest.mark.parametrize("restore", [False, True])
def test_early_stopping_stops_in_time_and_puts_the_best_back(losses, settings, ran, best, restore):
    if not restore and not settings.get("patience"):
        settings = {}
    script = Scripted(losses)
    found, weights, _, _ = play(script, restore=restore, norm="batch", **settings)
    assert found == ran
    if restore:  # with batch norm's running averages
        assert equal(weights, script.seen[best]) and not (best < ran - 1 and equal(weights, script.seen[-1]))
    else:  # the last one's
        assert not script.seen or equal(weights, script.seen[-1])


@pytest.mark.parametrize(
    ("accuracies", "settings", "ran", "best"),
    [
        ([0.1, 0.5, 0.5, 0.5, 0.9], {"patience": 2}, 4, 1),  # the first of equals
        ([0.1, 0.5, 0.55, 0.58, 0.9], {"patience": 2, "min_delta": 0.1}, 4, 1),
        ([0.0, 0.0, 0.0], {"patience": 1}, 2, 0),  # an accuracy of 0 is better than none
        ([0.1, 0.7, 0.3], {}, 3, 1),
    ],
)
def test_early_stopping_goes_by_accuracy_where_told(accuracies, settings, ran, best):
    losses = [float(n) for n in range(len(accuracies))][::-1]  # the losses fall all the time, and must not matter
    script = Scripted(losses, accuracies)
    found, weights, _, _ = play(script, restore=True, watch="accuracy", **settings)
    assert found == ran and equal(weights, script.seen[best])


def test_early_stopping_of_a_regression():
    script = Scripted([3, 1, 2, 2, 2], task="regression")
    ran, weights, _, _ = play(script, data="plane", patience=2, restore=True)
    assert ran == 4 and equal(weights, script.seen[1])


def test_what_was_never_better_than_nothing_leaves_the_first_weights():
    script = Scripted([math.nan] * 3)
    _, weights, _, first = play(script, restore=True)
    assert equal(weights, first)


def test_without_early_stopping_the_validation_rows_are_not_looked_at():
    script = Scripted([3, 2, 1])
    assert play(script)[0] == 3 and not script.seen
