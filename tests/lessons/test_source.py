"""The generated text: idiomatic, safe, and only different where a setting is."""

import ast
import subprocess
import sys

import pytest
from hypothesis import given, settings

from lessons.recipe import Recipe, job
from lessons.source import changed_lines, source
from tests.lessons.recipes import recipes

NOISY = job("noisy-digits-mlp").recipe


@given(recipes())
@settings(max_examples=200, deadline=None)
def test_every_recipe_is_a_program_of_three_functions_and_a_network(recipe):
    text = source(recipe).text
    tree = ast.parse(text)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert names == ["load_data", "Net", "evaluate", "train", "main"]
    assert max(map(len, text.splitlines())) <= 88
    # Nothing but numbers, strings of our own and names of torch: no call that could reach further.
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called <= {
        "Path",
        "Net",
        "evaluate",
        "train",
        "main",
        "load_data",
        "pixels",
        "blank",
        "super",
        "len",
        "range",
        "sum",
        "print",
        "vars",
        "model",
    }


def test_the_text_is_formatted_and_free_of_lint(tmp_path):
    several = {
        "plain": NOISY,
        "full": NOISY.turned(dropout=(0.5, 0.2), norm="batch", l1=1e-3, weight_decay=0.01, eval_mode=False),
        "sgd": NOISY.turned(optimizer="sgd", momentum=0.9, weight_decay=0.1, lr=0.01),
        "rms": NOISY.turned(optimizer="rmsprop", momentum=0.9, label_noise=0.0),
        "long": NOISY.turned(optimizer="adamw", lr=0.00012345678, momentum=0.9, weight_decay=0.00012345678),
        "deep": NOISY.turned(widths=(64,) * 20, dropout=0.1),
        "noise": job("blank-page").recipe,
        "noise_batches": job("blank-page").recipe.turned(batch_size=10, l1=0.01),
    }
    for name, recipe in several.items():
        (tmp_path / f"{name}.py").write_text(source(recipe).text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format", "--check", "--isolated"], ["check", "--isolated", "--select", "E,F,I,B,UP,SIM,C4"]):
        done = subprocess.run([*ruff, *command, str(tmp_path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"dropout": 0.5}, "nn.Dropout(0.5),"),
        ({"norm": "batch"}, "nn.BatchNorm1d(256),"),
        ({"activation": "tanh"}, "nn.Tanh(),"),
        ({"weight_decay": 0.1}, "weight_decay=0.1"),
        ({"l1": 0.001}, "penalty = 0.001 * sum(w.abs().sum() for w in weights)"),
        ({"epochs": 7}, "for epoch in range(1, 7 + 1):"),
        ({"lr": 0.02}, "lr=0.02"),
        ({"optimizer": "sgd"}, "torch.optim.SGD("),
        ({"batch_size": 32}, "order.split(32)"),
        ({"widths": (99,)}, "nn.Linear(784, 99)"),
    ],
)
def test_a_turned_setting_writes_its_line_and_lights_it(change, line):
    before, after = source(NOISY).experiment, source(NOISY.turned(**change)).experiment
    assert line not in before and line in after
    lit = [after.splitlines()[n] for n in changed_lines(before, after)]
    assert any(line in text for text in lit)


def test_a_forgotten_eval_is_a_line_that_is_missing():
    before, after = source(NOISY).experiment, source(NOISY.turned(eval_mode=False)).experiment
    assert "model.eval()" in before and "model.eval()" not in after
    assert changed_lines(before, after)  # the line that closed the gap is lit
    assert changed_lines(after, after) == []


def test_adamw_does_not_decay_behind_the_players_back():
    assert "weight_decay=0.0" in source(NOISY.turned(optimizer="adamw")).experiment


def test_momentum_is_only_written_where_it_is_used():
    assert "momentum" not in source(NOISY.turned(momentum=0.9)).text
    assert "momentum=0.9" in source(NOISY.turned(momentum=0.9, optimizer="sgd")).text


def test_the_same_recipe_gives_the_same_text_and_hash():
    a, b = Recipe(widths=(8,)), Recipe(widths=[8])
    assert source(a).text == source(b).text and source(a).sha256 == source(b).sha256
    assert source(a).sha256 != source(a.turned(lr=0.5)).sha256
