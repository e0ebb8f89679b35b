"""What calibration chooses to train, what it proposes, and how that is told: with made-up numbers."""

import json
import re
import tomllib

import pytest

from lessons import goals, metrics
from tests.calibrations import DROPOUT, LR, MIRROR, accuracies, claim, lesson, made_up, pasted, write
from tutor.calibrate import combos, command, numbers, plot, telling, verdicts
from tutor.calibrate.paste import block
from tutor.calibrate.proposal import claims, propose
from tutor.calibrate.verdicts import of_20

# --- which settings ---


def test_all_combinations_where_they_are_few_the_start_first(tmp_path):
    challenge = lesson(tmp_path, f"{LR}\n{DROPOUT}", claim("test_accuracy >= 0.9", "{ lr = 0.1, dropout = 0.5 }"))
    plan = combos.choose(challenge, 24)
    assert plan.whole and len(plan.combos) == plan.product == 24 and plan.same == 0
    assert [c.label for c in plan.combos[:2]] == ["start", "lr 0.1, dropout 0.5"]
    assert len({c.sha256 for c in plan.combos}) == 24


def test_settings_that_do_nothing_are_not_trained_twice(tmp_path):
    idle = "setting.momentum = { choices = [0.0, 0.9], start = 0.0 }"  # Adam has none
    challenge = lesson(tmp_path, f"{LR}\n{idle}", claim("test_accuracy >= 0.9", "{ lr = 0.1 }"))
    plan = combos.choose(challenge, 100)
    assert [c.label for c in plan.combos] == ["start", "lr 0.1", "lr 0.001", "lr 0.01"]
    assert plan.same == 4 and plan.whole
    assert combos.combo(challenge, {"momentum": 0.9}).sha256 == plan.combos[0].sha256


def test_combinations_that_cannot_be_are_listed_and_skipped(tmp_path):
    norm = 'setting.norm = { choices = ["none", "group"], start = "none" }'
    settings = f"{norm}\nsetting.groups = {{ choices = [1, 3], start = 1 }}"
    challenge = lesson(tmp_path, settings, claim("test_accuracy >= 0.9", '{ norm = "group" }'))
    plan = combos.choose(challenge, 100)
    assert [label for label, _ in plan.refused] == ["norm group, groups 3"]
    assert "3 does not divide" in plan.refused[0][1]
    assert [c.label for c in plan.combos] == ["start", "norm group"] and plan.same == 1 and plan.whole
    words = "\n".join(telling.planned("well/bench", plan, 20, "gaussians", 5))
    assert "cannot be: norm group, groups 3: groups 3 does not divide" in words


def test_past_the_limit_what_lies_near_start_and_solution_and_the_same_sample_each_time(tmp_path):
    settings = f"{LR}\n{DROPOUT}\nsetting.weight_decay = {{ choices = [0.0, 0.01, 0.1, 1.0], start = 0.0 }}"
    text = claim("test_accuracy >= 0.9", "{ lr = 0.1, dropout = 0.5 }", '{ set = { lr = 0.01 }, why = "slow" }')
    challenge = lesson(tmp_path, settings, text)
    plan = combos.choose(challenge, 40)
    assert plan.product == 96 and not plan.whole and len(plan.combos) == 40
    labels = [c.label for c in plan.combos]
    assert labels[:3] == ["start", "lr 0.1, dropout 0.5", "lr 0.01"]
    near = {
        "lr 0.001",
        "dropout 0.9",
        "weight_decay 1",
        "lr 0.1, dropout 0.5, weight_decay 0.1",
        "lr 0.01, dropout 0.5",
    }
    assert near <= set(labels)
    assert labels == [c.label for c in combos.choose(challenge, 40).combos]
    assert len(combos.choose(challenge, 2).combos) == 3  # what the author names is always there


# --- verdicts drawn from seeds ---


