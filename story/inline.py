"""The inside of a paragraph: styled spans, blanks, and the marks at its head."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.token import Token

from lessons.mistakes import Mistake, clip
from story import blanks, conditions
from story.chapter import Blank, Paragraph, Span
from story.conditions import Condition
from story.faults import Faults, stray

_STYLES = {"em_open": "em", "strong_open": "strong"}
_SPEAKER = re.compile(r"([A-Z]):")


@dataclass
class Inline:
    """The tokens of one block, with the line on which they begin."""

    tokens: list[Token]
    line: int
    faults: Faults

    def __post_init__(self) -> None:
        self.tokens = [t for t in self.tokens if t.type != "text" or t.content]

    def opens_with(self, kind: str) -> bool:
        """Whether the first token is of that kind."""
        return bool(self.tokens) and self.tokens[0].type == kind

    def code(self) -> str | None:
        """The code span at the head, if there is one."""
        return self.tokens[0].content.strip() if self.opens_with("code_inline") else None

    def drop(self, count: int) -> None:
        """Takes tokens off the head, and the space that follows them."""
        for token in self.tokens[:count]:
            self.line += token.type in ("softbreak", "hardbreak")
        self.tokens = self.tokens[count:]
        while self.tokens and self.tokens[0].type in ("text", "softbreak", "hardbreak"):
            first = self.tokens[0]
            if first.type == "text" and first.content.strip():
                first.content = first.content.lstrip()
                break
            self.line += first.type != "text"
            self.tokens = self.tokens[1:]

    def condition(self) -> Condition | None:
        """Takes `` `if ...` `` off the head."""
        code = self.code()
        if code is None or not re.match(r"if\b", code, re.IGNORECASE):
            return None
        line = self.line
        self.drop(1)
        with self.faults.at(line):
            if code[:2] != "if":
                raise Mistake(f"condition {clip(code)} has capitals. Write `if` in small letters.")
            return conditions.parse(code[2:])
        return None

    def speaker(self) -> str:
        """Takes ``**D:**`` off the head."""
        kinds = [t.type for t in self.tokens[:3]]
        if kinds == ["strong_open", "text", "strong_close"]:
            match = _SPEAKER.fullmatch(self.tokens[1].content.strip())
            after = self.tokens[3].content if len(self.tokens) > 3 else ""
            if re.fullmatch(r"[A-Z]", self.tokens[1].content) and after.startswith(":"):
                letter = self.tokens[1].content
                self.faults.add(self.line, f"the colon stands within the stars. Write '**{letter}:** ...'.")
            if match:
                self.drop(3)
                return match[1]
        return ""

    def paragraph(self, condition: Condition | None = None) -> Paragraph | None:
        """What is left, as one passage."""
        line = self.line
        condition = condition or self.condition()
        speaker = self.speaker()
        before = len(self.faults)
        pieces = self.pieces(self.tokens)
        if not pieces and len(self.faults) > before:
            return None
        if not pieces:
            self.faults.add(line, "this passage says nothing. Write its words on the same line, after the marks.")
            return None
        return Paragraph("speech" if speaker else "narration", pieces, line, speaker, condition)

    def pieces(self, tokens: list[Token]) -> tuple[Span | Blank, ...]:
        """The tokens as spans and blanks; what may not stand in a text is noted as an error."""
        made: list[Span | Blank] = []
        styles = [""]
        line = self.line
        for token in tokens:
            if token.type in _STYLES:
                styles.append(_STYLES[token.type])
            elif token.type in ("em_close", "strong_close"):
                styles.pop()
            elif token.type in ("softbreak", "hardbreak"):
                line += 1
                _append(made, Span(styles[-1], " " if token.type == "softbreak" else "\n"))
            elif token.type == "code_inline":
                self._safe(token.content, line)
                _append(made, Span("code", token.content))
            elif token.type == "text":
                self._safe(token.content, line)
                with self.faults.at(line):
                    for piece in blanks.split(token.content, styles[-1], line):
                        _append(made, piece)
            elif token.type == "html_inline" and token.content.startswith("<!--"):
                line += token.content.count("\n")  # a note of the author's to themselves
            else:
                self._refuse(token, line)
        return tuple(made)

    def _safe(self, text: str, line: int) -> None:
        if bad := stray(text):
            self.faults.add(line, f"the text holds the control character {bad}. Remove it.")

    def _refuse(self, token: Token, line: int) -> None:
        if token.type == "link_open":
            self.faults.add(line, "a link stands only at the head of a list item, as a choice. Write it as plain text.")
        elif token.type == "image":
            self.faults.add(line, "a chapter holds no images. Remove it, or tell it in words.")
        elif token.type == "html_inline":
            self.faults.add(line, "a chapter holds no HTML. Use Markdown, or put it into backticks.")
        elif token.type != "link_close":
            self.faults.add(line, f"{token.type} has no meaning in a chapter. Remove it.")


def _append(made: list[Span | Blank], piece: Span | Blank) -> None:
    """Adds a piece, joined to the one before where the style is the same."""
    last = made[-1] if made else None
    if isinstance(piece, Span) and isinstance(last, Span) and last.style == piece.style:
        made[-1] = Span(last.style, last.text + piece.text)
    else:
        made.append(piece)
