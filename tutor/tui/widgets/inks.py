"""The colours of a source text, after the theme's own names; imports Pygments, so import it late."""

from __future__ import annotations

from typing import ClassVar

from pygments.token import Token
from textual.highlight import HighlightTheme, TokenType


class CodeInks(HighlightTheme):
    """Quiet: keywords and names of classes stand out a little, numbers a little more."""

    STYLES: ClassVar[dict[TokenType, str]] = {
        Token.Comment: "$muted italic",
        Token.Keyword: "$training",
        Token.Keyword.Constant: "$training",
        Token.Literal.Number: "$foreground bold",
        Token.Literal.String: "$met",
        Token.Literal.String.Doc: "$muted italic",
        Token.Name.Class: "bold",
        Token.Name.Function: "bold",
        Token.Name.Function.Magic: "bold",
        Token.Name.Builtin.Pseudo: "italic",
        Token.Operator: "$muted",
        Token.Operator.Word: "$training",
        Token.Punctuation: "$muted",
    }
