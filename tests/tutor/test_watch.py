"""A chapter that is edited while it is played: what a look sees, and what the game makes of it."""

import asyncio
import os

import pytest

from lessons.mistakes import Mistake
from tests.tutor.authors import CHAPTER, Author, looked, told
from tests.tutor.fakes import GOOD
from tutor.watching import AGREE_LOST, Watch


@pytest.fixture
def author(tmp_path):
    author = Author(tmp_path)
    yield author
    for game in author.games:
        asyncio.run(game.close())


# looking


def test_a_change_is_seen_once_and_only_when_two_looks_agree(author):
    watch = Watch(author.path)
    assert not watch.changed() and not watch.unsettled
    author.save("oak", "elm")
    assert [watch.changed() for _ in range(4)] == [False, True, False, False]
    author.save("elm", "ash tree")
    assert not watch.changed() and watch.unsettled
    author.save("ash tree", "yew")  # still being written
    assert [watch.changed() for _ in range(3)] == [False, True, False]


def test_a_file_that_is_gone_or_empty_for_a_moment_is_waited_for(author):
    watch = Watch(author.path)
    text = author.path.read_text()
    for lose in (author.path.unlink, lambda: author.path.write_text("")):
        lose()
        assert not watch.changed() and not watch.changed()
        author.path.write_text(text.replace("oak", "elm"))
        assert [watch.changed() for _ in range(3)] == [False, True, False]
    author.path.unlink()  # for good
    assert [watch.changed() for _ in range(AGREE_LOST + 1)] == [False] * (AGREE_LOST - 1) + [True, False]


