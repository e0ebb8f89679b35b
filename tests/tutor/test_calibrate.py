"""``tutor calibrate``: what is kept, and the command."""

import asyncio
import json
import os
import re

import pytest

from lessons import metrics
from lessons.mistakes import Mistake
from lessons.report import Report
from lessons.source import source
from lessons.wire import Ready
from tests.calibrations import LR, claim, lesson, pasted, write
from tutor import cli
from tutor.calibrate import combos, command, record
from tutor.exits import DONE, INTERRUPTED, NOT_MET, Lacking

# --- what is kept ---

MACHINE = record.Machine("2.0", "cpu", 1)


def report(challenge, seeds, value=0.5, diverged=()):
    one = combos.combo(challenge, {})
    values = {name: [value] * len(seeds) for name in metrics.available(one.recipe)}
    lost = dict.fromkeys(diverged, 3)
    return Report(one.recipe, tuple(seeds), "cpu", 1, one.sha256, values, {}, lost)


def test_a_record_goes_on_after_a_torn_line(tmp_path):
    challenge = lesson(tmp_path, LR, claim("test_accuracy >= 0.9", "{ lr = 0.1 }"))
    path = tmp_path / "deep" / "record.jsonl"
    first = record.Record(path, MACHINE)
    first.add(report(challenge, [1, 2], diverged=[2]))
    first.add(report(challenge, [3, 4]))
    text = path.read_text()
    path.write_text(text[:-40] + "\n{}\n[1]\nnull\n" + text[: len(text) // 3])
    again = record.Record(path, MACHINE)
    sha = combos.combo(challenge, {}).sha256
    assert {n: s.diverged for n, s in again.seeds(sha, ["test_accuracy"]).items()} == {1: 0, 2: 3}
    again.add(report(challenge, [5]))
    assert set(record.Record(path, MACHINE).seeds(sha, ["test_accuracy"])) == {1, 2, 5}
    assert again.seeds(sha, ["a metric of a later version"]) == {}
    for other in (MACHINE._replace(torch="2.1"), MACHINE._replace(threads=2), MACHINE._replace(device="cuda")):
        assert record.Record(path, other).seeds(sha, []) == {}
    record.forget(path)
    record.forget(path)
    assert record.Record(path, MACHINE).seeds(sha, []) == {}


DAMAGE = {
    "a text for a number": ('"test_accuracy":[0.5]', '"test_accuracy":["a"]'),
    "a list for a number": ('"test_accuracy":[0.5]', '"test_accuracy":[[0.5]]'),
    "true for a number": ('"test_accuracy":[0.5]', '"test_accuracy":[true]'),
    "no number": ('"test_accuracy":[0.5]', '"test_accuracy":[NaN]'),
    "no end": ('"test_accuracy":[0.5]', '"test_accuracy":[1e999]'),
    "no float": ('"train_loss":[0.5]', f'"train_loss":[1{"0" * 400}]'),
    "more than all": ('"test_accuracy":[0.5]', '"test_accuracy":[7]'),
    "less than nothing": ('"test_accuracy":[0.5]', '"test_accuracy":[-0.5]'),
    "a gap beyond all": ('"gap":[0.5]', '"gap":[-1.5]'),
    "a text for an epoch": ('"diverged":{}', '"diverged":{"1":"x"}'),
    "a text for a seed": ('"seeds":[1]', '"seeds":["1"]'),
    "too deep": ('"diverged":{}', f'"diverged":{"[" * 200_000}'),
}


@pytest.mark.parametrize("old, new", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_line_is_dropped_as_a_torn_one_is(tmp_path, old, new):
    challenge = lesson(tmp_path, LR, claim("test_accuracy >= 0.9", "{ lr = 0.1 }"))
    path, sha = tmp_path / "record.jsonl", combos.combo(challenge, {}).sha256
    record.Record(path, MACHINE).add(report(challenge, [1]))
    assert set(record.Record(path, MACHINE).seeds(sha, ["test_accuracy"])) == {1}
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    again = record.Record(path, MACHINE)
    assert again.seeds(sha, []) == {}
    again.add(report(challenge, [2], value=None, diverged=[2]))
    assert {n: s.diverged for n, s in record.Record(path, MACHINE).seeds(sha, []).items()} == {2: 3}


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    challenge = lesson(tmp_path, LR, claim("test_accuracy >= 0.9", "{ lr = 0.1 }"))
    (tmp_path / "file").write_text("")
    with pytest.raises(Lacking, match="--home"):
        record.Record(tmp_path / "file" / "record.jsonl", MACHINE).add(report(challenge, [1]))


# --- the command ---


def test_lessons_are_found_by_file_by_scene_and_by_id(tmp_path):
    path = write(tmp_path, LR, claim("test_accuracy >= 0.9", "{ lr = 0.1 }"))
    assert [name for name, _ in command.lessons(f"{path}/bench")] == ["well/bench"]
    assert [name for name, _ in command.lessons("no-mirror/dining-hall")] == ["no-mirror/dining-hall"]
    assert len(command.lessons("no-mirror")) > 1
    for wrong, words in (
        (f"{path}/bonch", "Did you mean 'bench'"),
        (f"{path}/won", "lesson 'won' is not known"),
        (str(tmp_path / "none.md"), "is no chapter file"),
        (str(tmp_path), "is no chapter file"),
        ("no-miror", "Did you mean 'no-mirror'"),
        ("no-mirror/dining-hal", "Did you mean 'dining-hall'"),
    ):
        with pytest.raises(Mistake, match=re.escape(words)):
            command.lessons(wrong)


def test_a_chapter_that_cannot_be_read_gets_the_ordinary_errors(tmp_path, capsys):
    path = write(tmp_path, LR, claim("test_accuracy >= 0.9", "{ lr = 0.2 }"))
    assert cli.run(["calibrate", str(path), "--home", str(tmp_path / "home")]) == 2
    assert "lr cannot be 0.2 here" in capsys.readouterr().err


class FakeClient:
    """Answers each batch with numbers by learning rate, and counts; ctrl+c after ``patience`` batches."""

    def __init__(self):
        self.rates = {0.00001: 0.5, 0.001: 0.6, 0.01: 0.8, 0.1: 0.9}
        self.patience = 10**6
        self.asked = []

    async def start(self):
        return Ready("2.0", ["cpu"], 0.1)

    async def train(self, recipe, seeds, device, threads, on_event):
        if len(self.asked) == self.patience:
            raise KeyboardInterrupt
        self.asked.append((recipe.lr, list(seeds)))
        values = {name: [0.1] * len(seeds) for name in metrics.available(recipe)}
        values["test_accuracy"] = [self.rates[recipe.lr] + 0.001 * (seed % 7) for seed in seeds]
        return Report(recipe, tuple(seeds), "cpu", threads, source(recipe).sha256, values, {})


@pytest.fixture
def fake(monkeypatch):
    one = FakeClient()
    monkeypatch.setattr(command, "with_client", lambda work: asyncio.run(work(one)))
    monkeypatch.setenv("TUTOR_HOME", os.environ.get("TUTOR_HOME", ""))  # cli.run sets it
    return one


def test_broken_off_it_goes_on_where_it_was(tmp_path, fake, capsys):
    path = write(tmp_path, LR, claim("test_accuracy >= 0.99", "{ lr = 0.01 }"))
    words = ["calibrate", str(path), "--home", str(tmp_path / "home"), "--seeds", "12"]
    fake.patience = 4
    assert cli.run(words) == INTERRUPTED
    out, err = capsys.readouterr()
    assert "4 settings of gaussians, 12 seeds each: 48 runs" in out and "the same call goes on" in err
    first = command.FIRST
    assert [seeds[0] for lr, seeds in fake.asked if lr == 0.00001] == [first, first + 5, first + 10]
    fake.patience = 10**6
    assert cli.run(words) == DONE
    assert "17 runs were made earlier; 31 are left" in capsys.readouterr().out
    assert sorted((lr, s) for lr, seeds in fake.asked for s in seeds) == [
        (lr, s) for lr in sorted(fake.rates) for s in range(first, first + 12)
    ]
    made = len(fake.asked)
    assert cli.run(words) == DONE and len(fake.asked) == made
    assert cli.run([*words[:-1], "15"]) == DONE  # three more seeds of each
    assert [len(seeds) for _, seeds in fake.asked[made:]] == [3] * 4
    made = len(fake.asked)
    assert cli.run([*words, "--fresh"]) == DONE and len(fake.asked) == made + 12


def test_json_is_one_object_and_the_exit_code_says_whether_anything_separates(tmp_path, fake, capsys):
    path = write(tmp_path, LR, claim("test_accuracy >= 0.99", "{ lr = 0.01 }"))
    words = ["calibrate", str(path), "--home", str(tmp_path / "home"), "--json"]
    assert cli.run(words) == DONE
    table = json.loads(capsys.readouterr().out)
    assert table["calibrated"] and table["lessons"][0]["proposal"]["ways"][0]["solution"] == {"lr": 0.01}
    fake.rates = dict.fromkeys(fake.rates, 0.5)
    assert cli.run([*words, "--fresh"]) == NOT_MET
    table = json.loads(capsys.readouterr().out)
    assert not table["calibrated"] and table["lessons"][0]["toml"] is None


@pytest.mark.slow
def test_a_lesson_is_trained_and_what_is_proposed_proves_itself(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TUTOR_HOME", "")
    path = write(tmp_path, LR, claim("test_accuracy >= 0.99", "{ lr = 0.001 }"))
    words = ["calibrate", str(path), "--home", str(tmp_path / "home"), "--seeds", "10", "--json"]
    assert cli.run(words) == DONE
    first = json.loads(capsys.readouterr().out)
    (kept,) = (tmp_path / "home" / "calibrations").glob("*.jsonl")
    lines = kept.read_text().splitlines()
    assert len(lines) == 8 and json.loads(lines[0])["seeds"] == list(range(command.FIRST, command.FIRST + 5))
    assert cli.run(words) == DONE
    assert json.loads(capsys.readouterr().out) == first
    assert kept.read_text().splitlines() == lines  # nothing was trained again
    toml = first["lessons"][0]["toml"]
    assert pasted(path, toml).ways[0].solution == {"lr": 0.1}
    assert cli.run(["check", str(path), "--home", str(tmp_path / "home")]) == DONE, capsys.readouterr().out
