"""The journal in conversation: listed on and on, sorted, compared a line for each thing; no glyph for a curve."""

import asyncio
from dataclasses import replace

import pytest

from lessons.mistakes import Mistake
from tests.tutor.authors import Author
from tests.tutor.journals import curved, four_runs
from tutor.journal_compare import compare
from tutor.journal_note import GLYPHS
from tutor.journal_spoken import HELP, USE, Spoken, both, measured
from tutor.journal_text import in_full, listed


@pytest.fixture
def journal(tmp_path):
    author = Author(tmp_path)
    yield four_runs(author.begun(1))
    for game in author.games:
        asyncio.run(game.close())


def test_no_block_glyph_stands_for_a_curve(journal):
    told = listed(curved(journal).select("practice"), None)
    assert "validation accuracy 50.0% (at first 30.0%, at best 50.0%)" in told
    assert "validation accuracy 50.0% (at first 10.0%)" in told and not set(told) & set(GLYPHS)
    full = in_full(journal.find(1), journal.report(1))
    assert "  validation accuracy: 30.0% (night 1), 50.0% (night 2), 40.0% (night 3)" in full
    assert "best 50.0% at night 2, worst 30.0% at night 1" in full and "training accuracy: 40.0% (night 1)" in full
    assert "no curve was kept" in in_full(journal.find(1), replace(journal.report(1), history={}))


def test_two_runs_are_told_a_line_for_each_thing(journal):
    told = both(compare(journal, 3, 4)).splitlines()
    assert told[0].startswith("A is run #3, The Trial, bench: verdict, failed; ")
    assert "  dropout: A 0.9, B 0.5" in told and "  epochs: A 30, B 10" in told and max(map(len, told)) <= 78
    better = next(row for row in compare(journal, 3, 4).metrics if row.name == "test_accuracy")
    assert measured(better) == f"test accuracy: A {better.a}, B {better.b}, {better.difference}, better."
    assert any(line.startswith("  A: ") for line in told) and any(line.startswith("  B: ") for line in told)
    code = told[told.index("Lines of the program that only one of them has:") + 1 :]
    assert "  A: for epoch in range(1, 30 + 1):" in code and "  B: for epoch in range(1, 10 + 1):" in code
    assert all(line[2:5] in ("A: ", "B: ") for line in code), "no line that both have, and no sign of a diff"
    told = both(compare(curved(journal), 1, 2))
    assert "  after night 1, 2, 3:\n  validation accuracy: A 30.0%, 50.0%, 40.0%; B 10.0%, 20.0%, 60.0%\n" in told
    other = replace(journal.report(2), history={0: {"epoch": [1, 4], "validation_accuracy": [0.1, 0.6]}})
    told = both(replace(compare(journal, 1, 2), reports=(journal.report(1), other)))
    assert "  validation accuracy, A: 30.0% (night 1), 50.0% (night 2), 40.0% (night 3)" in told
    assert "  validation accuracy, B: 10.0% (night 1), 60.0% (night 4)" in told
    same = both(compare(journal, 2, 2))
    assert "Every setting is the same in both." in same
    assert "  validation accuracy: 50.0% in both." in same and "The program is the same in both." in same


def test_what_only_one_run_has_is_said_not_to_be_measured_in_the_other(journal):
    row = next(row for row in compare(journal, 1, 4).metrics if row.name == "test_accuracy")
    assert measured(row) == f"test accuracy: A not measured, B {row.b}."


@pytest.fixture
def ask(journal):
    """Asks one question after another of a journal that tells two runs at once."""
    return Spoken(journal, 2).answer


def test_the_plain_mode_answers(ask):
    assert ask("delete #2").startswith("Run #2 is deleted (The Trial, bench).")
    assert ask("undo") == "Run #2 is back (The Trial, bench)."
    assert ask("delete 3").endswith("journal undo.") and "#3" in ask("deleted") and ask("undo 3").startswith("Run #3")
    assert ask("compare 1 2").startswith("A is run #1")
    assert "No run matches 'garlic'." in ask("garlic") and "#2" in ask("dropout=0.5")
    assert "nn.Dropout(0.5)" in ask("code 2") and "nn.Dropout" not in ask("code 1")
    for bad in ("show", "show x", "compare 1", "delete 1 2", "code"):
        with pytest.raises(Mistake, match="the list shows them"):
            ask(bad)


def test_what_may_be_asked_is_said_once(ask):
    assert ask("").endswith(HELP) and HELP not in ask("") and ask("help") == USE


def test_a_long_list_goes_on_where_it_was_left(ask):
    first = ask("")
    assert "#4" in first and "#3" in first and "#2" not in first and "1 to 2 of 4 runs. journal more" in first
    more = ask("more")
    assert "#2" in more and "#1" in more and "#3" not in more and more.endswith("3 to 4 of 4 runs.")
    assert ask("more") == "There are no more runs in this list."
    ask("dropout")
    assert "#2" in (rest := ask("all")) and "#1" not in rest and rest.endswith("3 to 3 of 3 runs.")


@pytest.mark.parametrize("words", ["best train_loss", "best training loss", "sort train_loss", "BEST Training Loss"])
def test_a_metric_sorts_by_its_name_or_its_label(ask, words):
    numbers = [line.split()[0] for line in ask(f"{words} practice").splitlines() if line.startswith("#")]
    assert numbers == ["#1", "#2"]


def test_what_is_no_metric_is_named_and_those_that_were_measured(ask):
    with pytest.raises(Mistake, match="Did you mean 'train_loss'"):
        ask("best tain_loss")
    with pytest.raises(Mistake, match="Measured: test_accuracy, validation_accuracy"):
        ask("best")