def test_a_save_by_renaming_is_seen_though_size_and_time_are_the_same(author):
    watch, before = Watch(author.path), author.path.stat()
    beside = author.path.with_name("trial.md.tmp")
    beside.write_text(author.path.read_text().replace("oak", "elm"))
    os.utime(beside, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(beside, author.path)
    assert (before.st_size, before.st_mtime_ns) == (author.path.stat().st_size, author.path.stat().st_mtime_ns)
    assert [watch.changed() for _ in range(3)] == [False, True, False]


def test_what_lies_beside_the_chapter_is_watched_and_nothing_else(author):
    for watch in (Watch(author.path), Watch(author.path.parent)):
        for name in ("job.toml", "rows.csv", "rows.npz", "02-next.md"):
            path = author.path.with_name(name)
            path.write_text("x")
            assert [watch.changed() for _ in range(2)] == [False, True], name
            path.write_text("longer")
            assert [watch.changed() for _ in range(2)] == [False, True], name
            path.unlink()
            assert sum(watch.changed() for _ in range(AGREE_LOST)) == 1, name
        author.path.with_name("notes.txt").write_text("x")
        author.path.with_name(".trial.md.swp.md").write_text("x")
        assert sum(watch.changed() for _ in range(3)) == 0


# the game


def test_an_edit_appears_where_one_stands_and_all_else_stays(author):
    game = author.begun(0)
    game.answer("trial/what", 0)
    before = game.play.state
    author.save("You knocked.", "You knocked twice.")
    assert looked(game) and not game.mistakes
    assert "You knocked twice." in told(game) and game.play.state == before
    assert game.undo() and game.play.scene.id == "door"
    assert not looked(game)


def test_what_cannot_be_read_is_said_with_its_line_and_the_old_tale_goes_on(author):
    game = author.begun()
    author.save("teaches", "teachs")
    assert looked(game) and game.stale and "goes on as it was" in game.standing
    (mistake,) = game.mistakes
    assert mistake.startswith("trial.md:6: ") and "Did you mean 'teaches'?" in mistake
    game.choose(0)
    assert "You knocked." in told(game)
    author.save("teachs", "teaches")
    assert looked(game) and not game.stale and game.mistakes == () and game.standing == ""
    assert game.play.scene.id == "hall"


def test_what_can_be_read_is_taken_up_though_something_is_wrong(author):
    game = author.begun()
    author.save("A door of oak.", "A door of elm.")
    author.save("[To the bench](#bench)", "[To the bench](#bnch)")
    assert looked(game) and not game.stale and "Taken up" in game.standing
    assert "elm" in told(game)
    assert any(m.startswith("trial.md:15: ") and "'bench'" in m for m in game.mistakes)
    with pytest.raises(Mistake, match="bnch"):
        game.choose(1)
    assert game.play.scene.id == "door"


def test_a_scene_that_has_vanished_begins_the_chapter_again(author):
    game = author.begun(0)
    author.save("## hall", "## room")
    author.save("(#hall)", "(#room)")
    assert looked(game) and game.play.scene.id == "door" and game.play.flags == {"knocked"}
    assert "The scene 'hall' is no longer there" in game.notices[-1]


def test_a_chapter_with_another_id_is_the_same_chapter(author):
    game = author.begun(0)
    game.answer("trial/what", 0)
    author.save('id = "trial"', 'id = "ordeal"')
    assert looked(game) and not game.notices
    assert (game.play.chapter.id, game.play.scene.id) == ("ordeal", "hall") and not game.questions()
    assert game.undo() and (game.play.chapter.id, game.play.scene.id) == ("ordeal", "door")


def test_a_question_that_reads_otherwise_is_asked_anew_and_another_is_not(author):
    game = author.begun(0)
    game.answer("trial/what", 0)
    author.save("A door of oak.", "A door.\n\nOf oak.")  # every line below has moved
    assert looked(game) and not game.questions()
    author.save("What does dropout do?", "What may dropout do?")
    assert looked(game) and game.questions()[0].ask == "What may dropout do?"


def test_a_variant_that_comes_is_shown_and_one_that_goes_leaves_another(author):
    game = author.begun(0)
    assert "A rat." in told(game)
    author.save("- `one of` A bat.", "- `one of` A bat at night.")
    assert looked(game) and "A rat." in told(game)
    author.save("- `one of` A rat.\n", "- `one of` A rat.\n- `one of` An owl.\n")
    assert looked(game) and ("A bat" in told(game) or "An owl" in told(game))
    author.save("- `one of` A rat.\n- `one of` An owl.\n- `one of` A bat at night.", "- `one of` A wolf.")
    assert looked(game) and "A wolf." in told(game)


def test_the_bench_stays_while_the_lesson_does(author):
    game = author.begun(1)
    bench = game.bench
    author.save("The bench is lit.", "The bench is dark.")
    assert looked(game) and game.bench is bench and "dark" in told(game)


def test_another_lesson_keeps_the_runs_and_of_what_was_turned_what_is_still_offered(author):
    game = author.begun(1)
    asyncio.run(game.practise())
    game.bench.turn("dropout", 0.9)
    game.bench.turn("epochs", 10)
    author.save("[0.0, 0.5, 0.9]", "[0.0, 0.3, 0.5]")
    author.save(">= 0.75", ">= 0.8")
    assert looked(game) and not game.mistakes
    assert game.bench.settings == {"dropout": 0.0, "epochs": 10} and not game.bench.locked
    assert game.bench.goal_words == ["test accuracy at least 80.0%"]


def test_what_was_turned_and_does_not_go_together_any_more_is_as_at_the_start(author):
    job, turned = 'job = "noisy-digits-mlp"\n', "setting.epochs = { choices = [10, 30], start = 30 }"
    author.save(
        turned,
        'setting.norm = { choices = ["none", "batch"], start = "none" }\nsetting.batch_size = '
        "{ choices = [1, 50], start = 50 }",
    )
    game = author.begun(1)
    asyncio.run(game.practise())
    game.bench.turn("batch_size", 1)
    author.save(job, job + 'with = { norm = "batch" }\n')
    author.save('setting.norm = { choices = ["none", "batch"], start = "none" }\n', "")
    assert looked(game) and not game.stale, game.mistakes
    assert game.bench.settings["batch_size"] == 50 and "does not fit the lesson any more" in game.notices[-1]
    assert game.bench.source and game.bench.idle("dropout") == ""


def test_a_lesson_that_becomes_a_regression_goes_on_with_the_runs_of_before(author):
    game = author.begun(1)
    asyncio.run(game.practise())
    author.save("noisy-digits-mlp", "blank-page")
    author.save("test_accuracy >= 0.75", "test_loss <= 0.2")
    assert looked(game)
    assert not game.stale, game.mistakes
    assert game.bench.goal_words and game.bench.last_words and game.bench.hint() and game.bench.source


def test_nothing_is_taken_up_while_a_run_is_under_way(author):
    game = author.begun(1)
    seen = []

    def numbers(recipe):
        author.save("The bench is lit.", "The bench is dark.")
        game.laboratory.running = object()
        seen.append(looked(game))
        return GOOD

    game.laboratory.numbers = numbers
    asyncio.run(game.practise())
    assert seen == [False] and "lit" in told(game)
    assert looked(game) and "dark" in told(game)


def test_a_verdict_that_leads_nowhere_is_said(author):
    author.save('pass = "done"', 'pass = "dune"')
    game = author.begun(1)
    assert any("'dune'" in m for m in game.mistakes)
    asyncio.run(game.practise())
    game.bench.turn("dropout", 0.5)
    asyncio.run(game.judge())
    assert "leads nowhere" in game.message and game.verdict is None and game.play.scene.id == "bench"


def test_broken_at_launch_it_opens_and_begins_when_it_is_mended(author):
    author.save("format = 1", "format = ")
    game = author.game()
    assert not game.loaded and game.mistakes[0].startswith("trial.md:4: ") and "begins as soon" in game.standing
    author.save("format = ", "format = 1")
    assert looked(game) and game.loaded and not game.mistakes
    game.begin()
    assert game.play.scene.id == "door"


def test_a_folder_that_holds_no_chapter_for_a_while(author):
    game = author.game(chapter=author.path.parent)
    game.new()
    text = author.path.read_text()
    author.path.unlink()
    assert looked(game) and "holds no chapter" in game.mistakes[0]
    author.path.write_text(text.replace("oak", "elm"))
    assert looked(game) and "elm" in told(game)


def test_a_new_file_that_a_choice_leads_to_joins_the_tale(author):
    game = author.begun()
    author.path.with_name("next.md").write_text(CHAPTER.replace('"trial"', '"next"').replace("The Trial", "Next"))
    author.save("- [To the bench](#bench)\n\n## hall", "- [Away](next.md)\n\n## hall")
    assert looked(game) and not game.mistakes and game.of == 2
    game.choose(1)
    assert (game.title, game.number) == ("Next", 2)
    assert [(row.id, row.state) for row in game.chapters()] == [("trial", "done"), ("next", "open")]


# a scene at once


def test_a_game_begins_at_the_scene_that_is_asked_for(author):
    game = author.game(scene="bench")
    game.begin()
    assert game.play.scene.id == "bench" and game.bench
    with pytest.raises(Mistake, match="Did you mean 'bench'"):
        author.games.pop(0)
        asyncio.run(game.close())
        author.game(scene="trial/bnch").begin()


def test_the_chapter_that_opens_a_tale_is_never_locked(author):
    author.save('teaches = ["dropout"]', 'teaches = ["dropout"]\nrequires = ["next"]')
    author.save("- [To the bench](#bench)\n\n## hall", "- [Away](next.md)\n\n## hall")
    author.path.with_name("next.md").write_text(CHAPTER.replace('"trial"', '"next"'))
    assert [row.state for row in author.game().chapters()] == ["open", "open"]
