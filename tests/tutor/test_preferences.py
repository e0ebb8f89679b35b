"""What a player prefers: declared once, kept in a file that may be edited by hand, and never the end of a game."""

import asyncio
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.mistakes import Mistake
from tutor import home
from tutor.game import Game, Options
from tutor.laboratory import Laboratory
from tutor.plain.teller import Teller
from tutor.plain.wishes import Wishes
from tutor.preferences import FILE, PREFERENCES, Preferences, read
from tutor.settings import settings as turned_by_command

ROOT = Path(__file__).resolve().parents[2]


def preferences(folder, given=None, **environ):
    return Preferences(folder, given, environ)


def test_every_preference_says_what_it_does_and_takes_its_own_default():
    for preference in PREFERENCES:
        assert preference.words.endswith(".") and preference.words[0].isupper()
        assert preference.read(preference.default) == preference.default
        for choice in preference.choices:
            assert preference.read(str(choice)) == preference.read(choice) == choice
            assert preference.show(choice)


def test_without_a_file_everything_is_as_at_first_and_none_is_written(tmp_path):
    found = preferences(tmp_path)
    assert {p.name: found[p.name] for p in PREFERENCES} == {p.name: p.default for p in PREFERENCES}
    assert not found.notices and not list(tmp_path.iterdir())


def test_what_is_kept_is_there_the_next_time(tmp_path):
    first = preferences(tmp_path / "deep" / "home")
    first.keep("theme", "castle-by-day")
    first.keep("pace", "60")
    first.keep("data", str(tmp_path))
    first.keep("keys.train", "f5,k")
    again = preferences(tmp_path / "deep" / "home")
    assert (again["theme"], again["pace"], again["data"]) == ("castle-by-day", 60, str(tmp_path))
    assert again.keys == {"train": "f5,k"} and not again.notices
    again.keep("theme", None)
    again.keep("keys.train", None)
    last = preferences(tmp_path / "deep" / "home")
    assert last["theme"] == "castle" and last.keys == {} and last["pace"] == 60
    assert [path.name for path in (tmp_path / "deep" / "home").iterdir()] == [FILE], "nothing half-written is left"


