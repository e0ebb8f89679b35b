"""Free play without a screen: what can be turned on which data, what several seeds say, and where it is written."""

import asyncio
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons import free, share
from lessons.datasets import DATA
from lessons.jobs import job, job_names
from lessons.mistakes import Mistake
from lessons.settings import SETTINGS, Choice, Switch
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor import freeplay
from tutor.freebench import FreeBench
from tutor.game import Game, Options
from tutor.journal import Journal
from tutor.plain.player import Plain
from tutor.tui.screens import freeview

TABLE = "a,b,label\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40))


def opened(folder, numbers=lambda recipe: GOOD):
    game = Game(Options(home=folder))
    game.laboratory = FakeLaboratory(numbers, game._changed)
    game.load()
    return game


@pytest.fixture
def game(tmp_path):
    made = opened(tmp_path / "home")
    yield made
    asyncio.run(made.close())


def do(coroutine):
    asyncio.run(coroutine)


# what can be turned


def offered(name):
    return {offer.name: offer for offer in free.challenge(name, job(name).recipe).offers}


def test_every_number_has_steps_and_every_step_is_allowed():
    numbers = {name for name, kind in SETTINGS.items() if not isinstance(kind, (Choice, Switch))}
    assert set(free.STEPS) == numbers
    for name, steps in free.STEPS.items():
        assert [SETTINGS[name].check(step) for step in steps] == list(steps) and len(set(steps)) == len(steps) > 2


def test_every_setting_is_open_somewhere_and_every_data_set_has_an_experiment():
    there = set().union(*(offered(name) for name in job_names()))
    assert there == set(SETTINGS) - {free.FIXED}
    assert {job(name).recipe.data for name in job_names()} == set(DATA)


@pytest.mark.parametrize(
    ("name", "fitting", "unfitting"),
    [
        ("clean-digits", {"channels", "pixels", "shift", "label_noise", "watch"}, {"feature_noise"}),
        ("moons", {"feature_noise", "label_smoothing", "watch"}, {"channels", "kernel", "pool", "pixels", "rotate"}),
        (
            "blank-page",
            {"dropout", "lr", "mixup"},
            {"label_noise", "label_smoothing", "watch", "feature_noise", "stride"},
        ),
    ],
)
def test_what_never_fits_the_data_is_not_offered(name, fitting, unfitting):
    there = set(offered(name))
    assert fitting <= there and not unfitting & there


def test_rows_are_offered_as_far_as_there_are_any():
    assert offered("blank-page")["train_size"].choices[-1] == 100
    assert offered("clean-digits")["train_size"].choices[-1] == 2000


def test_a_typed_value_stands_in_its_place_among_the_steps():
    dropout = offered("clean-digits")["dropout"]
    assert dropout.check(0.25) == 0.25 and 0.25 not in dropout.choices
    assert dropout.step(0.25, 1) == 0.3 and dropout.step(0.25, -1) == 0.2
    assert dropout.step(0.9, 1) == 0.9
    widths = offered("clean-digits")["widths"]
    assert widths.step((200,), 1) == (256,)
    bias = offered("clean-digits")["bias"]
    assert bias.step("default", 1) == 0.0 and bias.step(-1.0, -1) == "default"
    with pytest.raises(Mistake, match="Allowed: numbers from 0"):
        dropout.check(1.5)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_turned_the_bench_holds_an_experiment(data):
    """Each turn is done, or refused in words; what stands then can be shared and made again."""
    name = data.draw(st.sampled_from(job_names()))
    bench = FreeBench(f"laboratory/{name}", name, job(name).recipe, Book())
    for _ in range(data.draw(st.integers(1, 15))):
        offer = data.draw(st.sampled_from(bench.challenge.offers))
        before = dict(bench.settings)
        try:
            bench.turn(offer.name, data.draw(st.sampled_from(offer.choices)))
        except Mistake as error:
            assert bench.settings == before and str(error).endswith(".")
    recipe = bench.challenge.recipe_for(bench.settings)
    assert share.decode(share.encode(recipe, 3)).recipe == recipe
    assert bench.idles == {name for name in bench.settings if bench.idle(name)}
    assert bench.turned == [name for name in bench.settings if bench.settings[name] != bench.challenge.start[name]]


class Book:
    """A save book that forgets."""

    def runs(self, key):
        return []

    def bench(self, key):
        return {}

    def save_bench(self, key, state):
        pass


# the bench


