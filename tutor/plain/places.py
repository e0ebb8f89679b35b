"""The map and the grimoire, line by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lessons.mistakes import Mistake
from tutor import places
from tutor.plain.teller import Teller

if TYPE_CHECKING:
    from tutor.game import Game
    from tutor.places import Leaf, Room

YES = ("yes", "y")
Thing = TypeVar("Thing")


class Places:
    """Answers to ``map``, ``go`` and ``grimoire``; each says whether the player is still where they were."""

    def __init__(self, game: Game, teller: Teller, ask: Callable[[str], str]) -> None:
        """``ask`` gets the next line after a prompt."""
        self._game, self._teller, self._ask = game, teller, ask

    @property
    def commands(self) -> dict[str, Callable[[str], bool]]:
        """The words that may be typed, also at the gate."""
        return {"map": self.map, "grimoire": self.grimoire, "go": self.go}

    # the map

    def map(self, rest: str) -> bool:
        """All rooms, or what is known of one."""
        rooms = places.rooms(self._game)
        if rest:
            self._room(_nth(rooms, rest, "map"))
            return True
        done = sum(room.state == "done" for room in rooms)
        self._teller.say(f"{'The castle' if rooms[0].place else 'The chapters'}: {done} of {len(rooms)} done.")
        for room in rooms:
            self._teller.say(f"  {_name(room)}")
        self._teller.say("map NUMBER tells more about a room; go NUMBER goes there.")
        return True

    def _room(self, room: Room) -> None:
        say = self._teller.say
        say(_name(room))
        if room.state == "locked":
            say(f"  {room.bars}")
        say(f"  teaches: {', '.join(room.teaches) or 'nothing by name'}")
        say(f"  takes: about {places.minutes(self._game, room)} minutes")
        say(f"  pages of the grimoire: {room.pages}")
        for best in room.best:
            say(f"  your best in {best.place}: {best.metric} {best.reached}{'' if best.passed else ', not passed'}")

    def go(self, rest: str) -> bool:
        """Into a room that is open, after a question where a place in the tale is given up for it."""
        room = _nth(places.rooms(self._game), rest, "go")
        if room.state == "locked":
            raise Mistake(f"{room.title} is locked. {room.bars}")
        if self._game.halfway:
            self._teller.say(f"You are at: {self._game.where}. {places.GIVEN_UP}")
            if self._ask(f"Type yes to begin {room.title}{' again' * room.here}: ").lower() not in YES:
                self._teller.say("You stay.")
                return True
        self._game.open_chapter(room.id)
        return False

    # the grimoire

    def grimoire(self, rest: str) -> bool:
        """All leaves, or one, or all written to a file."""
        if rest.endswith(".py"):
            from tutor.grimoire import write

            path = Path(rest).expanduser()
            try:
                write(self._game.book.pages(), path)
            except Mistake as error:
                raise Mistake(f"not written: {error}") from None
            self._teller.lines(f"written: {path}")  # a path is not to be broken
            return True
        leaves = places.leaves(self._game)
        if rest:
            self._leaf(_nth(leaves, rest, "grimoire"))
            return True
        won = sum(leaf.won is not None for leaf in leaves)
        self._teller.say(f"The grimoire: {won} of {len(leaves)} pages won.")
        if not won:
            self._teller.say(places.NO_PAGES if not leaves else places.EMPTY)
            return True
        for number, leaf in enumerate(leaves, 1):
            self._teller.say(f"  {number}. {leaf.won.technique if leaf.won else 'empty'} ({leaf.chapter})")
        self._teller.say("grimoire NUMBER reads a page; grimoire FILE.py writes all of them as one module.")
        return True

    def _leaf(self, leaf: Leaf) -> None:
        won, say = leaf.won, self._teller.say
        if won is None:
            return say(f"This leaf is empty. {leaf.chapter} is where it is won.")
        say(won.technique[:1].upper() + won.technique[1:])
        say(won.does)
        if line := places.line(won):
            say("In PyTorch:")
            self._teller.lines(line, "    ")
        say(f"Won in {leaf.chapter}, {places.place(won)}. Your best run, {places.seeds(won)}:")
        for label, value in places.evidence(won):
            say(f"  {label}: {value}")
        label, course = places.course(won)
        if course:
            say(f"  {label}, night by night: {', '.join(f'{value} (night {night})' for night, value in course)}")


def _name(room: Room) -> str:
    return f"{room.number}. {room.title}{f', the {room.place}' if room.place else ''}: {room.said}"


def _nth(things: list[Thing], text: str, command: str) -> Thing:
    """The one of that number; a ``Mistake`` says which there are."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= len(things)):
        raise Mistake(f"Type: {command} and a number from 1 to {len(things)}.")
    return things[int(text) - 1]
