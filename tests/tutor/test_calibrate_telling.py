"""What a calibration says of its verdicts, its number and the rows of its plot: with made-up numbers."""

import re

from lessons import goals
from tests.calibrations import DROPOUT, MIRROR, accuracies, claim, lesson, made_up
from tutor.calibrate import plot, telling
from tutor.calibrate.proposal import propose


def words_of(seen):
    """What is told before the block, on one line."""
    return " ".join(" ".join(telling.told(seen, propose(seen))).partition("To be pasted")[0].split())


def test_what_must_fail_is_counted_and_measured_on_the_side_of_the_claim(tmp_path):
    traps = '{ set = { dropout = 0.9 }, why = "starves" }, { set = { dropout = 0.7 }, why = "wrong" }'
    seen = made_up(lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.74", "{ dropout = 0.5 }", traps)), MIRROR)
    words = words_of(seen)
    assert "ok start fails 20/20" in words and "ok solution (dropout 0.5) passes 20/20" in words
    assert "ok trap 1 (dropout 0.9) fails 20/20" in words and "BAD trap 2 (dropout 0.7) fails 0/20" in words
    assert re.search(r"passes 20/20 verdicts \(\+[0-9.]+ s\.e\.\); the start fails 20/20 \(\+[0-9.]+ s\.e\.\)", words)
    assert re.search(r"Trap: dropout 0\.9 fails 20/20; starves", words)


def test_how_few_the_seeds_are_is_said(tmp_path):
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.75", "{ dropout = 0.5 }"))
    assert "are drawn from 6 seeds: take more, --seeds 20," in words_of(made_up(challenge, MIRROR, count=6))
    assert "from 5 seeds, and there are enough for one verdict only:" in words_of(made_up(challenge, MIRROR, count=5))
    assert "are drawn from" not in words_of(made_up(challenge, MIRROR))


def test_the_proposal_says_why_this_number_and_what_else_passes(tmp_path):
    challenge = lesson(tmp_path, DROPOUT, claim("test_accuracy >= 0.99", "{ dropout = 0.5 }"))
    far = {label: accuracies(0.3) for label in MIRROR} | {"dropout 0.5": accuracies(0.97)}
    assert "The number lies midway between what fails and what passes" in words_of(made_up(challenge, far))
    assert "as well" not in words_of(made_up(challenge, far))
    seen = made_up(challenge, {**far, "dropout 0.3": accuracies(0.85)})
    found = re.search(
        r"dropout 0\.3 passes as well; for the solution alone: test_accuracy >= ([0-9.]+)\.", words_of(seen)
    )
    assert found and 0.86 < float(found[1]) < 0.96
    alone = goals.parse(f"test_accuracy >= {found[1]}")
    assert (
        seen.rate(seen.find({"dropout": 0.3}), alone)
        <= 0.05
        <= 0.95
        <= seen.rate(propose(seen).ways[0].solution, alone)
    )
    every = {label: accuracies(0.3 if label == "start" else 0.9) for label in MIRROR}
    words = words_of(made_up(challenge, every))
    assert "; and 1 more pass as well." in words and "alone" not in words
    sparse = {label: {**told, "sparsity": 0.1 if label == "start" else 0.8} for label, told in far.items()}
    goal = "sparsity >= 0.5 and test_accuracy >= 0.99"
    assert "midway" not in words_of(made_up(lesson(tmp_path, DROPOUT, claim(goal, "{ dropout = 0.5 }")), sparse))


def test_a_row_that_meets_the_number_and_is_lost_says_why(tmp_path):
    goal = "test_accuracy >= 0.7 and gap <= 0.1"
    seen = made_up(lesson(tmp_path, DROPOUT, claim(goal, "{ dropout = 0.5 }")), MIRROR, se=0.001)
    lines = list(telling.told(seen, propose(seen)))
    shown = propose(seen).ways[0].shown.metric
    other = {"test_accuracy": "gap", "gap": "test_accuracy"}[shown]
    assert sum(f"(fails {other})" in line for line in lines) >= 1
    at = next(number for number, line in enumerate(lines) if f"(fails {other})" in line)
    assert lines[at - 1].endswith(" 0/20")
    ways = (
        '[[goal]]\nwhen = "test_accuracy >= 0.78"\npass = "won"\nsolution = { dropout = 0.5 }\n'
        '[[goal]]\nwhen = "test_accuracy >= 0.73"\npass = "won"\nsolution = { dropout = 0.3 }'
    )
    seen = made_up(lesson(tmp_path, DROPOUT, ways), MIRROR, se=0.001)
    lines = list(telling.told(seen, propose(seen)))
    at = next(number for number, line in enumerate(lines) if "(ends in way 1)" in line)
    assert "dropout 0.5" in lines[at - 1] and lines[at - 1].endswith(" 0/20")


def test_of_several_ways_the_block_must_come_last(tmp_path):
    ways = '[[goal]]\nwhen = "test_accuracy >= 0.9"\npass = "won"\nsolution = { dropout = 0.5 }\n'
    ways += '[[goal]]\nwhen = "test_accuracy >= 0.73"\npass = "won"\nsolution = { dropout = 0.3 }'
    seen = made_up(lesson(tmp_path, DROPOUT, ways), MIRROR, se=0.004)
    wanted = "To be pasted into the lesson, as the last of it, in place of its goal, solution and traps:"
    assert wanted in list(telling.told(seen, propose(seen)))


def test_in_the_plot_a_settings_name_and_value_stay_together():
    row = plot.Row("weight_decay 0.001, dropout 0.5, epochs 30, widths 64 x 32", 0.5, 0.01, "0/20")
    lines = [line[2:32].rstrip() for line in plot.plot("test_accuracy", [row], 0.8, None, 1)]
    assert lines[:2] == ["weight_decay 0.001,", "dropout 0.5, epochs 30,"] and lines[2] == "widths 64 x 32"
