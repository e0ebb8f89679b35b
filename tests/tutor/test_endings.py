"""The whole tale in the plain mode, from the first line to each ending, for both visitors; and with real training."""

import re

import pytest

from story.reading import SHIPPED
from tests.tutor.endings import WAYS, play
from tests.walking import found
from tutor.walk.feed import REFUSALS
from tutor.walk.playing import play_walk
from tutor.walk.script import read_walk

OF = {
    "dawn": ["By noon his riders are in eleven villages.", "The landlord brings the bill for the bed."],
    "luck": ["A fly that walked across the page would have been right oftener.", "a book that knows more than you do."],
    "taken": ["The first letter to be signed is for a village."],
    "refused": ["There is no column for that.", "In the first village the riders"],
    "clerk": ["You will stay a year."],
}
"""What is told on the way to one ending only."""
LAST = {
    ("taken", False): "At dusk somebody knocks, once. You do not go yourself.",
    ("taken", True): "Behind you, on its rock, stands all that you own, and nobody is in it who can read.",
    ("clerk", False): "At dusk you go out by the back, and round, and knock once.",
    ("clerk", True): "It is a year that you owe, and nobody has said of what.",
}
"""The last words, where they hang on the second lantern."""
LANTERNS = "holds out the one that burns better."
NAMES = {"jonathan": "Jonathan", "lucy": "Lucy"}
ONE_OF_EACH = ["dawn-jonathan", "luck-lucy", "taken-lucy", "refused-jonathan", "clerk-jonathan"]
"""The others play the same chapters once more."""


def test_every_ending_is_played_by_both_with_two_lanterns_and_without():
    assert {(way.ending, way.player) for way in WAYS} == {(ending, player) for ending in OF for player in NAMES}
    for ending in OF:
        assert {way.lanterns for way in WAYS if way.ending == ending} == {True, False}
    assert {way.narrow for way in WAYS if way.ending == "clerk"} == {True, False}


@pytest.mark.parametrize(
    "way",
    [pytest.param(way, id=way.name, marks=() if way.name in ONE_OF_EACH else pytest.mark.slow) for way in WAYS],
)
def test_the_whole_tale(way, tmp_path):
    played = play(way, tmp_path)
    game, told = played.game, " ".join(played.transcript.split())
    assert played.code == 0
    _, rests, gate = told.rpartition("Here the tale rests. ")
    assert rests and gate.startswith("1. Continue: "), played.transcript[-2000:]
    assert gate.endswith("Farewell. Everything is saved.")

    # No dead end: the tale rests where it may end, and nothing that was typed was refused on the way.
    assert game.ended and game.play.scene.id in game.play.chapter.ends
    assert not REFUSALS.search(played.transcript)
    passed, failed = (
        len(re.findall(f"^{word}$", played.transcript, re.MULTILINE)) for word in ("Passed.", "Not passed.")
    )
    assert passed >= 25 and bool(failed) == way.stumbles

    # One ending, and no word of another.
    for ending, words in OF.items():
        here = ending == way.ending
        for one in [f"--- The Master's Trial: {ending} ---", *words]:
            assert (one in told) == here, one
    for (ending, lanterns), words in LAST.items():
        assert (words in told) == ((ending, lanterns) == (way.ending, way.lanterns)), words
    assert (LANTERNS in told) == way.lanterns
    if way.ending == "clerk":
        assert ("I do not lean on a splinter." in told) == way.narrow
        assert ("a reader that nobody can foresee I must watch." in told) != way.narrow

    # All chapters, in their order; the Long Night is begun from the last one, and leads back to its last scene.
    titles = [chapter.title for chapter in game.tale.chapters]
    headings = re.findall(r"^--- (.+): .+ ---$", played.transcript, re.MULTILINE)
    came = [title for before, title in zip(["", *headings], headings, strict=False) if title != before]
    night, collection = titles[-2:]
    assert came == [*titles[:-2], collection, *([night, collection] if way.long_night else [])]

    # Every number and every name was filled in.
    for wrong in ("{", "}", "beyond number", "the other visitor", "Traceback", "\x1b"):
        assert wrong not in told, wrong
    assert not re.search(r"\bnan\b", told)
    other = next(name for player, name in NAMES.items() if player != way.player)
    assert f"{other}: " in told and f"\n{NAMES[way.player]}: " not in played.transcript


@pytest.mark.slow
@pytest.mark.parametrize("name", ["11-the-masters-trial.trained", "11-the-masters-trial.trained-dawn"])
def test_both_readers_are_really_trained(name):
    walk = read_walk(SHIPPED / f"{name}.walk")
    assert walk.trains
    walked = play_walk(walk, device="cpu")
    assert found(walked) == [] and "Here the tale rests." in walked.transcript
