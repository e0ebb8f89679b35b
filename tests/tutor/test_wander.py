"""The random player: it reaches everything, and each thing that it looks for is found where it is."""

from pathlib import Path

import pytest

from story.reading import read_from, read_tale
from tests.story.conftest import edit, line_of
from tutor.chapters import read
from tutor.walk import wander as wandering
from tutor.walk.wander import wander

WELL = Path(__file__).parent / "walks" / "the-well.md"


@pytest.fixture
def well(tmp_path):
    """The well, to be broken."""
    path = tmp_path / "the-well.md"
    path.write_text(WELL.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def said(path, rule, playthroughs=30):
    """Line, severity and message of what was found by a rule."""
    found = wander(read_from(path), playthroughs).findings
    return [(f.line, f.severity, f.message) for f in found if f.rule == f"wander-{rule}"]


@pytest.mark.slow
def test_all_of_the_castle_is_reached():
    """But for what few see: one scene in a hundred, and one passage in fifteen, hang on what was done evenings ago."""
    wandered = wander(read(None), 40)
    (reached, scenes), (told, passages) = wandered.scenes, wandered.passages
    assert reached >= 0.99 * scenes and told >= 0.93 * passages
    assert list(wandered.endings) == ["the-collection/closed"] and wandered.endings["the-collection/closed"] >= 40
    lost = [finding.rule for finding in wandered.findings if finding.severity != "note"]
    assert lost == ["wander-unreached"] * (scenes - reached)
    assert "40 random playthroughs" in str(wandered) and "the-collection/closed" in str(wandered)
    assert wandered.to_dict()["scenes"] == {"reached": reached, "all": scenes}


def test_the_same_seed_plays_the_same():
    tale = read_from(WELL)
    once, again, other = wander(tale, 20), wander(tale, 20), wander(tale, 20, seed=1)
    assert once == again and (other.steps, other.endings) != (once.steps, once.endings)


def test_every_verdict_comes_and_how_far_it_is_gets_told():
    done = []
    wandered = wander(read_from(WELL), 40, on_progress=done.append)
    assert set(wandered.endings) == {"the-well/dry", "the-well/deep"}
    assert wandered.passages[0] == wandered.passages[1]  # each diagnosis has a passage of its own
    assert done == [pytest.approx((n + 1) / 40) for n in range(40)]


def test_a_dead_end(well):
    text = edit(well, "- [Draw it up](#rope)", "- [Draw it up](#rope) `if lowered`")
    ((line, severity, message),) = said(well, "dead-end")
    assert line == line_of(text, "## depth") and severity == "error"
    assert "nothing is left to choose in 'depth'" in message and "The way: rim > " in message and "seed 0" in message


def test_a_scene_that_is_never_reached(well):
    text = edit(well, "- [Draw it up](#rope)", "- [Draw it up](#rope)\n- [Drink](#drink) `if looked and not looked`")
    text += "\n## drink\n\nIt is cold.\n\n- [Back](#depth)\n"
    well.write_text(text, encoding="utf-8")
    ((line, severity, message),) = said(well, "unreached")
    assert (line, severity) == (line_of(text, "## drink"), "warning") and "'drink' was never reached" in message
    ((line, severity, message),) = said(well, "unoffered")
    assert (line, severity) == (line_of(text, "- [Drink]"), "note") and "looked and not looked" in message


def test_a_name_that_is_not_set(well):
    text = edit(well, "How deep is it?", "It lost {test_loss}, and you said {prediction}, {tries} times.")
    findings = said(well, "unset")
    rim = line_of(text, "Lower the bucket, {player}")
    assert [line for line, severity, _ in findings if severity == "error"] == [line_of(text, "It lost")]
    assert [line for line, severity, _ in findings if severity == "note"] == [rim]
    edit(well, "The rope is gone.", "The rope lost {test_loss} and is gone.")  # only where it diverged
    assert said(well, "unset") == findings


def test_a_passage_that_is_never_told(well):
    text = edit(well, "There is no bottom.", "`if test_accuracy < 0.6` There is none.")
    ((line, severity, message),) = said(well, "untold")
    assert (line, severity) == (line_of(text, "There is none."), "note") and "test_accuracy < 0.6" in message


def test_a_lesson_that_cannot_be_won(well, monkeypatch):
    """Its best run counts the verdict itself: no run is better than that by so much."""
    monkeypatch.setattr(wandering, "STEPS", 300)
    text = edit(well, "test_accuracy >= start.test_accuracy + 0.05 and gap <= 0.1", "gap <= best.gap - 0.5")
    text = edit(well, 'when = "test_accuracy >= 0.6"', 'when = "test_accuracy >= 0.6 and test_accuracy < 0.5"')
    findings = wander(read_from(well), 3).findings
    assert ("wander-unreached", line_of(text, "## dry")) in [(f.rule, f.line) for f in findings]
    assert "wander-endless" in [f.rule for f in findings]


def test_a_narrow_condition_is_hit(well):
    """What the tale compares a number with is not left to luck."""
    edit(
        well, "There is no bottom.", "`if test_accuracy > 0.61 and test_accuracy < 0.612 and weight_norm > 58` Just so."
    )
    assert said(well, "untold", 200) == []


def test_what_follows_from_a_setting_is_told(well):
    """The dials are turned: a wider net has more parameters, and a passage may ask for them."""
    edit(well, "There is no bottom.", "`if parameters > 1000000` Wide.\n\n`if parameters < 1000000` Narrow.")
    epochs = "setting.epochs ="
    edit(well, epochs, f"setting.widths = {{ choices = [[16], [2048]], start = [16] }}\n{epochs}")
    assert said(well, "untold") == []


def test_a_passage_that_comes_again_and_again(well):
    passage = "The rope is wet, and the wall is wet, and you are wet."
    circles = "".join(f"- [{word}](#depth)\n" for word in ("Wait", "Listen", "Shout"))
    text = edit(well, "- [Draw it up](#rope)", f"{passage}\n\n{circles}- [Draw it up](#rope)")
    ((line, severity, message),) = said(well, "again")
    assert (line, severity) == (line_of(text, passage), "note") and "times in one playthrough" in message


def test_the_same_words_in_two_places(well):
    words = "You draw the bucket up, and there is nothing in it but rope."
    text = edit(well, "There is no bottom.", words)
    text = edit(well, "- [Draw it up](#rope)", f"{words.upper()}\n\n- [Draw it up](#rope)")
    ((line, severity, message),) = said(well, "twice")
    assert (line, severity) == (line_of(text, words), "note") and f"line {line_of(text, words.upper())}" in message


def test_a_tale_without_an_end(well, monkeypatch):
    monkeypatch.setattr(wandering, "STEPS", 200)
    text = edit(well, "- [Draw it up](#rope)", "- [Climb out](#rim)")
    findings = said(well, "endless", 2)
    assert findings and findings[0][1] == "error" and "after 200 steps" in findings[0][2]
    assert findings[0][0] in (line_of(text, "## rim"), line_of(text, "## depth"))


def test_a_fault_of_the_engine_is_found_with_its_way(well, monkeypatch):
    from story.telling import Playthrough

    def settle(self, judged):
        raise ZeroDivisionError("nothing left")

    monkeypatch.setattr(Playthrough, "settle", settle)
    ((line, severity, message),) = said(well, "broken")
    assert line == line_of(well.read_text(encoding="utf-8"), "## rope") and severity == "error"
    assert "ZeroDivisionError: nothing left" in message and "rim > " in message and "playthrough 1, seed 0" in message


def test_a_save_that_is_taken_up_otherwise_is_found(well, monkeypatch):
    from tutor.walk.listening import Listening

    plain = Listening.state.fget
    monkeypatch.setattr(Listening, "state", property(lambda self: {**plain(self), "scene": "rim", "shown": []}))
    assert [severity for _, severity, message in said(well, "broken") if "told otherwise" in message]


def test_chapters_that_nothing_leads_to_are_begun_from_the_list(well, tmp_path):
    text = well.read_text(encoding="utf-8")
    (tmp_path / "the-wall.md").write_text(text.replace('id = "the-well"', 'id = "the-wall"\nrequires = ["the-well"]'))
    wandered = wander(read_tale(sorted(tmp_path.glob("*.md"), reverse=True)), 30)
    assert wandered.scenes == (12, 12)
    assert {place.split("/")[0] for place in wandered.endings} == {"the-well", "the-wall"}


def test_a_choice_that_leads_out_of_the_tale_ends_it(well):
    edit(well, "- [Draw it up](#rope)", "- [Draw it up](#rope)\n- [Leave](elsewhere.md)")
    wandered = wander(read_from(well), 20)
    assert wandered.endings["elsewhere.md"] > 0
    assert not [finding for finding in wandered.findings if finding.severity == "error"]