@pytest.mark.parametrize("seeds", [1, 5, 6])
@pytest.mark.parametrize(
    "goal",
    [
        "test_accuracy >= 0.79",
        "gap < 0.1 and test_accuracy >= 0.76",
        "test_accuracy >= start.test_accuracy + 0.1",
        "gap <= 0.5 * best.gap",
    ],
)
def test_rates_are_those_of_real_judgements(tmp_path, goal, seeds):
    text = claim(goal, "{ dropout = 0.5 }")
    path = write(tmp_path, DROPOUT, text)
    path.write_text(path.read_text().replace("seeds = 5", f"seeds = {seeds}"))
    ((_, challenge),) = command.lessons(str(path))
    seen = made_up(challenge, MIRROR, count=7, se=0.03)
    for one in seen.measured:
        won = 0
        for draw in seen.draws:
            subset = {name: [v[i] for i in draw] for name, v in one.values.items()}
            start = {name: metrics.summarise([v[i] for i in draw]).mean for name, v in seen.start.values.items()}
            outcomes = goals.judge(challenge.goal, subset, {"start": start, "best": start})
            won += all(o.met for o in outcomes)
        assert seen.rate(one, challenge.goal) == pytest.approx(won / len(seen.draws))
    assert len({seen.rate(one, challenge.goal) for one in seen.measured}) > 1


def test_the_first_way_that_is_met_decides(tmp_path):
    ways = (
        '[[goal]]\nwhen = "test_accuracy >= 0.78"\npass = "won"\nsolution = { dropout = 0.5 }\n'
        '[[goal]]\nwhen = "test_accuracy >= 0.73"\npass = "won"\nsolution = { dropout = 0.3 }'
    )
    seen = made_up(lesson(tmp_path, DROPOUT, ways), MIRROR, se=0.004)
    both = [way.goal for way in seen.challenge.ways]
    assert seen.rates(seen.find({"dropout": 0.5}), both) == (1.0, 0.0)
    assert seen.rates(seen.find({"dropout": 0.3}), both) == (0.0, 1.0)
    assert seen.rates(seen.start, both) == (0.0, 0.0)


@pytest.mark.parametrize(
    "rate, words",
    [(0, "0/20"), (0.05, "1/20"), (0.06, "2/20"), (0.5, "10/20"), (0.949, "18/20"), (0.95, "19/20"), (1, "20/20")],
)
def test_a_rate_reads_as_passing_only_where_it_is(rate, words):
    assert of_20(rate) == words


def test_verdicts_are_all_subsets_where_those_are_few_and_the_same_each_time():
    assert len(verdicts.draws(5, 5)) == 1 and len(verdicts.draws(7, 5)) == 21
    many = verdicts.draws(20, 5)
    assert len(many) == verdicts.DRAWS and many == verdicts.draws(20, 5)
    assert all(len(set(draw)) == 5 for draw in many)


# --- the proposal ---


def test_a_placeholder_gets_a_goal_that_parts_solution_and_start(tmp_path):
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.99", "{ dropout = 0.1 }"))
    seen = made_up(challenge, MIRROR)
    proposal = propose(seen)
    (fitted,) = proposal.ways
    assert proposal.separates and not fitted.own
    assert fitted.solution.combo.turned == {"dropout": 0.5}
    number = fitted.goal.comparisons[0].offset
    assert 0.70 < number < 0.78 and number == round(number, 2)
    # Neither side is nearer to the number than the other, by their own standard errors.
    margins = seen.margin(fitted.solution, fitted.shown) - 1, -seen.margin(seen.start, fitted.shown) + 1
    assert min(margins) > 0.5 * max(margins)
    assert seen.rate(fitted.solution, fitted.goal) >= 0.95 and seen.rate(seen.start, fitted.goal) <= 0.05
    assert [good for *_, good in claims(seen)] == [True, False]


