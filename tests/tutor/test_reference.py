"""``tutor reference``: made from the code's tables, complete, and every example in it is read."""

import importlib
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from lessons.metrics import METRICS
from lessons.mistakes import Mistake
from lessons.settings import SETTINGS
from story import blanks, choices, conditions, tables
from story.fences import KINDS
from story.findings import Finding
from story.lint import RULES, lint
from story.reading import read_chapter, read_tale
from tutor.author import reference
from tutor.cli import run
from tutor.walk.script import DIAGNOSES, FORMS, read_walk

ROOT = Path(__file__).resolve().parents[2]
FACTS = '# T\n\n```toml chapter\nformat = 1\nid = "t"\ncast = { D = "The Count" }\n```\n\n'
TEXT = reference.text()
EXAMPLES = re.findall(r"^````markdown\n(.*?)^````$", TEXT, re.DOTALL | re.MULTILINE)
MODELS = [m for m in vars(tables).values() if isinstance(m, type) and issubclass(m, BaseModel) and m.model_fields]


def test_the_documentation_is_what_the_code_says(capsys):
    assert run(["reference"]) == 0
    printed = capsys.readouterr().out
    kept = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
    assert kept == printed, "docs/format.md is out of date. Make it anew: tutor reference > docs/format.md"


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_read(example, tmp_path):
    path = tmp_path / "the-well.md"
    path.write_text(example if example.startswith("# ") else f"{FACTS}## here\n\n{example}", encoding="utf-8")
    chapter = read_chapter(path)
    assert any(s.body or s.choices or s.lesson or s.questions or s.pages for s in chapter.scenes)


def test_an_example_that_is_wrong_would_be_found(tmp_path):
    path = tmp_path / "t.md"
    path.write_text(f"{FACTS}## here\n\n{EXAMPLES[-1].replace('technique', 'technik')}", encoding="utf-8")
    with pytest.raises(Mistake, match="technik"):
        read_chapter(path)


def test_there_is_an_example_of_every_fence_and_they_are_all_taken():
    assert {kind for kind in KINDS if any(f"```toml {kind}" in example for example in EXAMPLES[1:])} >= {*KINDS} - {
        "chapter"
    }
    assert len(EXAMPLES) == TEXT.count("````markdown")


def test_the_whole_chapter_passes_the_linter(tmp_path):
    path = tmp_path / "the-well.md"
    path.write_text(EXAMPLES[0], encoding="utf-8")
    found: list[Finding] = lint(read_tale([path]))
    assert [str(f) for f in found] == []


