"""In which order and how deep scenes are drawn, so that a long chapter stays narrow.

A scene is drawn inside the nearest scene that every way to it goes through: its immediate
dominator (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """The scenes that one scene leads to, as a tree."""

    inside: Mapping[str, tuple[str, ...]]
    """For each scene, those drawn inside it, in the order in which they are met."""
    size: Mapping[str, int]
    """How many scenes a scene holds, itself counted."""

    def main(self, name: str) -> str | None:
        """The scene that the tale goes on with: the one that holds most, if there is one such."""
        sizes = sorted((self.size[n] for n in self.inside[name]), reverse=True)
        if not sizes or sizes[1:2] == sizes[:1]:
            return None
        return max(self.inside[name], key=lambda n: self.size[n])


def order(start: str, after: Mapping[str, Sequence[str]]) -> Order:
    """The order of all scenes that ``start`` leads to; ``after`` says which follow on each."""
    names = _met(start, after)
    place = {name: number for number, name in enumerate(names)}
    before: dict[str, list[str]] = {name: [] for name in names}
    for name in names:
        for follower in after[name]:
            before[follower].append(name)
    holder = {start: start}
    changed = True
    while changed:
        changed = False
        for name in names[1:]:
            known = [b for b in before[name] if b in holder]
            found = known[0]
            for other in known[1:]:
                while found != other:
                    if place[found] > place[other]:
                        found = holder[found]
                    else:
                        other = holder[other]
            changed |= holder.get(name) != found
            holder[name] = found
    inside: dict[str, list[str]] = {name: [] for name in names}
    size = dict.fromkeys(names, 1)
    for name in names[1:]:
        inside[holder[name]].append(name)
    for name in reversed(names[1:]):
        size[holder[name]] += size[name]
    return Order({name: tuple(held) for name, held in inside.items()}, size)


def _met(start: str, after: Mapping[str, Sequence[str]]) -> list[str]:
    """Every scene that ``start`` leads to, each after those that lead to it, loops apart."""
    seen, left = {start}, []
    way = [(start, iter(after[start][::-1]))]
    while way:
        name, rest = way[-1]
        new = next((n for n in rest if n not in seen), None)
        if new is None:
            left.append(name)
            way.pop()
        else:
            seen.add(new)
            way.append((new, iter(after[new][::-1])))
    return left[::-1]
