"""``tutor stats``, and the counts that it shares with other commands."""

import json
from pathlib import Path

import pytest

from story.counting import FirstRun, count, reading_minutes
from story.reading import read_tale
from tutor.cli import run

FIXTURES = Path(__file__).resolve().parents[1] / "story" / "fixtures"
FACTS = '# T\n\n```toml chapter\nformat = 1\nid = "t"\ncast = { D = "The Count" }\nends = ["end"]\n```\n\n'
LESSON = (
    '```toml lesson\njob = "clean-digits"\nsetting.epochs = { choices = [1, 2, 3], start = 1 }\n'
    'setting.lr = { choices = [0.1, 0.2], start = 0.1 }\ngoal = "test_accuracy >= 0.5"\n'
    'solution = { epochs = 3 }\npass = "end"\nfail = "again"\n```\n'
)
QUIZ = '```toml quiz\nid = "q"\nask = "One two?"\nright = "three"\nwrong = ["four five"]\nbecause = "six"\n```\n'
TALE = f"""{FACTS}## start

One two three.

`if brief` Four.

- [Straight](#lesson) `set straight`
- [Round](#detour)

## detour

**D:** Five six.

**O:** Seven.

- `one of` Eight.
- `one of; if straight` Eight nine.

- [On](#lesson) `if not brief`

## lesson

Ten {{tries}}.

{LESSON}
### Why

Because it does.

```python
code is no word
```

## again

Anew.

- [Back](#lesson)

## end

{QUIZ}
Over now.
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "t.md"
    path.write_text(TALE, encoding="utf-8")
    return path


@pytest.fixture
def counts(path):
    tale = read_tale([path])
    return count(tale, tale.chapters[0])


def test_what_stands_in_a_chapter_is_counted(counts):
    assert (counts.scenes, counts.choices, counts.lessons) == (5, 4, 1)
    assert (counts.quizzes, counts.reasons, counts.mends, counts.recalls, counts.pages) == (1, 0, 0, 0, 0)
    assert (counts.passages, counts.variants) == (9, 2)
    assert (counts.words, counts.theory, counts.asked) == (15, 3, 6)
    assert counts.speakers == {"narration": 12, "The Count": 2, "the other visitor": 1}
    assert next(iter(counts.speakers)) == "narration"
    assert counts.flags_set == counts.flags_read == ("straight",)
    assert counts.endings == ("end",)
    assert counts.settings == ("epochs", "lr") and counts.combinations == {"lesson": 6}


def test_the_way_to_the_first_run_is_measured(counts):
    # Straight: 3 words and 2; round: 3 more, and a variant of one word or two. Under --brief one more at the start.
    assert counts.first_run == FirstRun(5, 10)
    assert counts.first_run_brief == FirstRun(6, 6)


def test_one_ordinary_way_takes_the_first_choice_and_passes(counts):
    assert (counts.way.scenes, counts.way.lessons) == (3, 1)
    assert counts.way.tale == 3 + 2 + 2 + 6 and counts.way.theory == 3
    assert counts.way.words == 16


def test_a_detour_that_leads_back_is_left_again(path):
    text = TALE.replace("- [Straight](#lesson)", "- [Aside](#aside)\n- [Straight](#lesson)")
    path.write_text(text.replace("## again", "## aside\n\nA word or two.\n\n- [Back](#start)\n\n## again"))
    tale = read_tale([path])
    way = count(tale, tale.chapters[0]).way
    assert (way.scenes, way.lessons) == (4, 1)
    assert way.tale == 3 + 4 + 2 + 2 + 6


def test_a_chapter_without_a_lesson_has_no_first_run(path):
    path.write_text(f"{FACTS}## end\n\nOver.\n", encoding="utf-8")
    tale = read_tale([path])
    counts = count(tale, tale.chapters[0])
    assert counts.first_run is None and counts.first_run_brief is None
    assert counts.combinations == {} and counts.way.words == 1


def test_minutes_come_from_words_and_lessons(counts):
    assert reading_minutes(480) == 2 and reading_minutes(0, 120) == 1 and reading_minutes(0) == 0
    assert counts.reading == pytest.approx(13 / 240 + 3 / 120)
    assert counts.minutes == pytest.approx(counts.reading + 3)


def test_a_quiz_that_is_asked_again_is_read_again():
    tale = read_tale(FIXTURES.glob("*.md"))
    second = tale.chapter("second")
    assert count(tale, second).recalls == 1
    alone = type(tale)((second,))
    assert count(tale, second).way.tale > count(alone, second).way.tale


def test_two_chapters_of_one_id_are_counted_each_for_itself(path):
    (path.parent / "u.md").write_text(f"{FACTS}## start\n\nOnly this.\n\n- [On](#end)\n\n## end\n\nOver.\n")
    tale = read_tale(path.parent.glob("*.md"))
    first, second = (count(tale, chapter) for chapter in tale.chapters)
    assert first.way.scenes == 3 and second.way.scenes == 2 and second.first_run is None


def test_the_table_for_people_fits_and_adds_up(capsys):
    assert run(["stats", str(FIXTURES)]) == 0
    text = capsys.readouterr().out
    rows = [line.split() for line in text.splitlines() if line.split()]
    tables = {row[0]: row[1:] for row in rows if row[0] in ("first", "second", "all")}
    assert len(tables["all"]) == 5  # of two tables the second
    firsts = [row for row in rows if row[0] in ("first", "second", "all")][:3]
    for column in range(1, 8):
        assert int(firsts[0][column]) + int(firsts[1][column]) == int(firsts[2][column])
    assert max(len(line) for line in text.splitlines()) <= 80 and "\x1b" not in text
    assert "The First (01-first.md)" in text and "6 combinations" in text and "an estimate" in text


def test_one_chapter_has_no_sum(path, capsys):
    assert run(["stats", str(path)]) == 0
    text = capsys.readouterr().out
    assert not any(line.strip().startswith("all") for line in text.splitlines())
    assert "5 to 10 words" in text and "narration 12, The Count 2, the other visitor 1" in text


def test_one_of_a_thing_is_told_of_in_the_singular(path, capsys):
    page = '```toml page\ntechnique = "strides"\ndoes = "It steps."\nsetting = "lr"\n```\n'
    path.write_text(TALE.replace("One two three.", page).replace("Ten {tries}.", ""), encoding="utf-8")
    assert run(["stats", str(path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "one ordinary way 3 scenes, 1 lesson, 11 words" in said
    assert "also 1 grimoire page, 0 quizzes asked again" in said and "the same, --brief 1 word " in said
    path.write_text(f"{FACTS}## end\n\nOver.\n", encoding="utf-8")
    assert run(["stats", str(path)]) == 0
    assert "1 scene, 0 lessons, 1 word " in " ".join(capsys.readouterr().out.split())


def test_json_says_the_same(path, counts, capsys):
    assert run(["stats", str(path), "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    (chapter,) = table["chapters"]
    assert chapter["id"] == "t" and chapter["path"] == str(path)
    for name in ("scenes", "choices", "lessons", "words", "theory", "asked", "speakers", "combinations"):
        assert chapter[name] == getattr(counts, name)
    assert chapter["first_run"] == {"shortest": 5, "longest": 10} and chapter["way"]["words"] == 16
    assert table["all"]["words"] == 15 and table["all"]["endings"] == ["t/end"]
    assert table["all"]["minutes"] == chapter["minutes"]


def test_a_chapter_that_cannot_be_read_says_why(path, capsys):
    path.write_text("Nothing.\n", encoding="utf-8")
    assert run(["stats", str(path)]) == 2
    assert "t.md:1: " in capsys.readouterr().err
