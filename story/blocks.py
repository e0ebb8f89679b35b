"""The blocks of a chapter file: from Markdown tokens to scenes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from lessons.mistakes import Mistake, clip, unknown
from story import choices, fences
from story.chapter import Chapter, Choice, Lesson, Page, Paragraph, Question, Recall, Scene, Span, Variants
from story.faults import Faults, stray
from story.fences import Fence
from story.inline import Inline

MAX_SCENES = 500
MAX_CHOICES = 30
"""Of one scene."""
MAX_TITLE = 80
"""Characters."""
_ID = re.compile(r"[A-Za-z0-9-]{1,60}")
_FENCE = re.compile(r"[`'\"~´‘’“”]{1,3}\s*toml\b")

Block = list[Token]
"""A token, or an opening token and all up to its closing one."""


@dataclass
class _Draft:
    """A scene while it is read."""

    id: str
    line: int
    body: list[Paragraph | Variants] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    questions: list[Question | Recall] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    lesson: Lesson | None = None
    lesson_line: int = 0
    why: list[Paragraph] = field(default_factory=list)
    why_line: int = 0

    def scene(self) -> Scene:
        lesson = self.lesson and replace(self.lesson, why=tuple(self.why))
        parts = (tuple(self.body), tuple(self.choices), lesson, tuple(self.questions), tuple(self.pages))
        return Scene(self.id, self.line, *parts)


def split(tokens: list[Token]) -> list[Block]:
    """The blocks of the outermost level."""
    blocks: list[Block] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            blocks.append([])
        blocks[-1].append(token)
        depth += token.nesting
    return blocks


class Reader:
    """Reads the blocks of one file, in order."""

    def __init__(self, source: str, faults: Faults) -> None:
        self.source = source.splitlines()
        self.faults = faults
        self.title: str | None = None
        self.facts: fences.Facts | None = None
        self.facts_fence: Fence | None = None
        self.chapter_id = "?"
        self.scenes: dict[str, _Draft] = {}
        self.scene: _Draft | None = None
        self.cut = False
        """Whether a fence that is never closed has swallowed the rest."""

    def read(self, tokens: list[Token]) -> Chapter | None:
        """The chapter; None where its title or its facts have errors, which are noted."""
        for block in split(tokens):
            self._block(block)
            if self.cut:
                break
            if self.facts_fence and not self.facts and self._other_format():
                return None
        self._finish()
        if self.title is None or self.facts is None or self.facts_fence is None:
            return None
        facts, fence = self.facts, self.facts_fence
        scenes = tuple(draft.scene() for draft in self.scenes.values())
        return Chapter(
            self.faults.path,
            facts.id,
            self.title,
            scenes,
            fence.line,
            tuple(facts.teaches),
            tuple(facts.requires),
            dict(facts.cast),
            facts.language,
            tuple(facts.ends),
            fence.lines,
        )

    def _other_format(self) -> bool:
        version = (self.facts_fence.table or {}).get("format") if self.facts_fence else None
        return isinstance(version, int) and version != fences.FORMAT

    def _finish(self) -> None:
        if self.title is None:
            self.faults.add(1, "the title is missing. Begin the file with '# The Title'.")
        if self.cut:
            return
        if self.facts_fence is None:
            self.faults.add(1, "the facts are missing. Add a fence '```toml chapter' after the title.")
        if not self.scenes:
            self.faults.add(1, "there is no scene. Add one, such as '## arrival'.")
        for draft in self.scenes.values():
            if draft.why_line and not draft.lesson_line:
                self.faults.add(draft.why_line, "'### Why' stands in a scene without a lesson. Move it.")

    def _block(self, block: Block) -> None:
        kind, line = block[0].type, _line(block)
        if kind == "html_block" and block[0].content.lstrip().startswith("<!--"):
            self._comment(block[0].content.strip(), line)
        elif kind == "heading_open":
            self._heading(block, line)
        elif kind == "fence":
            self._fence(block[0], line)
        elif kind == "paragraph_open" and (slip := _slip(block[1].content)):
            self.faults.add(line, slip)
            self._meant(block[1].content, line)
        elif self.scene is None:
            self.faults.add(line, "this stands before the first scene. Put it under a '## scene-id'.")
        elif kind == "paragraph_open":
            paragraph = self._inline(block[1], line).paragraph()
            self._say(paragraph)
        elif kind == "bullet_list_open":
            self._list(block)
        elif kind in ("ordered_list_open", "blockquote_open", "code_block") and self.scene.why_line:
            self._theory(block)
        else:
            self.faults.add(line, _REFUSED.get(kind, f"{kind} has no meaning in a chapter. Write a paragraph."))

    def _comment(self, text: str, line: int) -> None:
        """A note of the author's to themselves: nothing of it is told."""
        if "-->" not in text:
            self.faults.add(line, "this comment is never closed. Add '-->'.")
        elif text.index("-->") < len(text) - 3:
            self.faults.add(line, "words stand after a comment on its line. Put an empty line between them.")

    def _meant(self, words: str, line: int) -> None:
        """Reads a heading without its space as what was meant, so that nothing else is said of it."""
        mark, words = re.match(r"(#*)([^\n]*)", words).groups()  # type: ignore[union-attr]
        if mark == "#" and self.title is None:
            self._titled(words, line)
        elif len(mark) > 1:
            self.scene = _Draft(words, line)

    def _inline(self, token: Token, line: int) -> Inline:
        return Inline(list(token.children or []), line, self.faults)

    def _say(self, part: Paragraph | Variants | None) -> None:
        if part is None or self.scene is None:
            return
        if self.scene.why_line and isinstance(part, Paragraph):
            self.scene.why.append(part)
        elif self.scene.why_line:
            self.faults.add(part.line, "the theory under '### Why' has no variants. Put them above it.")
        else:
            self.scene.body.append(part)

    def _heading(self, block: Block, line: int) -> None:
        opening, words = block[0], block[1].content.strip()
        level = opening.tag
        if opening.markup in ("-", "="):
            self.faults.add(line, f"a line of {opening.markup} made a heading of this. Put an empty line above it.")
            self.scene = _Draft(words, line)
        elif level == "h1":
            self._titled(words, line)
        elif level == "h2":
            self._scene(words, line)
        elif self.scene is None:
            self.faults.add(line, "this heading stands before the first scene. Begin a scene with '## scene-id'.")
        elif level == "h3" and words == "Why":
            if self.scene.why_line:
                self.faults.add(line, "this scene has a second '### Why'. Join them.")
            self.scene.why_line = self.scene.why_line or line
        elif self.scene.why_line and level != "h3":
            pieces = self._inline(block[1], line).pieces(block[1].children or [])
            strong = tuple(p._replace(style="strong") for p in pieces if isinstance(p, Span))
            self._say(Paragraph("narration", strong, line))
        else:
            self.faults.add(line, f"heading {clip(words)} is not known. Allowed: '## scene-id' and '### Why'.")
            self.scene = _Draft(words, line)  # that was meant, perhaps; what follows does not belong to the one before

    def _titled(self, words: str, line: int) -> None:
        if self.title is not None:
            self.faults.add(line, "there is a second title. A file is one chapter; begin scenes with '## scene-id'.")
            self.scene = _Draft(words, line)
        elif not words:
            self.faults.add(line, "the title is blank. Write '# The Title'.")
        elif len(words) > MAX_TITLE:
            self.faults.add(line, f"the title has {len(words):,} characters; {MAX_TITLE} are allowed. Shorten it.")
        elif self.scene or self.facts_fence:
            self.faults.add(line, "the title stands too late. Make it the first line of the file.")
        else:
            self.title = words

    def _scene(self, words: str, line: int) -> None:
        draft = _Draft(words, line)
        if not _ID.fullmatch(words):
            self.faults.add(line, f"scene {clip(words)} is not an id. Use letters, digits and hyphens: '## the-forge'.")
        elif words in self.scenes:
            first = self.scenes[words].line
            self.faults.add(line, f"scene {words!r} stands twice; the first is on line {first}. Rename one.")
        elif len(self.scenes) == MAX_SCENES:
            self.faults.add(line, f"there are more than {MAX_SCENES} scenes. Split the chapter into two files.")
        else:
            self.scenes[words] = draft
        self.scene = draft

    def _fence(self, token: Token, line: int) -> None:
        last = self.source[token.map[1] - 1].strip() if token.map else ""
        mark = token.markup if len(token.markup) < 10 else f"{len(token.markup)} {token.markup[0]}"
        if token.map[1] - token.map[0] < 2 or set(last) != {token.markup[0]} or len(last) < len(token.markup):  # type: ignore[index]
            self.faults.add(line, f"this fence is never closed. Add a line of {mark}.")
            self.cut = True
            return
        if any(inner.startswith(token.markup) for inner in token.content.splitlines()):
            words = f"this fence holds the beginning of another, so it is not closed. Add {mark}."
            self.faults.add(line, words)
            self.cut = True
            return
        info = token.info.split()
        meant = next((word for word in info if word.lower() in fences.KINDS), "")
        if info[:1] != ["toml"] and not meant:
            self._code(token.content, line)
        elif info[:1] != ["toml"] or len(info) == 1:
            kind = f"toml {meant.lower()}" if meant else f"toml and one of {', '.join(fences.KINDS)}"
            self.faults.add(line, f"fence {clip(token.info.strip())} is not known. Write {mark}{kind}.")
        elif len(info) > 2 or info[1] not in fences.KINDS:
            self.faults.add(line, unknown("fence", " ".join(info[1:]), fences.KINDS))
        elif info[1] == "chapter":
            self._facts(Fence(token.content, line, self.faults))
        elif self.scene is None:
            self.faults.add(line, f"this {info[1]} stands before the first scene. Put it under a '## scene-id'.")
        else:
            self._part(info[1], Fence(token.content, line, self.faults), self.scene)

    def _code(self, text: str, line: int) -> None:
        if self.scene is None:
            self.faults.add(line, "this code stands before the first scene. Put it under a '## scene-id'.")
        if bad := stray(text):
            self.faults.add(line, f"the code holds the control character {bad}. Remove it.")
        self._say(Paragraph("code", (Span("code", text.rstrip("\n")),), line))

    def _facts(self, fence: Fence) -> None:
        if self.facts_fence:
            self.faults.add(fence.line, "there is a second 'toml chapter' fence. Join them.")
            return
        if self.scene:
            self.faults.add(fence.line, "the facts stand too late. Put them right after the title.")
        self.facts_fence = fence
        self.facts = fences.facts(fence) if fence.sound else None
        if self.facts:
            self.chapter_id = self.facts.id

    def _part(self, kind: str, fence: Fence, scene: _Draft) -> None:
        if kind == "lesson":
            if scene.lesson_line:
                self.faults.add(fence.line, f"scene {scene.id!r} has a second lesson. Put it into a scene of its own.")
                return
            scene.lesson_line = fence.line
        if not fence.sound:
            return
        if kind == "lesson":
            scene.lesson = fences.lesson(fence)
        elif kind == "page":
            made = fences.page(fence)
            scene.pages += [made] if made else []
        else:
            count = sum(isinstance(q, Question) and q.kind == kind for q in scene.questions)
            name = f"{self.chapter_id}/{kind}-{scene.id}" + (f"-{count + 1}" if count else "")
            scene.questions += fences.questions(kind, fence, name)

    def _list(self, block: Block) -> None:
        """Choices and variants; in the theory, an ordinary list."""
        assert self.scene is not None
        variants: list[Paragraph] = []
        for item in split(block[1:-1]):
            line = _line(item)
            content = split(item[1:-1])
            inline = self._inline(content[0][1], line) if content and content[0][0].type == "paragraph_open" else None
            if inline and re.match(r"\[[^\]\n]*\]\(\s*[^)\n]*\s[^)\n]*\)", content[0][1].content):
                self.faults.add(line, "the link holds a space. Scene ids have none: '- [Label](#the-forge)'.")
                continue
            if inline is None or len(content) > 1:
                if self.scene.why_line:
                    self._theory(item)
                else:
                    self.faults.add(line, "a list item holds one paragraph: a choice or a variant. Move the rest.")
            elif inline.opens_with("link_open"):
                with self.faults.at(line):
                    if len(self.scene.choices) == MAX_CHOICES:
                        raise Mistake(f"scene {self.scene.id!r} has more than {MAX_CHOICES} choices. Divide it.")
                    self.scene.choices.append(choices.choice(inline))
            elif re.match(r"one of\b", inline.code() or ""):
                variant = choices.variant(inline)
                variants += [variant] if variant else []
            elif self.scene.why_line:
                self._theory(item)
            else:
                self.faults.add(
                    line,
                    "a list item begins with a link (a choice: '- [Label](#scene)') or with `one of` (a variant). "
                    "The condition of a choice stands after its link.",
                )
        if variants:
            self._say(Variants(tuple(variants), _line(block)))

    def _theory(self, block: Block) -> None:
        """Ordinary Markdown, flattened into passages."""
        assert self.scene is not None
        mark = ""
        number = int(block[0].attrGet("start") or 1) if block[0].type == "ordered_list_open" else 0
        for token in block:
            if token.type == "list_item_open" and token.level - block[0].level <= 1:
                mark = f"{number}. " if number else "• "
                number += bool(number)
            elif token.type in ("fence", "code_block"):
                self._code(token.content, _line([token]))
            elif token.type == "inline":
                inline = self._inline(token, _line([token]))
                said = inline.paragraph()
                if said:
                    self._say(replace(said, pieces=(Span("", mark), *said.pieces) if mark else said.pieces))
                mark = ""
            elif token.type in _REFUSED and token.type not in ("ordered_list_open", "blockquote_open"):
                self.faults.add(_line([token]), _REFUSED[token.type])


_REFUSED = {
    "html_block": "a chapter holds no HTML. Use Markdown, or put it into backticks.",
    "hr": "a rule has no meaning in a chapter. Remove it.",
    "ordered_list_open": "a numbered list has no meaning here. Choices are list items that begin with '-' and a link.",
    "blockquote_open": "a quotation has no meaning here. Write '**D:** ...' for what is spoken.",
    "code_block": "four spaces or a tab made code of this. Move it to the left edge, or fence it with ```.",
}


def _line(block: Block) -> int:
    return block[0].map[0] + 1 if block[0].map else 1


def _slip(text: str) -> str:
    """What a paragraph was meant to be, where its first mark is not right; empty for a paragraph."""
    if mark := re.match(r"(#{1,6})\w", text):
        return f"a heading has a space after its {mark[1]}. Write '{mark[1]} ' before its words."
    if _FENCE.match(text):
        return "a fence begins with three backticks on a line of its own. Write ```toml lesson, and ``` after it."
    if re.match(r"[-*+]?\[[^\]\n]*\]\((#|[^)\s]*\.md)", text):
        return "a choice is a list item. Write '- ' before its link, and an empty line above the first choice."
    return ""
