"""The keys that a player chooses: what may be chosen, what they do, and where they are named."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import pytest
from textual.binding import Binding
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, lesson, run
from tests.tui.reading import rows, settle, words
from tutor.preferences import Preferences
from tutor.tui import keymap
from tutor.tui.app import CastleApp
from tutor.tui.keymap import actions, check, normal, refusal, shown


def with_keys(test: Any, game: FakeGame, keys: dict[str, str], size: tuple[int, int] = (100, 30)) -> None:
    """Run the application with keys that the player has chosen."""

    async def begin() -> None:
        preferences = Preferences(None, None, {})
        preferences.keys = dict(keys)
        app = CastleApp(game, preferences=preferences)  # type: ignore[arg-type]
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await test(app, pilot)

    run(begin())


def test_every_action_has_an_id_of_its_own_and_says_what_it_does() -> None:
    found = actions()
    assert {"train", "judge", "stop", "hint", "code", "why", "back", "gate", "help", "all", "settings", "close"} <= set(
        found
    )
    for id, action in found.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", id) and action.words and action.keys
    for holder in keymap._holders():
        ids = [(binding.id, binding.action) for binding in keymap._all(holder) if binding.id]
        assert len({id for id, _ in ids}) == len({action for _, action in ids}), f"two actions of {holder} share an id"


def test_the_actions_stand_in_groups_by_the_screens_that_have_them() -> None:
    for holder in keymap._holders():
        if any(binding.id for binding in keymap.own(holder)):
            assert getattr(holder, "about", "play") in keymap.GROUPS, holder
    found = [action.group for action in actions().values()]
    assert [*dict.fromkeys(found)] == [group for group, _ in groupby(found)] == [*dict.fromkeys(keymap.GROUPS.values())]
    groups = {id: action.group for id, action in actions().items()}
    wanted = {"help": "Everywhere", "close": "Everywhere", "back": "Tale", "train": "Laboratory", "reset": "Laboratory"}
    wanted |= {"sort": "Journal", "copy-diff": "Journal", "copy": "Laboratory", "export-grimoire": "Grimoire"}
    assert wanted.items() <= groups.items()


def test_what_is_there_at_first_is_without_fault() -> None:
    every = {id: ",".join(action.keys) for id, action in actions().items()}
    good, faults = check(every)
    assert good == every and not faults


def test_no_key_that_a_terminal_takes_is_bound_anywhere() -> None:
    bound = {binding.key for holder in keymap._holders() for binding in keymap._all(holder)} | keymap._fixed()
    assert not {"ctrl+b", "ctrl+j", "ctrl+o", "ctrl+s", "ctrl+q"} & bound


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("j", "there it is the key of judge already"),
        ("f1", "there it is the key of help already"),
        ("?", "there it is the key of help already"),
        ("ctrl+s", "a terminal stands still at it"),
        ("ctrl+q", "a terminal takes it for itself"),
        ("ctrl+c", "it stops a run"),
        ("up", "moves about, chooses or turns"),
        ("3", "moves about, chooses or turns"),
        ("enter", "moves about, chooses or turns"),
        ("tab", "moves about, chooses or turns"),
        ("wurst", "no key is called so"),
        ("hyperspace+k", "no key is called so"),
        (",", "is given no key"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_words(key: str, says: str) -> None:
    good, ((id, words),) = check({"train": key})
    assert id == "train" and not good and says in words and words.startswith("train ")


def test_an_action_that_is_not_there_is_named_with_the_nearest() -> None:
    good, ((id, words),) = check({"trian": "k", "stop": "k"})
    assert id == "trian" and "Did you mean 'train'?" in words and good == {"stop": "k"}


@pytest.mark.parametrize("key", ["k", "K", "f5", "ctrl+k", "alt+t", "!", "insert", "t", "f5,k", " f5 , K "])
def test_other_keys_can_be_chosen(key: str) -> None:
    good, faults = check({"train": key})
    assert list(good) == ["train"] and not faults


def test_two_may_change_places_and_of_two_that_clash_the_later_is_refused() -> None:
    assert check({"train": "j", "judge": "t"}) == ({"train": "j", "judge": "t"}, [])
    good, ((id, words),) = check({"judge": "k", "train": "k"})
    assert good == {"judge": "k"} and id == "train" and "the key of judge" in words
    assert "the key of judge" in refusal({"train": "f5", "judge": "k"}, "train", "k")
    assert refusal({"train": "f5", "broken": "x"}, "train", "f6") == ""


def test_what_falls_back_may_clash_in_its_turn() -> None:
    """The judge keeps j, since it cannot have ctrl+s; so nobody else can have it."""
    good, faults = check({"train": "j", "judge": "ctrl+s"})
    assert not good and [id for id, _ in faults] == ["judge", "train"]


def test_a_key_is_written_in_any_of_its_ways() -> None:
    assert [normal(key) for key in ("?", "/", "Ctrl+K", "F5", "T", "+", "ESCAPE")] == [
        "question_mark",
        "slash",
        "ctrl+k",
        "f5",
        "T",
        "plus",
        "escape",
    ]
    assert [shown(key) for key in ("question_mark", "ctrl+k", "f5", "pageup", "t", "up")] == [
        "?",
        "ctrl+k",
        "F5",
        "PgUp",
        "t",
        "up",
    ]


def test_the_chosen_key_does_it_and_the_old_one_does_not() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "practise" not in app.game.log
        await pilot.press("k")
        await settle(pilot)
        assert app.game.log.count("practise") == 1
        await pilot.press("f5")
        await settle(pilot)
        assert app.game.log.count("practise") == 2

    with_keys(test, lesson(), {"train": "k,f5"})


def test_the_key_line_the_help_and_the_palette_name_the_chosen_key() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        line = rows(app)[-1]
        assert line.startswith(" k train  j judge"), "it stays where it stood"
        assert "F9 help" in line and "k trains one apprentice; j asks" in words(app)
        names = [command.title for command in app.get_system_commands(app.screen)]
        assert "Train  (k)" in names and "Help  (F9)" in names
        await pilot.press("f9")
        await settle(pilot)
        help = app.screen.text  # type: ignore[attr-defined]
        assert "**k** trains one apprentice" in help and "- **k**: train one apprentice" in help
        assert "**t**" not in help and "**F1" not in help
        await pilot.press("f9")
        await settle(pilot)
        assert "The table was laid" in words(app)

    with_keys(test, lesson(), {"train": "k", "help": "f9"}, (120, 34))


def test_a_clicked_key_presses_the_chosen_one() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.click(offset=(rows(app)[-1].index("train"), 29))
        await settle(pilot)
        assert "practise" in app.game.log

    with_keys(test, lesson(), {"train": "f5"})


def test_what_is_wrong_with_the_keys_is_said_and_the_game_goes_on() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "The keys in settings.toml: train cannot be j" in words(app)
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "practise" in app.game.log

    with_keys(test, lesson(), {"train": "j"})


def test_every_key_of_a_widget_has_words_too() -> None:
    for widget in keymap._classes(keymap.Widget, "tutor.tui.widgets"):
        for binding in keymap.own(widget):
            assert isinstance(binding, Binding) and binding.description, f"{widget.__name__}: {binding.key}"
