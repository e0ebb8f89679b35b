"""``tutor new``: what it writes works as it is, and nothing is ever written over."""

import os
import sys

import pytest

from lessons.jobs import read_job
from lessons.mistakes import Mistake
from story.lint import lint
from story.reading import read_chapter, read_tale
from tutor import cli
from tutor.author.new import begin
from tutor.walk.finding import walks_for
from tutor.walk.playing import play_walk
from tutor.walk.wander import wander


@pytest.mark.parametrize(
    ("name", "id"),
    [("the-well", "the-well"), ("05-the-well", "the-well"), ("x", "x"), ("7", "7"), ("Long-Name", "Long-Name")],
)
def test_a_new_chapter_is_sound_and_its_walk_is_told(tmp_path, name, id):
    chapter, walk = begin("chapter", name, tmp_path)
    assert (chapter.name, walk.name) == (f"{name}.md", f"{name}.walk")
    tale = read_tale([chapter])
    assert tale.chapters[0].id == id and lint(tale) == []
    walks, findings = walks_for([chapter])
    assert [w.path for w in walks] == [walk] and findings == []
    assert play_walk(walks[0]).findings == ()
    wandered = wander(tale, 60)
    assert wandered.findings == () and wandered.scenes == (6, 6)


@pytest.mark.parametrize("name", ["x", "the-well", "05-the-long-well"])
def test_what_is_said_of_the_keys_stands_in_one_column(tmp_path, name):
    text = begin("chapter", name, tmp_path)[0].read_text(encoding="utf-8")
    facts = text.partition("```toml chapter\n")[2].partition("```")[0]
    assert len({line.index(" # ") for line in facts.splitlines() if " # " in line}) == 1
    long = begin("chapter", "w" * 60, tmp_path)[0].read_text(encoding="utf-8")
    assert f'id = "{"w" * 60}" # letters' in long


def test_every_page_of_a_new_chapter_begins_with_words(tmp_path):
    chapter = read_chapter(begin("chapter", "the-well", tmp_path)[0])
    asking = [scene for scene in chapter.scenes if scene.questions]
    assert len(asking) == 2
    for scene in asking:
        assert next(iter(scene.paragraphs)).line < min(question.line for question in scene.questions)


def test_a_new_job_is_one_that_a_chapter_beside_it_may_name(tmp_path):
    (path,) = begin("job", "two-lamps", tmp_path)
    assert read_job(path).title == "Two lamps"
    chapter, _ = begin("chapter", "the-well", tmp_path)
    text = chapter.read_text(encoding="utf-8").replace('job = "few-digits"', 'job = "two-lamps"')
    chapter.write_text(text, encoding="utf-8")
    lesson = next(scene.lesson for scene in read_chapter(chapter).scenes if scene.lesson)
    assert lesson.challenge.job == "two-lamps" and lesson.challenge.recipe.epochs == 20


def test_it_says_what_to_do_next(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run(["new", "chapter", "the-well", "--folder", "my chapters"]) == 0
    said = capsys.readouterr().out
    assert "tutor play 'my chapters/the-well.md' --watch" in said and "tutor check" in said
    assert cli.run(["new", "job", "lamps"]) == 0
    assert 'job = "lamps"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("chapter", "the well", "letters a to z, digits and hyphens"),
        ("chapter", "../well", "letters a to z, digits and hyphens"),
        ("chapter", "", "letters a to z, digits and hyphens"),
        ("chapter", "-well", "letters a to z, digits and hyphens"),
        ("chapter", "w" * 61, "letters a to z, digits and hyphens"),
        ("chapter", "Der Ofen", "such as der-ofen\\."),
        ("job", "zwei Öfen!", "such as zwei-ofen\\."),
        ("chapter", "井戸", "such as the-well\\."),
        ("chapter", "README", "cannot be called"),
        ("job", "few-digits", "ships with the program"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path, kind, name, says):
    with pytest.raises(Mistake, match=says):
        begin(kind, name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "well.walk").write_text("mine")
    with pytest.raises(Mistake, match="there already"):
        begin("chapter", "well", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["well.walk"]
    (tmp_path / "lamps.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Mistake, match="there already"):
        begin("job", "lamps", tmp_path)


def test_another_kind_has_its_nearest_spelling(capsys):
    assert cli.run(["new", "chaptre", "x"]) == 2
    assert "Did you mean 'chapter'?" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that cannot be written")
def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Mistake, match="cannot be written"):
        begin("chapter", "well", tmp_path)


def test_a_file_in_place_of_the_folder_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(Mistake, match="cannot be written"):
        begin("chapter", "well", tmp_path / "file")
