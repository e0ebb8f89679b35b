"""The graph of chapters in the DOT language of Graphviz (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tutor.author.graphs import Edge, Map, Place, kind, label, notes, short

SHAPES = {"scene": "box", "lesson": "hexagon", "question": "note", "end": "doubleoctagon"}


def draw(plan: Map) -> str:
    """A digraph with a cluster for each chapter; a condition makes an arrow dashed."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Map) -> Iterator[str]:
    yield "digraph tale {"
    yield '  fontname="Helvetica";'
    yield '  node [fontname="Helvetica", shape=box];'
    yield '  edge [fontname="Helvetica", fontsize=10];'
    for number in plan.drawn:
        chapter = plan.tale.chapters[number]
        yield f"  subgraph cluster_{plan.code(number)} {{"
        yield f"    label={_quoted([chapter.title])};"
        for scene in chapter.scenes:
            said = _quoted([scene.id, *(short(note, 60) for note in notes(chapter, scene))])
            shape = SHAPES[kind(chapter, scene)]
            grey = "" if (number, scene.id) in plan.reached else ", color=grey, fontcolor=grey"
            yield f"    {_name(plan, (number, scene.id))} [label={said}, shape={shape}{grey}];"
        yield "  }"
    outside: dict[str, str] = {}
    arrows = []
    for number in plan.drawn:
        for scene in plan.tale.chapters[number].scenes:
            for count, edge in enumerate(plan.edges[number, scene.id]):
                to = _name(plan, edge.to) if edge.to else f'"nowhere {plan.code(number)}/{scene.id}/{count}"'
                if edge.to is None:
                    outside[to] = f"label={_quoted(['nowhere', edge.written])}, shape=box, style=dotted"
                elif edge.to[0] not in plan.drawn:
                    outside[to] = f"label={_quoted([plan.name(edge.to)])}, shape=folder"
                arrows.append(f"  {_name(plan, (number, scene.id))} -> {to} [{', '.join(_looks(edge))}];")
    yield from (f"  {name} [{looks}];" for name, looks in outside.items())
    yield from arrows
    yield "}"


def _looks(edge: Edge) -> Iterator[str]:
    yield f"label={_quoted(label(edge))}"
    if edge.conditional:
        yield "style=dashed"
    if edge.kind != "choice":
        yield "style=bold"
        yield f"color={'darkgreen' if edge.kind == 'pass' else 'firebrick'}"


def _name(plan: Map, place: Place) -> str:
    """A node's name: no scene's id holds a quote or a backslash."""
    return f'"{plan.code(place[0])}/{place[1]}"'


def _quoted(lines: Iterable[str]) -> str:
    """Lines as one label. A backslash begins an escape there, and an ampersand an entity."""
    safe = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(safe) + '"'
