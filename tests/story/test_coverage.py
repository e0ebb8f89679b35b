"""story/COVERAGE.md: what it says of the chapters is so, and nothing that the tale teaches is left out of it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from story.chapter import Chapter, Question, Tale
from story.reading import SHIPPED, read_tale, shipped

PAGE = SHIPPED.parent / "COVERAGE.md"
COLUMNS = ["item", "source", "chapter", "scene", "words"]
QUESTIONS = range(1, 10)
PLAYED = 8
"""The question that is played in a lesson and so is not asked again."""
UNSEEN = re.compile(r"<!--.*?-->|^traps = \[$.*?^\]$|^solution = .*?$", re.DOTALL | re.MULTILINE)
"""Of a chapter file what no player is shown; a trap says why for authors only."""


class Row(NamedTuple):
    """Where one thing is met."""

    item: str
    source: str
    chapter: str
    scene: str
    words: str

    @property
    def names(self) -> list[str]:
        """The names in backticks."""
        return re.findall(r"`([^`]+)`", self.item)


def read_page(text: str) -> tuple[list[str], dict[str, list[Row]]]:
    """The sources that a page declares, and the rows under each of its headings."""
    sources: list[str] = []
    sections: dict[str, list[Row]] = {}
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    heading, cells = "", []
    for token, after in zip(tokens, [*tokens[1:], Token("end", "", 0)], strict=True):
        if token.type == "heading_open" and token.tag == "h2":
            heading = after.content
            assert heading not in sections, f"{heading} stands twice"
            sections[heading] = []
        elif token.type == "tr_open":
            cells = []
        elif token.type == "td_open":
            cells.append(after.content.strip())
        elif token.type == "tr_close" and cells:
            if heading:
                assert len(cells) == len(COLUMNS) and all(cells), cells
                sections[heading].append(Row(*cells[:-1], cells[-1].strip("`")))
            else:
                sources.append(cells[0])
    return sources, sections


def plain(text: str) -> str:
    """For comparing: without marks of Markdown, in small letters, with single spaces."""
    return " ".join(re.sub(r"[`*]", "", text).casefold().split())


def scene_texts(chapter: Chapter) -> dict[str, str]:
    """What stands in the file under each scene, in prose, code and TOML, without what no player is shown."""
    lines = chapter.path.read_text(encoding="utf-8").splitlines()
    ends = [scene.line - 1 for scene in chapter.scenes[1:]] + [len(lines)]
    return {
        s.id: plain(UNSEEN.sub("", "\n".join(lines[s.line : end]))) for s, end in zip(chapter.scenes, ends, strict=True)
    }


def unmet(rows: list[Row], tale: Tale) -> list[Row]:
    """The rows whose chapter or scene does not exist, or does not hold the words."""
    texts = {chapter.id: scene_texts(chapter) for chapter in tale.chapters}
    return [row for row in rows if plain(row.words) not in texts.get(row.chapter, {}).get(row.scene, "")]


def taught(tale: Tale) -> Iterator[tuple[str, str, str]]:
    """Chapter, scene and name of all that must have a row; a setting once in a chapter, so without its scene."""
    for chapter in tale.chapters:
        offered = {offer.name for s in chapter.scenes if s.lesson for offer in s.lesson.challenge.offers}
        yield from ((chapter.id, "", name) for name in sorted(offered))
        for scene in chapter.scenes:
            yield from ((chapter.id, scene.id, page.technique) for page in scene.pages)
            for question in scene.questions:
                own = isinstance(question, Question)
                if own and question.kind == "find":  # the first step of the mending task that follows it
                    continue
                yield chapter.id, scene.id, question.id.partition("/")[2] if own else question.id


def unnamed(rows: list[Row], tale: Tale) -> list[tuple[str, str, str]]:
    """What is taught or asked and has no row; a setting needs one in a scene where it is offered."""
    named = {(row.chapter, row.scene, name) for row in rows for name in row.names}
    for chapter in tale.chapters:
        for scene in chapter.scenes:
            offers = scene.lesson.challenge.offers if scene.lesson else ()
            named |= {(chapter.id, "", o.name) for o in offers if (chapter.id, scene.id, o.name) in named}
    return [one for one in taught(tale) if one not in named]


CASTLE = read_tale(shipped())
SOURCES, SECTIONS = read_page(PAGE.read_text(encoding="utf-8"))
ROWS = [row for rows in SECTIONS.values() for row in rows]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.chapter}-{row.scene}-{row.item}")
def test_a_scene_holds_its_words(row: Row) -> None:
    scene = CASTLE.scene(row.chapter, row.scene)  # names the nearest one where there is none
    text = scene_texts(CASTLE.chapter(row.chapter))[scene.id]
    assert plain(row.words) in text, f"{row.item!r} is not met in {row.chapter}/{row.scene}: {row.words}"


def test_every_chapter_has_its_rows_under_its_title_in_order() -> None:
    assert list(SECTIONS) == [chapter.title for chapter in CASTLE.chapters]
    for chapter in CASTLE.chapters:
        assert SECTIONS[chapter.title]
        assert {row.chapter for row in SECTIONS[chapter.title]} == {chapter.id}


def test_everything_that_is_taught_or_asked_has_a_row() -> None:
    assert unnamed(ROWS, CASTLE) == []


def test_no_row_stands_twice() -> None:
    assert [row for row, times in Counter(ROWS).items() if times > 1] == []
    places = Counter((row.item, row.chapter, row.scene) for row in ROWS)
    assert [place for place, times in places.items() if times > 1] == []


def test_every_source_is_declared_and_met() -> None:
    met = {source for row in ROWS for source in row.source.split(", ")}
    assert met == set(SOURCES) and len(SOURCES) == len(set(SOURCES)) == 5


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_is_asked_and_returns(number: int) -> None:
    """By a quiz of its own, and once more in a later chapter; one is played instead."""
    quizzes = {q.id for c in CASTLE.chapters for s in c.scenes for q in s.questions if isinstance(q, Question)}
    about = [row for row in ROWS if re.match(rf"Question {number}\b", row.item)]
    asked = {f"{row.chapter}/{name}" for row in about for name in row.names} & quizzes
    returns = {name for row in about for name in row.names if " returns" in row.item}
    assert asked and returns <= asked
    assert returns or number == PLAYED


def test_every_ending_has_a_row() -> None:
    endings = {flag for c in CASTLE.chapters for s in c.scenes for choice in s.choices for flag in choice.sets}
    endings = {flag for flag in endings if flag.startswith("ended_")}
    assert endings and endings <= {name for row in ROWS for name in row.names}
    assert any("Two lanterns" in row.item for row in ROWS)


def test_a_row_fails_when_its_words_are_taken_out_of_the_chapter(tmp_path: Path) -> None:
    """In a copy of the tale every chapter loses the words of one row; those are missed, and nothing in other scenes."""
    for path in shipped():
        shutil.copy(path, tmp_path)
    cut = []
    for chapter in CASTLE.chapters:
        path = tmp_path / chapter.path.name
        text = path.read_text(encoding="utf-8")
        row = next(
            r for r in SECTIONS[chapter.title] if re.fullmatch(r"[\w ,.-]+", r.words) and text.count(r.words) == 1
        )
        path.write_text(text.replace(row.words, "nothing"), encoding="utf-8")
        cut.append(row)
    assert unmet(ROWS, CASTLE) == []
    missed = unmet(ROWS, read_tale(tmp_path.glob("*.md")))
    assert set(cut) <= set(missed)
    assert {(row.chapter, row.scene) for row in missed} == {(row.chapter, row.scene) for row in cut}


@pytest.mark.parametrize("name", ["eval_mode", "no-mirror/dropout", "declared", "mend-book", "early stopping"])
def test_what_loses_its_row_is_named(name: str) -> None:
    left = [row for row in ROWS if name not in row.names]
    assert name in {one[2] for one in unnamed(left, CASTLE)} - {one[2] for one in unnamed(ROWS, CASTLE)}


def test_what_no_player_is_shown_does_not_count(tmp_path: Path) -> None:
    """Neither an author's note nor a trap's why."""
    for path in shipped():
        shutil.copy(path, tmp_path)
    first = next(iter(sorted(tmp_path.glob("*.md"))))
    text = first.read_text(encoding="utf-8")
    hidden = "to be met by nobody"
    text = text.replace("\n## gate\n", f"\n## gate\n\n<!-- {hidden} -->\n", 1)
    text = re.sub(r'(traps = \[\n.*?why = ")', rf"\g<1>{hidden}: ", text, count=1)
    first.write_text(text, encoding="utf-8")
    assert text.count(hidden) == 2
    tale = read_tale([first])
    assert not any(hidden in told for told in scene_texts(tale.chapters[0]).values())
