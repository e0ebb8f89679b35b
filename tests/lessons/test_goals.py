"""Goals: read, judged against the less favourable bound, explained."""

import math

import pytest

from lessons import goals, metrics
from lessons.jobs import job
from lessons.mistakes import Mistake


def judged(text, values, runs=None):
    return goals.judge(goals.parse(text), values, runs)


def test_the_bound_is_the_mean_minus_one_standard_error():
    values = [0.74, 0.76, 0.78]
    (outcome,) = judged("test_accuracy >= 0.75", {"test_accuracy": values})
    assert outcome.value == pytest.approx(0.76)
    assert outcome.se == pytest.approx(0.02 / math.sqrt(3))
    assert outcome.bound == pytest.approx(outcome.value - outcome.se)
    assert not outcome.met  # the mean reaches 0.75, the bound does not
    assert outcome.margin == pytest.approx((0.76 - 0.75) / outcome.se)
    assert "short by" in outcome.explain()


def test_at_most_takes_the_mean_plus_one_standard_error():
    (outcome,) = judged("gap <= 0.10", {"gap": [0.08, 0.10, 0.12]})
    assert outcome.bound > 0.10 and not outcome.met
    (outcome,) = judged("gap <= 0.12", {"gap": [0.08, 0.10, 0.12]})
    assert outcome.met and outcome.explain().endswith("met")


def test_what_was_judged_is_said_where_it_is_not_what_was_measured():
    (outcome,) = judged("test_accuracy >= 0.75", {"test_accuracy": [0.679, 0.697]})
    assert outcome.explain().endswith("68.8% ± 0.9%, short by 7.1 points at its low end, 67.9%")
    (outcome,) = judged("test_loss <= 0.1", {"test_loss": [0.12, 0.14]})
    assert outcome.explain().endswith("0.130 ± 0.010, too high by 0.040 at its high end, 0.140")
    for values in ([0.7], [0.7, 0.7]):
        (outcome,) = judged("test_accuracy >= 0.75", {"test_accuracy": values})
        assert outcome.explain().endswith("short by 5.0 points")


def test_with_one_seed_the_value_decides():
    (outcome,) = judged("test_accuracy >= 0.75", {"test_accuracy": [0.75]})
    assert outcome.se is None and outcome.met and outcome.margin is None


def test_each_comparison_is_judged():
    a, b = judged("test_accuracy >= 0.5 and sparsity >= 0.7", {"test_accuracy": [0.6], "sparsity": [0.1]})
    assert a.met and not b.met


@pytest.mark.parametrize("values", [[0.9, None], [None], [], [0.9, float("nan")], [0.9, float("inf")]])
def test_a_seed_without_a_number_is_never_a_pass(values):
    (outcome,) = judged("test_accuracy >= 0.1", {"test_accuracy": values})
    assert not outcome.met and outcome.value is None
    assert "beyond number" in outcome.explain()


def test_a_goal_may_refer_to_earlier_runs():
    runs = {"best": {"gap": 0.4}, "start": {"test_accuracy": 0.6}}
    values = {"gap": [0.19], "test_accuracy": [0.71]}
    text = "gap <= 0.5 * best.gap and test_accuracy >= start.test_accuracy + 0.1 and gap <= best.gap - 0.2"
    assert [o.met for o in judged(text, values, runs)] == [True, True, True]
    assert [o.met for o in judged(text, values, {})] == [False, False, False]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("test_accuracy", "cannot be read"),
        ("test_accuracy >= much", "cannot be read"),
        ("test_accuracy => 0.5", "cannot be read"),
        ("test_accuracy >= 0.5 or gap < 1", "cannot be read"),
        ("tset_accuracy >= 0.5", "Did you mean 'test_accuracy'"),
        ("gap <= 0.5 * best.gpa", "Did you mean 'gap'"),
        ("gap <= 0.5 * worst.gap", "cannot be read"),
        ("__import__ >= 1", "not known"),
    ],
)
def test_a_goal_that_cannot_be_read_says_why(text, says):
    with pytest.raises(Mistake, match=says):
        goals.parse(text)


@pytest.mark.parametrize(
    ("means", "diverged", "word"),
    [
        ({"gap": 0.3}, False, "overfit"),
        ({"gap": 0.02}, False, "underfit"),
        ({"train_loss": 0.01, "test_loss": 0.2}, False, "overfit"),
        ({"train_loss": 0.3, "test_loss": 0.31}, False, "underfit"),
        ({"gap": 0.3}, True, "diverged"),
    ],
)
def test_a_failure_has_a_name(means, diverged, word):
    assert goals.diagnose(means, diverged) == word


def test_a_regression_has_no_accuracy_and_only_noisy_labels_can_be_memorised():
    assert "test_accuracy" not in metrics.available(job("blank-page").recipe)
    assert "wrong_label_accuracy" not in metrics.available(job("clean-digits").recipe)
    assert "wrong_label_accuracy" in metrics.available(job("noisy-digits-mlp").recipe)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_each_metric_explains_itself(name):
    metric = metrics.METRICS[name]
    assert metric.words.endswith(".") and metric.unit in ("share", "loss", "norm", "seconds", "epochs", "count")
    nothing = "not reached" if metric.unit == "epochs" else "beyond number"
    assert metrics.show(name, None) == metrics.show(name, float("nan")) == nothing
    assert metrics.show(name, 0.5)