def test_nothing_is_locked_and_nothing_is_asked(game):
    game.enter_laboratory("clean-digits")
    bench = game.free
    assert game.bench is bench and not bench.locked and bench.why_not_judge() == ""
    bench.turn("lr", 0.0025)
    bench.turn("widths", (48, 24))
    assert any("lr=0.0025" in bench.source.experiment.splitlines()[line] for line in bench.lit)
    do(game.practise())
    assert game.message == "Validation accuracy 50.0%, training accuracy 92.0% (one seed)."
    assert "90" not in game.message, "the test rows stay unseen in practice"


def test_a_combination_is_refused_with_the_lessons_own_sentence(game):
    game.enter_laboratory("moons")
    bench, before = game.free, dict(game.free.settings)
    with pytest.raises(Mistake, match="norm cannot be instance: two moons has no images"):
        bench.turn("norm", "instance")
    with pytest.raises(Mistake, match="setting 'channels' is not offered here"):
        bench.turn("channels", (8,))
    with pytest.raises(Mistake, match="lr cannot be 'fast'"):
        bench.parse("lr", "fast")
    assert bench.settings == before


def test_several_seeds_give_a_mean_and_its_error_and_no_verdict(game):
    game.enter_laboratory("clean-digits")
    do(game.judge())
    assert game.verdict is None and not game.begun
    kind, _, seeds = game.laboratory.asked[-1]
    assert (kind, seeds) == ("verdict", (1000, 1001, 1002, 1003, 1004))
    made = game.free.readers[0]
    assert game.message == "5 readers: test accuracy 90.0% ± 0.0%, training accuracy 92.0% ± 0.0%."
    assert game.free.summary(made)["test_accuracy"].n == 5


def test_the_last_run_is_the_newest_of_whatever_kind(game):
    game.enter_laboratory("clean-digits")
    bench = game.free
    assert freeview.facts(bench, None) == [("last", "nothing yet", "$muted")]
    do(game.judge())
    assert bench.last_words == "test accuracy 90.0% ± 0.0%, training accuracy 92.0% ± 0.0% (5 seeds)"
    assert [name for name, _, _ in freeview.facts(bench, None)] == ["mean"], "which is of the last run"
    do(game.practise())
    assert [name for name, _, _ in freeview.facts(bench, None)] == ["last", "mean"]
    assert bench.last_words.endswith("(one seed)")


def test_the_same_settings_again_are_counted_together_and_others_by_themselves(game):
    game.enter_laboratory("clean-digits")
    do(game.judge())
    do(game.judge())
    assert game.message.startswith("10 readers: ") and len(game.free.readers) == 1
    game.free.turn("dropout", 0.5)
    do(game.judge())
    assert game.message.startswith("5 readers: ") and [game.free.seeds(made) for made in game.free.readers] == [5, 10]
    asked = [seed for _, _, seeds in game.laboratory.asked for seed in seeds]
    assert asked == list(range(1000, 1015)), "always fresh ones"


def test_a_run_that_diverges_ends_with_a_sentence_and_is_kept(tmp_path):
    game = opened(tmp_path, lambda recipe: {})
    game.enter_laboratory("clean-digits")
    game.free.turn("lr", 300.0)
    for work in (game.practise, game.judge):
        do(work())
        assert "The loss left the numbers at night 4" in game.message and "300" in game.message
    assert {entry.outcome for entry in Journal(game.book).select()} == {"diverged", "measured"}
    asyncio.run(game.close())


def test_practice_goes_from_seed_to_seed_and_begins_anew_with_other_settings(game):
    game.enter_laboratory("moons")
    do(game.practise())
    do(game.practise())
    game.free.turn("dropout", 0.5)
    do(game.practise())
    assert [seeds for _, _, seeds in game.laboratory.asked] == [(0,), (1,), (0,)]


def test_the_bench_waits_as_it_was_left_also_in_another_game(tmp_path):
    first = opened(tmp_path)
    first.enter_laboratory("moons")
    first.free.turn("dropout", 0.35)
    do(first.practise())
    asyncio.run(first.close())
    again = opened(tmp_path)
    again.enter_laboratory("moons")
    assert again.free.settings["dropout"] == 0.35 and again.free.last and again.free.practice_seed() == 1
    again.leave_laboratory()
    again.new()
    again.enter_laboratory("moons")
    assert again.free.last, "a new game begins the tale anew, not the laboratory"
    asyncio.run(again.close())


def test_settings_are_reset_one_by_one_or_all(game):
    game.enter_laboratory("moons")
    bench = game.free
    bench.turn("dropout", 0.5)
    bench.turn("epochs", 7)
    assert bench.turned == ["dropout", "epochs"]
    bench.reset("dropout")
    assert bench.turned == ["epochs"]
    bench.reset()
    assert bench.turned == [] and bench.settings == bench.challenge.start


# share codes


