"""The graph of chapters as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tutor.author.graphs import Edge, Map, Place, kind, label, notes, short

SHAPES = {
    "scene": ("[", "]"),
    "lesson": ("{{", "}}"),
    "question": ("[/", "/]"),
    "end": ("([", "])"),
    "nowhere": (">", "]"),
    "outside": ("[[", "]]"),
}
_UNSAFE = re.compile(r"[^\w ,.:?!()'=+-]|_")
"""All that may mean something to Mermaid, to HTML or to Markdown inside a label."""


def draw(plan: Map) -> str:
    """A flowchart with a subgraph for each chapter; a condition makes an arrow dashed."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Map) -> Iterator[str]:
    yield "flowchart TD"
    for number in plan.drawn:
        chapter = plan.tale.chapters[number]
        yield f"  subgraph chapter{plan.code(number)} [{_quoted([chapter.title])}]"
        for scene in chapter.scenes:
            said = [scene.id, *(short(note, 60) for note in notes(chapter, scene))]
            yield f"    {_node(_name(plan, (number, scene.id)), kind(chapter, scene), said)}"
        yield "  end"
    outside: dict[str, str] = {}
    arrows = []
    for number in plan.drawn:
        for scene in plan.tale.chapters[number].scenes:
            here = _name(plan, (number, scene.id))
            for count, edge in enumerate(plan.edges[number, scene.id]):
                to = _name(plan, edge.to) if edge.to else f"{here}_nowhere{count}"
                if edge.to is None:
                    outside[to] = _node(to, "nowhere", ["nowhere", edge.written])
                elif edge.to[0] not in plan.drawn:
                    outside[to] = _node(to, "outside", [plan.name(edge.to)])
                arrows.append(f"  {here} {_arrow(edge)}|{_quoted(label(edge))}| {to}")
    yield from (f"  {node}" for node in outside.values())
    yield from arrows


def _arrow(edge: Edge) -> str:
    if edge.kind != "choice":
        return "==>"
    return "-.->" if edge.conditional else "-->"


def _name(plan: Map, place: Place) -> str:
    """A node's name. Scene ids have no underscore, so two never become one; no reserved word begins so."""
    return f"c{plan.code(place[0])}_{place[1].replace('-', '_')}"


def _node(name: str, shape: str, lines: Iterable[str]) -> str:
    left, right = SHAPES[shape]
    return f"{name}{left}{_quoted(lines)}{right}"


def _quoted(lines: Iterable[str]) -> str:
    """Lines as one label, with what may have a meaning there written as a character number."""
    safe = (_UNSAFE.sub(lambda found: f"#{ord(found[0])};", line) for line in lines)
    return '"' + "<br/>".join(safe) + '"'