def test_the_walk_of_that_chapter_is_read(tmp_path):
    (tmp_path / "the-well.md").write_text(EXAMPLES[0], encoding="utf-8")
    path = tmp_path / "the-well.walk"
    path.write_text(re.findall(r"^```text\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[-1], encoding="utf-8")
    assert len(read_walk(path).steps) > 3


@pytest.mark.parametrize("form", FORMS)
def test_every_line_of_a_walk_told_of_is_one(form, tmp_path):
    (tmp_path / "the-well.md").write_text(EXAMPLES[0], encoding="utf-8")
    for name in ("the-well.walk", "the-well.by-night.walk", "tale.walk", "tale.by-night.walk"):
        path = tmp_path / name
        line = form.replace("METRIC=NUMBER ...", "gap=0.1 train_accuracy=1").replace("DIAGNOSIS", "overfit")
        path.write_text(f"{line}\nsomething told\n", encoding="utf-8")
        walk = read_walk(path)
        kinds = [step.command.verb for step in walk.steps if step.command]
        others = walk.brief or walk.player or walk.flags or len(walk.steps[0].expects) > 1 or form[0] == "#"
        assert bool(kinds) == (form[0] == ">") and (kinds or others)
    assert f"| `{form}` |" in TEXT


def test_every_kind_of_line_of_a_walk_is_told_of():
    told = " ".join([*FORMS, *FORMS.values()])
    for word in (
        "@brief",
        "!/regex/",
        "> answer wrong",
        "> train as",
        "> judge as pass SCENE",
        "set NAME VALUE",
        *DIAGNOSES,
    ):
        assert word in told
    walks = TEXT.partition("## Walks")[2].partition("## Limits")[0]
    for words in ("the-well.WORDS.walk", "tale.walk", "`> judge` needs a `> train` before it", "| `\\words` |"):
        assert words in walks
    assert not re.search(r"^(`{3,})\w+\n\1$", TEXT, re.MULTILINE), "an example is empty"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_key_says_what_it_is(model):
    for name, field in model.model_fields.items():
        assert field.description and field.description.endswith("."), f"{model.__name__}.{name} has no description"
        row = f"| `{field.alias or name}` | {reference.kind(field)} |"
        assert row in TEXT, f"{row} stands nowhere in the reference"


def test_every_setting_metric_and_rule_is_there():
    for name in (*SETTINGS, *METRICS, *RULES):
        assert f"| `{name}` |" in TEXT, name


def test_a_bound_of_a_key_is_told():
    rows = {"seeds": "whole number from 1 to 100", "time_limit": "number above 0, at most 3600"}
    rows |= {"repairs": "list of texts, at least 2", "recall": "chapter-id/quiz-id", "cast": "table: letter = text"}
    for key, words in rows.items():
        assert f"| `{key}` | {words} |" in TEXT
    assert "| `seeds` | whole number from 1 to 100 | `5` |" in TEXT


@pytest.mark.parametrize("form", reference.CONDITIONS)
def test_every_condition_told_of_is_one(form):
    assert f"| `{form}` |" in TEXT
    text = form.replace("[not] FLAG", "not asked").replace("METRIC", "test_accuracy").replace("NUMBER", "0.5")
    (term,) = conditions.parse(text).terms
    assert term.kind


def test_every_kind_of_condition_is_told_of():
    forms = [
        f.replace("[not] FLAG", "asked").replace("METRIC", "gap").replace("NUMBER", "1") for f in reference.CONDITIONS
    ]
    terms = [conditions.parse(form).terms[0] for form in forms]
    kinds = {"flag", "number", "player", "diagnosis", "missed", "predicted", "brief"}
    assert {term.kind for term in terms} == kinds
    assert {t.name for t in terms if t.kind == "number"} == {*conditions.COUNTS, "gap"}
    assert {t.name for t in terms if t.kind == "diagnosis"} == {*conditions.DIAGNOSES}


def test_every_name_in_braces_is_told_of():
    assert set(reference.BLANKS) == {*reference.METRIC_BLANKS, *blanks.SAID, *blanks.WORDS}
    for name in reference.BLANKS:
        assert f"| `{{{name}}}` |" in TEXT
        assert blanks.split("{" + name + "}", "", 1)


@pytest.mark.parametrize("form", reference.CHOICES)
def test_every_part_of_a_choice_told_of_is_one(form, tmp_path):
    part = form.replace("FLAG", "asked").replace("CONDITION", "asked")
    path = tmp_path / "t.md"
    path.write_text(f"{FACTS}## here\n\n- [Go](#here) `{part}`\n", encoding="utf-8")
    (choice,) = read_chapter(path).scenes[0].choices
    assert choice.once or choice.sets or choice.clears or choice.player or choice.condition
    assert f"| `{form}` |" in TEXT and form in choices._PARTS


@pytest.mark.parametrize("module", sorted({place.rpartition(".")[0] for place in reference.LIMITS if "story" in place}))
def test_every_limit_of_a_chapter_is_told_of(module):
    declared = {name for name in vars(importlib.import_module(module)) if re.fullmatch(r"(MAX|WORDS)(_\w+)?", name)}
    told = {place.rpartition(".")[2] for place in reference.LIMITS if place.rpartition(".")[0] == module}
    others = {name for place in reference.LIMITS for name in [place.rpartition(".")[2]]} | {"MAX_ERRORS"}
    assert told <= declared
    assert declared <= told | others, f"say in tutor/author/reference.py LIMITS what {declared - told - others} is of"


def test_a_table_survives_a_bar_in_a_cell():
    assert reference.table(["a"], [["x | y"]]).splitlines()[-1] == "| x \\| y |"
    for line in TEXT.splitlines():
        if line.startswith("| "):
            assert line.endswith(" |")