def test_every_run_is_made_again_from_its_code(game):
    game.enter_laboratory("moons")
    game.free.turn("dropout", 0.35)
    do(game.judge())
    code, first = game.free.share, game.laboratory.asked[-1]
    game.leave_laboratory()
    game.enter_laboratory(f"tutor run --from {code}")
    assert game.free.key == "laboratory/share-code" and game.free.turned == []
    do(game.judge())
    assert game.laboratory.asked[-1] == first, "the same settings, the same seeds"
    do(game.judge())
    assert game.laboratory.asked[-1][2] == (1005, 1006, 1007, 1008, 1009), "then fresh ones"


def test_a_code_of_one_seed_is_practised_on_that_seed_as_long_as_nothing_is_turned(game):
    game.enter_laboratory("castle1:data=xor:train_size=200:widths=8:lr=0.01:seed=7")
    assert game.free.settings["widths"] == (8,) and game.free.practice_seed() == 7
    do(game.practise())
    assert game.free.practice_seed() == 0
    game.free.turn("lr", 0.1)
    assert game.free.practice_seed() == 0


def test_one_code_after_another_shows_nothing_of_the_one_before(game):
    game.enter_laboratory("castle1:data=xor:train_size=200:seed=1")
    game.free.turn("dropout", 0.5)
    do(game.practise())
    game.leave_laboratory()
    game.enter_laboratory("castle1:data=moons:train_size=100:seed=1")
    assert game.free.settings["dropout"] == 0.0 and game.free.last is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("few-digitz", "Did you mean 'few-digits'"),
        ("castle1:dropout=2", "dropout cannot be"),
        ("castle9:dropout=0", "another version"),
        ("nothing/there.csv", "there.csv: cannot be read"),
        ("long-night", "tutor data mnist"),
        ("castle1:data=fashion", "tutor data fashion"),
        ("", "job '' is not known"),
    ],
)
def test_what_cannot_be_taken_up_says_why_and_changes_nothing(game, text, says):
    with pytest.raises(Mistake, match=says):
        game.enter_laboratory(text)
    assert game.free is None and game.bench is None


def test_a_full_data_set_that_is_at_hand_is_open(tmp_path, monkeypatch):
    monkeypatch.setattr(freeplay.fullsets, "missing", lambda name, folder: ["a file"] if name == "fashion" else [])
    found = {work.name: work.absent for work in freeplay.works(tmp_path)}
    assert found["long-night"] == "" and "tutor data fashion downloads it (about 31 MB)" in found["wardrobe"]
    assert len(found) == len(job_names())


# tables of one's own


def test_a_table_of_ones_own_is_taken_up(game, tmp_path):
    path = tmp_path / "guests.csv"
    path.write_text(TABLE, encoding="utf-8")
    game.enter_laboratory(str(path))
    assert game.free.key == "laboratory/guests.csv" and game.free.settings["train_size"] == 24
    game.free.turn("widths", (5,))
    do(game.practise())
    assert game.laboratory.asked[-1][1].own.name == "guests.csv"
    with pytest.raises(Mistake, match="has no share code"):
        game.free.share  # noqa: B018
    (entry,) = Journal(game.book).select()
    assert entry.lesson == "Laboratory, guests.csv" and "widths 5" in entry.words and entry.share == ""


def test_another_table_of_the_same_name_begins_anew(game, tmp_path):
    for folder, rows in (("one", TABLE), ("two", TABLE.replace("3,3,1", "4,4,1"))):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "guests.csv"
        path.write_text(rows, encoding="utf-8")
        game.enter_laboratory(str(path))
        assert game.free.last is None
        do(game.practise())
        game.leave_laboratory()


# the journal, and the tale


def test_runs_stand_in_the_journal_with_what_was_turned(game):
    game.enter_laboratory("moons")
    do(game.practise())
    game.free.turn("dropout", 0.5)
    do(game.judge())
    newest, first = Journal(game.book, game.tale).select()
    assert (first.lesson, first.outcome, first.words) == ("Laboratory, Two moons", "practice", "as found")
    assert (newest.outcome, newest.words, newest.passed) == ("measured", "dropout 0.5", None)
    assert newest.share.startswith("castle1:dropout=0.5:") and newest.reached("test_accuracy").startswith("90.0%")
    assert Journal(game.book).select("measured moons dropout=0.5") and not Journal(game.book).select("verdict passed")
    assert freeplay.counts(game.book) == {"moons": 2}


def test_a_deleted_run_is_shown_no_more_and_its_seeds_stay_used(game):
    game.enter_laboratory("moons")
    do(game.judge())
    Journal(game.book).delete(1)
    game.free.reread()
    assert not game.free.readers and game.free.newest is None and game.free.verdict_seeds()[0] == 1005


