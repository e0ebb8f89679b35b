"""Lays generated lines out as a formatter would: at most 88 columns wide."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent, indent

WIDTH = 88


def call(head: str, arguments: Sequence[str], tail: str = "", at: int = 0) -> str:
    """``head(arguments)tail`` at an indentation; on one line if it fits, else on three, else one argument a line.

    ``head`` ends with its opening bracket, ``tail`` begins with the closing one.
    """
    pad, tail = " " * at, tail or ")"
    line = f"{pad}{head}{', '.join(arguments)}{tail}"
    if len(line) <= WIDTH:
        return line + "\n"
    inner = f"{pad}    {', '.join(arguments)}"
    if len(inner) <= WIDTH:
        return f"{pad}{head}\n{inner}\n{pad}{tail}\n"
    listed = "".join(f"{pad}    {argument},\n" for argument in arguments)
    return f"{pad}{head}\n{listed}{pad}{tail}\n"


def fitted(head: str, arguments: Sequence[str], tail: str = "", at: int = 0) -> str:
    """``call``, laid out for that indentation but without it, as a line of a ``block``."""
    return dedent(call(head, arguments, tail, at)).rstrip("\n")


def listed(head: str, items: Sequence[str], tail: str = "", at: int = 0) -> str:
    """``head[items]tail`` at an indentation: on one line if it fits, else one item a line."""
    pad = " " * at
    line = f"{pad}{head}[{', '.join(items)}]{tail}"
    if len(line) <= WIDTH:
        return line + "\n"
    return f"{pad}{head}[\n" + "".join(f"{pad}    {item},\n" for item in items) + f"{pad}]{tail}\n"


def block(lines: Sequence[str], at: int) -> str:
    """Lines at an indentation, each with its end."""
    return indent("\n".join(lines) + "\n", " " * at) if lines else ""
