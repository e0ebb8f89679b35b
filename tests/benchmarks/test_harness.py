"""The benchmarks' own arithmetic and table; no benchmark runs here."""

import json

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.harness import (
    Bound,
    Figure,
    Options,
    Ratio,
    Row,
    Skipped,
    child,
    compare,
    in_turns,
    markdown,
    table,
)


def test_ways_are_called_in_turns():
    called = []
    given = in_turns(2, lambda turn: called.append("a") or turn, lambda turn: called.append("b") or 10 * turn)
    assert called == ["a", "b", "a", "b"] and given == [[0, 1], [0, 10]]


def test_a_ratio_is_of_medians_and_its_range_is_of_pairs():
    ratio = Ratio.of([2.0, 9.0, 4.0], [1.0, 3.0, 1.0])
    assert (ratio.middle, ratio.low, ratio.high) == (4.0, 2.0, 4.0)
    assert str(ratio) == "4x (2..4)"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure(6.2), "6.2 s"),
        (Figure(0.07), "70 ms"),
        (Figure(31e-6), "31 us"),
        (Figure(142.3), "142 s"),
        (Figure(0.9725, "%"), "97.2 %"),
        (Figure(0.0042, "%", "events"), "0.42 %, events"),
        (Figure(508.2, "MiB"), "508 MiB"),
        (Figure(6.5, "x"), "6.5x"),
    ],
)
def test_a_figure_is_read_in_its_unit(figure, text):
    assert str(figure) == text


def test_a_ratio_is_held_to_a_bound_in_times_and_a_figure_to_one_in_seconds():
    fast = compare("loop", [1.0], [7.0], "seed", Bound("at least", 6.5), faster=True)
    assert fast.holds and fast.cells() == ["loop", "1 s", "7 s, seed", "7x (7..7)", "at least 6.5x", "yes"]
    assert not compare("loop", [1.2], [7.0], "seed", Bound("at least", 6.5), faster=True).holds
    assert compare("frame", [0.3], [0.2], "minimal", Bound("at most", 1.6)).holds
    late = Row("stop", Figure(0.011), bound=Bound("at most", 0.010, "s"))
    assert late.holds is False and late.cells() == ["stop", "11 ms", "", "", "at most 10 ms", "NO"]
    near = Row("accuracy", Figure(0.970, "%"), Figure(0.974, "%"), bound=Bound("within", 0.005, "points"))
    assert near.holds and near.cells()[4] == "within 0.5 points"
    assert Row("shown only", Figure(1.0)).holds is None


def test_the_table_has_columns_and_says_what_is_missing():
    rows = [Row("short", Figure(1.0)), Row("a longer one", Figure(2.0)), Row("skorch", missing="not installed")]
    head, rule, short, longer, missing = table(rows).splitlines()
    assert head.index("ours") == rule.index(" -") + 1 == short.index("1 s") == longer.index("2 s")
    assert missing == "not measured: skorch: not installed"


def test_markdown_has_a_table_and_the_machine():
    text = markdown([Row("a|b", Figure(1.0)), Row("c", missing="no data")], {"cores": 2})
    assert text.startswith("- cores: 2\n\n| what | ours |") and "| a\\|b | 1 s |" in text
    assert text.endswith("\n\n- not measured: c: no data\n")


def test_an_unknown_name_is_refused(capsys):
    assert benchmarks.main(["seed_lop"]) == 2
    assert "Did you mean 'seed_loop'?" in capsys.readouterr().err


def test_what_is_skipped_or_fails_has_a_row_and_only_a_failure_an_exit_code(tmp_path, monkeypatch, capsys):
    def of(error):
        class Module:
            @staticmethod
            def measure(options):
                yield Row("before", Figure(1.0))
                raise error

        return Module

    found = {"stop": of(Skipped("not here")), "warm": of(ValueError("two\nlines"))}
    monkeypatch.setattr(benchmarks, "import_module", lambda name: found[name.rpartition(".")[2]])
    where = tmp_path / "figures.json"
    assert benchmarks.main(["stop", "--json", str(where)]) == 0
    assert benchmarks.main(["stop", "warm", "--json", str(where)]) == 1
    rows = json.loads(where.read_text())["rows"]
    assert [(row["benchmark"], row["missing"], row["failed"]) for row in rows] == [
        ("stop", "", False),
        ("stop", "not here", False),
        ("warm", "", False),
        ("warm", "failed: ValueError: two", True),
    ]
    assert "not measured: stop: not here" in capsys.readouterr().out


def test_every_name_has_a_module_that_says_what_it_measures():
    for name in benchmarks.NAMES:
        module = benchmarks.import_module(f"tests.benchmarks.{name}")
        assert module.__doc__ and callable(module.measure)


def test_data_that_are_not_there_are_skipped(tmp_path):
    for options in (Options(), Options(tmp_path)):
        with pytest.raises(Skipped):
            options.need_data()


def test_a_child_that_fails_says_why():
    with pytest.raises(RuntimeError, match="No module named"):
        child("tests.benchmarks.nothing")
