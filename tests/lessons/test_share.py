"""Share codes: a line that makes the same run again, and refuses everything else."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons import share
from lessons.jobs import job, job_names
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.source import source
from tests.lessons.recipes import recipes


@given(recipes(), st.integers(0, share.LAST_SEED), st.integers(1, share.MOST_SEEDS))
@settings(max_examples=300, deadline=None)
def test_a_code_makes_the_same_recipe_again(recipe, seed, seeds):
    code = share.encode(recipe, seed, seeds)
    assert share.decode(code) == share.Shared(recipe, seed, seeds)
    assert source(share.decode(code).recipe).sha256 == source(recipe).sha256
    assert not set(code) - set("abcdefghijklmnopqrstuvwxyz0123456789_=:,.+-")  # nothing that a shell takes amiss


@pytest.mark.parametrize("name", job_names())
def test_every_job_has_a_code_of_one_short_line(name):
    code = share.encode(job(name).recipe, 0)
    assert share.decode(code).recipe == job(name).recipe
    assert len(code) < 250 and "\n" not in code


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "does not begin with castle1"),
        ("hello", "Copy the whole line"),
        ("castle2:seed=1", "another version"),
        ("castle1:drpout=0.5", "Did you mean 'dropout'"),
        ("castle1:dropout=2", "from 0 below 1"),
        ("castle1:dropout", "name=value"),
        ("castle1:dropout=0.1:dropout=0.2", "twice"),
        ("castle1:seed=-1", "whole number from 0"),
        ("castle1:seed=1e3", "whole number from 0"),
        ("castle1:seed=99999999999999999999", "whole number from 0"),
        ("castle1:seeds=0", "whole number from 1"),
        ("castle1:seed=²", "whole number from 0"),
        ("castle1:data=own", "Share the chapter"),
        ("castle1:norm=batch:batch_size=1", "batch of one row"),
        ("castle1:widths=__import__('os')", "widths cannot be"),
        ("castle1:" + "x" * 5000, "characters long"),
    ],
)
def test_what_is_no_code_is_refused_in_one_line(code, says):
    with pytest.raises(Mistake) as caught:
        share.decode(code)
    assert says in str(caught.value) and "\n" not in str(caught.value)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_mistake_or_a_run(text):
    for code in (text, f"castle1:{text}"):
        with suppress(Mistake):
            assert isinstance(share.decode(code).recipe, Recipe)