def test_the_tale_goes_on_where_it_stood(tmp_path):
    game = opened(tmp_path)
    game.new()
    game.play.open_chapter("no-mirror")
    game._arrive()
    while game.bench is None:
        for question in game.questions():
            game.answer(question.id, 0)
        game.choose(0)
    scene, key = game.play.scene.id, game.bench.key
    do(game.practise())
    game.enter_laboratory("moons")
    do(game.practise())
    do(game.judge())
    assert game.play.scene.id == scene and game.verdict is None
    game.leave_laboratory()
    assert game.free is None and game.bench.key == key and game.bench.last and game.bench.tries == 0
    asyncio.run(game.close())


def test_no_bench_is_taken_up_or_left_during_a_run(game):
    game.enter_laboratory("moons")
    game.laboratory.running = object()
    for leave in (game.leave_laboratory, lambda: game.enter_laboratory("xor")):
        with pytest.raises(Mistake, match="still learning"):
            leave()
    assert game.free.key == "laboratory/moons"
    game.laboratory.running = None


# line by line


@pytest.fixture
def play(tmp_path):
    """Plays lines in one home; the transcript."""

    def play(*lines):
        made = Game(Options(home=tmp_path))
        made.laboratory = FakeLaboratory(lambda r: GOOD if r.dropout == 0.5 else OVERFIT, made._changed)
        out = io.StringIO()
        assert Plain(made, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
        assert "\x1b" not in out.getvalue() and "None" not in out.getvalue()
        return out.getvalue()

    return play


def test_the_laboratory_line_by_line(play):
    told = play(
        "laboratory all",
        "laboratory moons",
        "settings rate",
        "settings",
        "set lr 0.0025",
        "set norm instance",
        "train",
        "set dropout 0.5",
        "judge",
        "picture",
        "share",
        "code",
        "reset lr",
        "reset",
        "journal",
        "frobnicate",
        "why",
        "help",
        "help laboratory-free",
        "leave",
        "look",
    )
    for words in (
        "27. Two moons (moons): 100 points",
        "The full MNIST (not at hand):",
        "tutor data mnist",
        "Or give a share code",
        "--- Laboratory: Two moons ---",
        "idle as it stands: norm_momentum, groups",
        "lr: 0.01, of 1e-05, 0.0001, 0.0003, 0.001, 0.003, 0.01,",
        "lr is now 0.0025.",
        "Norm cannot be instance: two moons has no images",
        "Validation accuracy 50.0%, training accuracy 99.0% (one seed).",
        "5 readers: test accuracy 90.0% ± 0.0%",
        "  generalisation gap: 2.0% ± 0.0%",
        "tutor run --from castle1:dropout=0.5:widths=64,64:epochs=60:lr=0.0025",
        "lr is 0.01 again.",
        "All is as at the start.",
        "Laboratory, Two moons: measured;",
        "'frobnicate' is not a command here",
        "'why' is not a command here",
        "In free play:",
        "A dot stands in front of what you have turned.",
        "You leave the laboratory.",
    ):
        assert words in told, words
    assert told.count("--- The Knock: gate ---") == 2, "and the tale is where it was"


def test_where_the_mean_is_of_the_last_run_it_is_told_once(play):
    told = play("laboratory moons", "settings", "judge", "settings", "train", "settings", "leave", "quit")
    first, second, third = (part.partition("> ")[0] for part in told.split("laboratory> settings\n")[1:])
    assert "last: nothing yet" in first and "last:" not in second and "mean: test accuracy" in second
    assert "last: validation accuracy" in third and "mean: test accuracy" in third


def test_from_the_gate_and_from_bench_to_bench(play):
    play("1")
    told = play(
        "laboratory 29", "laboratory castle1:data=moons:train_size=50:seed=3", "train", "laboratory spiral", "l", "1"
    )
    assert "Or type: map, grimoire, journal, laboratory" in told
    places = ("Laboratory: Four quarters", "Laboratory: a share code", "Laboratory: Two spirals")
    assert all(f"--- {place} ---" in told for place in places)
    assert told.rindex("You leave the laboratory.") < told.rindex("--- The Knock")


def test_words_narrow_the_list_and_what_is_not_there_is_named(play):
    told = play("laboratory convolutions", "laboratory 99", "laboratory moonz", "quit")
    assert "Three small convolutions (small-cnn)" in told and "Two moons" not in told
    assert "laboratory and a number from 1 to" in told and "Did you mean 'moons'" in told


def test_who_quits_in_the_laboratory_finds_the_tale_where_it_was(play):
    assert "Everything is saved." in play("1", "laboratory moons", "quit")
    assert "1. Continue: The Knock" in play("quit")
