"""The graph of chapters for a person: a tree of 80 columns."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from tutor.author.graph_order import order
from tutor.author.graphs import Edge, Map, label, notes

if TYPE_CHECKING:
    from rich.tree import Tree

COLUMNS = 80


def draw(plan: Map) -> str:
    """Each chapter as a tree from its first scene; every scene stands in it once."""
    return "\n".join(_Drawing(plan, number).text() for number in plan.drawn)


class _Drawing:
    """One chapter while it is drawn."""

    def __init__(self, plan: Map, number: int) -> None:
        self.plan = plan
        self.number = number
        self.chapter = plan.tale.chapters[number]
        self.left = {scene.id: None for scene in self.chapter.scenes}

    def text(self) -> str:
        from rich.console import Console

        count = len(self.left)
        scenes = f"{count} scene" if count == 1 else f"{count} scenes"
        tree = _tree(f"{self.chapter.title} ({self.chapter.path.name}, {scenes})")
        self._from(tree, self.chapter.scenes[0].id)
        reached = {name for number, name in self.plan.reached if number == self.number}
        self._others(tree, "Entered from another chapter", [n for n in self.left if n in reached])
        self._others(tree, "Never reached", list(self.left))
        screen = Console(file=StringIO(), width=COLUMNS, color_system=None, highlight=False, emoji=False)
        with screen.capture() as caught:
            screen.print(tree)
        return "".join(line.rstrip() + "\n" for line in caught.get().splitlines())

    def _others(self, tree: Tree, title: str, names: list[str]) -> None:
        branch = None
        for name in names:
            if name in self.left:
                branch = branch or tree.add(_text(title))
                self._from(branch, name)

    def _from(self, branch: Tree, start: str) -> None:
        """Draws a scene and all that it leads to, as far as that is not drawn yet."""
        after = {name: [edge.to[1] for edge in self._edges(name) if self._new(edge)] for name in self.left}
        self.order = order(start, after)
        self._scene(branch, start)

    def _edges(self, name: str) -> tuple[Edge, ...]:
        return self.plan.edges[self.number, name]

    def _new(self, edge: Edge) -> bool:
        return edge.to is not None and edge.to[0] == self.number and edge.to[1] in self.left

    def _scene(self, branch: Tree, name: str | None) -> None:
        """Draws a scene with what it holds. The main way goes on at the same depth, other ways go deeper."""
        while name is not None:
            del self.left[name]
            scene = self.plan.scene((self.number, name))
            node = branch.add(_text(name))
            main = self.order.main(name)
            inside = [n for n in self.order.inside[name] if n != main]
            for line in notes(self.chapter, scene):
                node.add(_text(line))
            for edge in self._edges(name):
                leaf = node.add(_text(self._line(edge)))
                if edge.to and edge.to[0] == self.number and edge.to[1] in inside:
                    inside.remove(edge.to[1])
                    self._scene(leaf, edge.to[1])
            for other in inside:
                self._scene(branch, other)
            name = main

    def _line(self, edge: Edge) -> str:
        words, *rest = label(edge)
        if edge.kind != "choice" and rest:
            words, rest = f"{words} ({rest[0]})", []
        where = self.plan.name(edge.to, self.number) if edge.to else f"nowhere: {edge.written}"
        return f"{words} -> {where}" + (f" [{'; '.join(rest)}]" if rest else "")


def _tree(words: str) -> Tree:
    from rich.tree import Tree

    return Tree(_text(words))


def _text(words: str):  # type: ignore[no-untyped-def]
    from rich.text import Text

    return Text(words)