def test_the_authors_solution_is_kept_where_it_goes_half_the_way_to_the_best(tmp_path):
    near = {**MIRROR, "dropout 0.7": accuracies(0.793, 0.8)}
    for solution, own in (("{ dropout = 0.5 }", True), ("{ dropout = 0.3 }", True), ("{ dropout = 0.1 }", False)):
        seen = made_up(lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.75", solution)), near)
        (fitted,) = propose(seen).ways
        assert fitted.own is own
    assert "reaches a test accuracy of 71.0% and passes" in " ".join(telling.told(seen, propose(seen)))


def test_of_equals_the_one_that_turns_fewest_settings(tmp_path):
    settings = f"{DROPOUT}\nsetting.weight_decay = {{ choices = [0.0, 0.01], start = 0.0 }}"
    challenge = lesson(tmp_path, settings, claim("test_accuracy >= 0.99", "{ weight_decay = 0.01 }"))
    both = {f"{label}, weight_decay 0.01".removeprefix("start, "): told for label, told in MIRROR.items()}
    both["dropout 0.5, weight_decay 0.01"] = accuracies(0.791)
    (fitted,) = propose(made_up(challenge, {**MIRROR, **both})).ways
    assert fitted.solution.combo.turned == {"dropout": 0.5}


def test_a_goal_of_less_is_better_moves_the_other_way(tmp_path):
    losses = {label: {"validation_loss": 1 - told["test_accuracy"]} for label, told in MIRROR.items()}
    challenge = lesson(tmp_path, DROPOUT, claim("validation_loss <= 0.0001", "{ dropout = 0.5 }"))
    seen = made_up(challenge, losses)
    (fitted,) = propose(seen).ways
    assert fitted.own and 0.21 < fitted.goal.comparisons[0].offset < 0.31
    assert fitted.goal.comparisons[0].op == "<="


def test_of_an_and_only_what_parts_most_is_moved(tmp_path):
    sparse = {
        label: {**told, "sparsity": s}
        for (label, told), s in zip(MIRROR.items(), [0.01, 0.2, 0.4, 0.8, 0.9, 0.95], strict=True)
    }
    goal = "test_accuracy >= 0.5 and sparsity >= 0.999"
    (fitted,) = propose(made_up(lesson(tmp_path, DROPOUT, claim(goal, "{ dropout = 0.7 }")), sparse)).ways
    first, second = fitted.goal.comparisons
    assert first.text == "test_accuracy >= 0.5" and fitted.shown == second
    assert 0.4 < second.offset < 0.9 and fitted.own


def test_what_no_settings_meet_is_relaxed_to_where_the_solution_does(tmp_path):
    goal = "test_accuracy >= 0.99 and gap <= 0.001"
    challenge = lesson(tmp_path, DROPOUT, claim(goal, "{ dropout = 0.5 }"))
    seen = made_up(challenge, MIRROR)
    (fitted,) = propose(seen).ways
    assert not fitted.problem and fitted.own
    accuracy, gap = fitted.goal.comparisons
    assert accuracy.offset < 0.79 and gap.offset > 0.06
    assert seen.rate(fitted.solution, fitted.goal) >= 0.95 and seen.rate(seen.start, fitted.goal) <= 0.05


def test_a_goal_against_the_first_run_keeps_its_text_and_is_rated(tmp_path):
    for over, separates in ((0.05, True), (0.3, False)):
        goal = f"test_accuracy >= start.test_accuracy + {over}"
        seen = made_up(lesson(tmp_path, DROPOUT, claim(goal, "{ dropout = 0.5 }")), MIRROR)
        proposal = propose(seen)
        assert proposal.ways[0].goal.text == goal and proposal.separates is separates
    assert "does not part the solution from the start" in proposal.ways[0].problem


def test_where_no_number_parts_them_it_says_what_to_change(tmp_path):
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.75", "{ dropout = 0.5 }"))
    flat = {label: accuracies(0.7) for label in MIRROR}
    assert "Nothing that is offered does better than the start" in propose(made_up(challenge, flat)).ways[0].problem
    near = {**flat, "dropout 0.5": accuracies(0.712)}
    proposal = propose(made_up(challenge, near, se=0.02))
    found = re.search(r"more epochs, or about seeds = (\d+)\.", proposal.ways[0].problem)
    assert found and 5 < int(found[1]) <= 100
    words = "\n".join(telling.told(made_up(challenge, near, se=0.02), proposal))
    assert "Proposed" not in words and "goal =" not in words


def test_settings_that_diverge_are_no_solution_and_a_start_that_does_is_refused(tmp_path):
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.75", "{ dropout = 0.5 }"))
    proposal = propose(made_up(challenge, {**MIRROR, "dropout 0.5": None}))
    assert proposal.separates and proposal.ways[0].solution.combo.label == "dropout 0.7"
    proposal = propose(made_up(challenge, {**MIRROR, "start": None}))
    assert not proposal.separates and "The start diverges on 20 of 20 seeds" in proposal.ways[0].problem
    proposal = propose(made_up(challenge, {label: None if label != "start" else accuracies(0.5) for label in MIRROR}))
    assert "No settings but the start's train to a number" in proposal.ways[0].problem


def test_traps_are_what_looks_right_and_fails_with_what_was_measured(tmp_path):
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.99", "{ dropout = 0.5 }"))
    found = propose(made_up(challenge, {**MIRROR, "dropout 0.7": None})).traps
    by_name = {str(trap.settings["dropout"]): trap for trap in found}
    assert by_name["0.1"].why == "overfits: training accuracy 98.0%, test accuracy 71.0%"
    assert by_name["0.9"].why == "underfits: training accuracy 41.0%, test accuracy 40.0%"
    assert by_name["0.7"].why == "diverges: the loss left the numbers on 20 of 20 seeds" and by_name["0.7"].diverges
    assert len(found) == 3 and not any(trap.own for trap in found)


def test_the_authors_traps_are_kept_where_they_fail(tmp_path):
    traps = '{ set = { dropout = 0.9 }, why = "starves" }, { set = { dropout = 0.5 }, why = "wrong" }'
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.5", "{ dropout = 0.7 }", traps))
    seen = made_up(challenge, MIRROR)
    found = propose(seen).traps
    assert (found[0].why, found[0].own) == ("starves", True)
    assert "wrong" not in [trap.why for trap in found] and len(found) > 1
    assert [good for *_, good in claims(seen)] == [False, True, True, False]


def test_a_trap_that_lacks_something_else_than_accuracy_says_what(tmp_path):
    sparse = {label: {**accuracies(0.9), "sparsity": 0.1} for label in MIRROR}
    sparse["dropout 0.5"]["sparsity"] = 0.8
    goal = "test_accuracy >= 0.8 and sparsity >= 0.7"
    found = propose(made_up(lesson(tmp_path, DROPOUT, claim(goal, "{ dropout = 0.5 }")), sparse)).traps
    assert found[0].why.startswith("misses: sparsity 10.0%, where ")


def test_every_way_gets_its_number_for_its_own_solution(tmp_path):
    ways = (
        '[[goal]]\nwhen = "test_accuracy >= 0.99"\npass = "won"\nsolution = { dropout = 0.5 }\n'
        '[[goal]]\nwhen = "gap <= 0.001 and test_accuracy >= 0.2"\npass = "won"\nsolution = { dropout = 0.9 }'
    )
    path = write(tmp_path, DROPOUT, ways)
    ((_, challenge),) = command.lessons(str(path))
    seen = made_up(challenge, MIRROR)
    proposal = propose(seen)
    assert proposal.separates and [f.own for f in proposal.ways] == [True, True]
    assert seen.rates(proposal.ways[0].solution, proposal.goals)[0] >= 0.95
    assert seen.rates(proposal.ways[1].solution, proposal.goals)[1] >= 0.95
    assert seen.rate(seen.start, *proposal.goals) <= 0.05
    table = tomllib.loads(block(proposal))
    assert [way["pass"] for way in table["goal"]] == ["won", "won"]
    assert table["goal"][1]["solution"] == {"dropout": 0.9}
    text = path.read_text().replace(ways, block(proposal))
    path.write_text(text)
    ((_, again),) = command.lessons(str(path))
    assert [way.goal.text for way in again.ways] == [goal.text for goal in proposal.goals]


@pytest.mark.parametrize(
    "metric, number, tolerance, text",
    [
        ("test_accuracy", 0.74812, 0.02, "0.75"),
        ("test_accuracy", 0.95412, 0.002, "0.954"),
        ("test_accuracy", 1.2, 0.1, "1.00"),
        ("validation_loss", 0.08312, 0.01, "0.083"),
        ("loss_gap", -0.0412, 0.01, "-0.041"),
        ("weight_norm", 12.34, 1, "12"),
        ("parameters", 50890, 500, "51000"),
        ("epochs_to_80", 7.43, 0.2, "7.4"),
        ("validation_loss", 0.0, 0.1, "0.00"),
    ],
)
def test_numbers_are_as_round_as_they_may_be(metric, number, tolerance, text):
    assert next(numbers.spelled(metric, number, tolerance)) == text
    goals.parse(f"{metric} >= {text}")


# --- the plot and the block ---


def test_the_plot_fits_and_shows_what_is_marked():
    rows = [plot.Row(f"dropout {n}, weight_decay 0.001, epochs {n}", 0.5 + n / 1000, 0.01, "0/20") for n in range(60)]
    rows += [
        plot.Row("solution", 0.9, 0.01, "20/20", "*"),
        plot.Row("start", 0.5, 0.01, "0/20", ">"),
        plot.Row("lost", None, 0.0, "0/20", "x", "diverged on 20 seeds"),
    ]
    lines = plot.plot("test_accuracy", rows, 0.8, 0.95, 1)
    assert max(map(len, lines)) <= plot.WIDTH and all(line.isascii() for line in lines)
    assert lines[0].startswith("* solution") and lines[0].endswith("90.0% 20/20") and lines[0].count("o") >= 3
    assert sum("/20" in line for line in lines) == plot.ROWS and "33 more settings" in lines[-1]
    assert any(line.startswith("> start") for line in lines)
    assert any(line.startswith("x lost") and "diverged on 20 seeds" in line for line in lines)
    columns = {line.index("|") for line in lines if "|" in line}
    assert len(columns) == 1 and {line.index(":") for line in lines if ":" in line} > set() < columns | {0}


def test_the_plot_sorts_the_best_first_and_keeps_strays_at_the_edge():
    rows = [
        plot.Row("good", 0.1, 0.01, "20/20", "*"),
        plot.Row("start", 0.4, 0.01, "0/20", ">"),
        plot.Row("far", 500.0, 9.0, "0/20"),
    ]
    lines = plot.plot("validation_loss", rows, 0.2, 0.2, -1)
    assert [line.split()[0] for line in lines[:3]] == ["*", ">", "far"]
    assert ">  500.000" in lines[2] and "o" in lines[1].split("start")[1]


def test_the_block_reads_again_in_the_chapter(tmp_path):
    traps = '{ set = { dropout = 0.9 }, why = "it \\"starves\\",\\tand \\\\ fails" }'
    path = write(tmp_path, DROPOUT, claim("test_accuracy >= 0.99", "{ dropout = 0.1 }", traps))
    ((_, challenge),) = command.lessons(str(path))
    proposal = propose(made_up(challenge, {**MIRROR, "dropout 0.7": None}))
    again = pasted(path, block(proposal))
    assert again.goal.text == proposal.goals[0].text and again.ways[0].solution == {"dropout": 0.5}
    assert [(t.settings, t.why, t.diverges) for t in again.traps] == [
        (t.settings, t.why, t.diverges) for t in proposal.traps
    ]
    assert again.traps[0].why == challenge.traps[0].why and any(t.diverges for t in again.traps)


def test_what_is_told_fits_the_terminal_and_the_json_is_whole(tmp_path):
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.75", "{ dropout = 0.5 }"))
    seen = made_up(challenge, MIRROR)
    lines = "\n".join(telling.told(seen, propose(seen))).splitlines()
    toml = lines.index("To be pasted into the lesson in place of its goal, solution and traps:")
    assert max(map(len, lines[:toml])) <= plot.WIDTH
    assert "It holds; what follows is where the numbers would put it." in lines
    plan = combos.choose(challenge, 100)
    table = json.loads(json.dumps(telling.as_json("well/bench", plan, seen, propose(seen)), allow_nan=False))
    assert table["toml"] == "\n".join(lines[toml + 2 :])
    by_label = {one["label"]: one for one in table["settings"]}
    assert by_label["dropout 0.5"]["metrics"]["test_accuracy"]["mean"] == pytest.approx(0.79)
    assert by_label["dropout 0.5"]["passes"] == {"chapter": [1.0], "proposed": [1.0]}
    assert by_label["start"]["passes"]["chapter"] == [0.0]