def test_two_games_do_not_undo_each_other(tmp_path):
    one, two = preferences(tmp_path), preferences(tmp_path)
    one.keep("theme", "castle-by-day")
    two.keep("pace", 0)
    assert preferences(tmp_path)["theme"] == "castle-by-day" and two["theme"] == "castle-by-day"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("theme", "castel", "Did you mean 'castle'?"),
        ("pace", "61", "Allowed: 0, 30, 60, 120, 240"),
        ("pace", True, "Allowed: 0, 30, 60, 120, 240"),
        ("threads", "0", "a whole number from 1 to 256"),
        ("threads", "9" * 400, "a whole number from 1 to 256"),
        ("device", "gpu", "Did you mean 'cpu'?"),
        ("data", __file__, "that is a file"),
        ("data", "a\x07b", "letters that can be seen"),
        ("thme", "castle", "Did you mean 'theme'?"),
        ("keys.train", 5, "Name a key"),
        ("keys.train", "\x1b", "Name a key"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(tmp_path, name, value, says):
    found = preferences(tmp_path)
    with pytest.raises(Mistake, match=re.escape(says)):
        found.keep(name, value)
    assert not (tmp_path / FILE).exists()


def test_a_wrong_value_in_the_file_is_named_with_its_line_and_the_rest_holds(tmp_path):
    (tmp_path / FILE).write_text('# mine\npace = 60\n\ntheme = "castel"\nluck = 7\n\n[keys]\ntrain = 5\nstop = "k"\n')
    found = preferences(tmp_path)
    assert found["pace"] == 60 and found["theme"] == "castle" and found.keys == {"stop": "k"}
    first, second, third = found.notices
    assert first.startswith("settings.toml, line 4: theme 'castel' is not known. Did you mean 'castle'?")
    assert second.startswith("settings.toml, line 5: setting 'luck' is not known.")
    assert third.startswith("settings.toml, line 8: train cannot be 5.")
    assert (tmp_path / FILE).exists(), "a file that can be read is left alone"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b'pace = 60\ntheme "castle"\n', "line 2"),
        (b"[keys\n", "line 1"),
        (b"theme = '", "at its end"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a = " + b"[" * 5000, "settings.toml"),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_put_aside(tmp_path, text, line):
    (tmp_path / FILE).write_bytes(text)
    found = preferences(tmp_path)
    assert found["pace"] == 120 and found["theme"] == "castle"
    assert line in found.notices[0] and "put aside as settings.broken.toml" in found.notices[0]
    assert (tmp_path / "settings.broken.toml").read_bytes() == text and not (tmp_path / FILE).exists()
    found.keep("pace", 0)
    assert preferences(tmp_path).notices == []


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_in_the_file_is_the_end_of_the_game(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / FILE
    path.write_text(text, encoding="utf-8", newline="")
    values, keys, _ = read(path)
    assert set(values) <= {p.name for p in PREFERENCES} and all(isinstance(key, str) for key in keys.values())


def test_what_is_written_is_read_back_whatever_it_is(tmp_path):
    folder = tmp_path / 'a "quoted" \\ naïve [folder] = ∎'
    found = preferences(tmp_path)
    found.keep("data", str(folder))
    found.keep("keys.a strange.name", '"')
    assert preferences(tmp_path)["data"] == str(folder)
    assert tomllib.loads((tmp_path / FILE).read_text(encoding="utf-8"))["keys"] == {"a strange.name": '"'}


def test_where_nothing_can_be_written_it_holds_until_the_end_and_is_said_once(tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    found = preferences(tmp_path / "home")
    with pytest.raises(Mistake, match="hold until you leave"):
        found.keep("pace", 0)
    found.keep("theme", "castle-by-day")
    assert found["pace"] == 0 and found["theme"] == "castle-by-day"


def test_the_command_line_and_the_environment_hold_over_the_file(tmp_path):
    preferences(tmp_path).keep("motion", "full")
    found = preferences(tmp_path, {"theme": "castle-by-day", "pace": None}, TEXTUAL_ANIMATIONS="none", TUTOR_DATA="/d")
    assert found["theme"] == "castle-by-day" and found.forced["theme"][1] == "the command line"
    assert found["motion"] == "reduced" and found.forced["motion"][1] == "TEXTUAL_ANIMATIONS=none"
    assert found["data"] == "/d" and "pace" not in found.forced
    assert preferences(tmp_path, {}, TEXTUAL_ANIMATIONS="full")["motion"] == "full"


def test_in_greys_the_strongest_contrast_is_the_default_and_no_more(tmp_path):
    assert preferences(tmp_path, {}, NO_COLOR="")["theme"] == "castle-high-contrast"
    preferences(tmp_path).keep("theme", "castle")
    assert preferences(tmp_path, {}, NO_COLOR="1")["theme"] == "castle"


def test_the_folder_of_the_data_is_the_one_that_was_set(tmp_path, monkeypatch):
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    monkeypatch.delenv("TUTOR_DATA", raising=False)
    assert home.data() == tmp_path / "data"
    Preferences(tmp_path).keep("data", str(tmp_path / "sets"))
    assert home.data() == tmp_path / "sets"
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "said"))
    assert home.data() == tmp_path / "said" and home.data("here") == Path("here")


def test_another_device_counts_from_the_next_run_on(monkeypatch):
    laboratory = Laboratory("auto", 1, None, lambda: None)
    laboratory.use("auto", 2)
    assert laboratory.words == "the tower is asleep" and laboratory.threads == 2

    async def start():
        return SimpleNamespace(devices=["cpu"])

    async def wake():
        monkeypatch.setattr(laboratory._client, "start", start)
        await laboratory.wake()

    asyncio.run(wake())
    assert laboratory.words == "cpu, 2 threads" and laboratory.there == "cpu"
    laboratory.use("cuda", 1)
    assert laboratory.words == "no cuda on this machine; there is: cpu"
    laboratory.use("cpu", 1)
    assert (laboratory.words, laboratory.device, laboratory.threads) == ("cpu, 1 thread", "cpu", 1)


# tutor settings


def settings(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "tutor", "settings", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(folder)},
    )


def test_the_command_shows_and_changes_the_same_file(tmp_path):
    done = settings(tmp_path)
    assert done.returncode == 0 and all(p.name in done.stdout and p.words in done.stdout for p in PREFERENCES)
    assert "keys.train" in done.stdout and "Train one apprentice" in done.stdout
    assert settings(tmp_path, "pace", "0").stdout.split()[:2] == ["pace", "0"]
    assert settings(tmp_path, "keys.train", "f5").returncode == 0
    assert Preferences(tmp_path)["pace"] == 0 and Preferences(tmp_path).keys == {"train": "f5"}
    assert "f5" in settings(tmp_path, "keys.train").stdout
    settings(tmp_path, "pace", "default")
    assert Preferences(tmp_path)["pace"] == 120


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["thme"], "Did you mean 'theme'?"),
        (["theme", "dark"], "Allowed: castle, castle-by-day, castle-high-contrast"),
        (["keys.trian", "k"], "Did you mean 'train'?"),
        (["keys.train", "j"], "train cannot be j: there it is the key of judge already"),
        (["keys.train", "ctrl+s"], "a terminal stands still at it"),
    ],
)
def test_the_command_refuses_in_one_line(tmp_path, words, says):
    done = settings(tmp_path, *words)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_game_takes_what_is_preferred_and_says_what_is_wrong(tmp_path):
    (tmp_path / FILE).write_text('threads = 3\ntheme = "castel"\n')
    code = "import sys\nfrom tutor.cli import run\nsys.exit(run(['play', '--plain', '--pace', '0']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="quit\n",
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(tmp_path)},
    )
    assert done.returncode == 0 and "settings.toml, line 2" in done.stdout and "Did you mean 'castle'" in done.stdout


def test_the_options_of_play_are_made_from_the_declaration():
    from tutor.arguments import build

    parser, commands = build()
    for preference in PREFERENCES:
        assert f"--{preference.name}" in commands["play"].options()
    assert parser.parse_args(["play", "--pace", "60"]).pace == 60
    known = parser.parse_args(["play"])
    assert json.dumps([getattr(known, p.name) for p in PREFERENCES]) == json.dumps([None] * len(PREFERENCES))


def test_a_folder_that_is_not_there_yet_is_kept_with_a_word(tmp_path, capsys):
    sets, known = tmp_path / "sets", Namespace(home=tmp_path, name="data", value=str(tmp_path / "sets"))
    turned_by_command(known)
    assert "There is no such folder yet." in capsys.readouterr().out
    told = io.StringIO()
    Wishes(Game(Options(home=tmp_path)), Teller(told), Preferences(tmp_path)).look_up(f"data {sets}")
    assert "There is no such folder yet." in told.getvalue() and Preferences(tmp_path, None, {})["data"] == str(sets)
    sets.mkdir()
    turned_by_command(known)
    assert "no such folder" not in capsys.readouterr().out
