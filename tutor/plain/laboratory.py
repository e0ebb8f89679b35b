"""The Laboratory line by line: an experiment is chosen, and its bench is used until the player leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from lessons import metrics
from lessons.free import OpenOffer
from lessons.mistakes import Mistake, unknown
from lessons.settings import GROUPS, setting
from tutor import freeplay, home
from tutor.pages import spoken
from tutor.plain.desk import TakenUp
from tutor.plain.teller import Teller
from tutor.plain.workbench import Workbench

if TYPE_CHECKING:
    from lessons.report import Report
    from tutor.freebench import FreeBench
    from tutor.freeplay import Work
    from tutor.game import Game

HELP = """\
In free play:
  train           practise on one seed           judge  train five fresh seeds: mean and error
  set NAME VALUE  any value that it can have     reset [NAME]  one setting as at the start, or all
  settings        how everything stands          settings WORD  what may be clicked through
  code            the program as it stands       export FILE.py  write it to a file
  share           a line that makes the last run again
  picture [NAME]  the network of the last run, drawn; or picture all
  journal [WORD]  every run so far               laboratory NAME  another experiment
  leave           back to where you were         quit   leave the castle; everything is saved
  help PAGE       a page of help, such as help laboratory-free"""
FIRST = "Type train, set NAME VALUE, settings, or help; leave leads back."
LEAVE = ("leave", "back", "l", "b")


class FreeWorkbench(Workbench):
    """What can be done at a bench of free play."""

    @property
    def commands(self) -> dict[str, Callable[[str], bool]]:
        """The words that may be typed."""
        words = {name: command for name, command in super().commands.items() if name not in ("predict", "why", "hint")}
        return {**words, "reset": self.reset}

    @property
    def _free(self) -> FreeBench:
        assert self.game.free is not None
        return self.game.free

    def open(self) -> None:
        """What lies on the bench when the player comes to it."""
        bench = self._free
        self._teller.say()
        self._teller.say(f"--- Laboratory: {bench.title} ---")
        self._teller.say(f"{bench.challenge.recipe.facts.words} {len(bench.settings)} settings can be turned.")
        self.settings("")
        self._teller.say(FIRST)

    def settings(self, words: str) -> bool:
        """How everything stands; with a word, what the settings that are called so may be clicked through."""
        bench = self._free
        if words:
            return self._steps(words.lower())
        idles = bench.idles
        for name, kinds in GROUPS.items():
            there = [kind for kind in kinds if kind.name in bench.settings and kind.name not in idles]
            shown = (
                f"{kind.name} {bench.challenge.offer(kind.name).listed(bench.settings[kind.name])}" for kind in there
            )
            self._teller.say(f"  {name}: {', '.join(shown)}")
        self._teller.say(f"  idle as it stands: {', '.join(name for name in bench.settings if name in idles)}")
        self._teller.say(f"  turned: {', '.join(bench.turned) or 'nothing'}")
        self._teller.say(f"  last: {bench.last_words}")
        for front, made in zip(("mean", "before"), bench.readers, strict=False):
            self._teller.say(f"  {front}: {bench.readers_words(made)} ({bench.seeds(made)} seeds)")
        return True

    def _steps(self, words: str) -> bool:
        bench = self._free
        found = [
            offer for offer in bench.challenge.offers if words in f"{offer.name} {setting(offer.name).label}".lower()
        ]
        if not found:
            raise unknown("setting", words, bench.settings)
        for offer in found:
            assert isinstance(offer, OpenOffer)
            value, kind = bench.settings[offer.name], setting(offer.name)
            steps = (f"[{offer.listed(s)}]" if s == value else offer.listed(s) for s in offer.among(value))
            idle = f" (does nothing without {needed})" if (needed := bench.idle(offer.name)) else ""
            self._teller.say(f"  {offer.name}: {', '.join(steps)}{idle}")
            self._teller.say(f"    {kind.words} Allowed: {kind.allowed}.")
        return True

    def judge(self, _: str) -> bool:
        """Train fresh seeds, and say what they reach on average."""
        before = self._free.tries
        self.run(self.game.judge())
        self._teller.say(self.game.message)
        made = next(iter(self._free.readers), None)
        if self._free.tries == before or made is None:
            return True
        from tutor.freebench import with_error

        for name, summary in self._free.summary(made).items():
            if not metrics.metric(name).quiet:
                self._teller.say(f"  {metrics.metric(name).label}: {with_error(name, summary)}")
        return True

    def reset(self, name: str) -> bool:
        """Set one setting as at the start, or all."""
        bench = self._free
        if name:
            bench.challenge.offer(name)
        bench.reset(name)
        self._teller.say(
            f"{name} is {setting(name).show(bench.settings[name])} again." if name else "All is as at the start."
        )
        return True

    def _pictures(self) -> tuple[str, ...]:
        return self._free.pictures

    @property
    def _seen(self) -> Report | None:
        return self._free.newest


class Laboratory:
    """Answers to ``laboratory ...``; the player is back where they were in the end."""

    def __init__(
        self,
        game: Game,
        teller: Teller,
        loop: asyncio.AbstractEventLoop,
        ask: Callable[[str], str],
        attempt: Callable[[Callable[[str], bool], str], bool],
        others: dict[str, Callable[[str], bool]],
    ) -> None:
        """``ask`` gets the next line, ``attempt`` carries out a command, ``others`` are those that work here, too."""
        self._game, self._teller, self._ask, self._attempt = game, teller, ask, attempt
        self._others = others
        self._workbench = FreeWorkbench(game, teller, loop)

    def look_up(self, rest: str) -> bool:
        """List the experiments, or take one up; the player is where they were afterwards."""
        if not self._enter(rest):
            return True
        try:
            while self._heard():
                while self._game.notices:
                    self._teller.say(f"[{self._game.notices.pop(0)}]")
        finally:
            self._game.leave_laboratory()
        self._teller.say("You leave the laboratory.")
        return True

    def _enter(self, rest: str) -> bool:
        """Whether a bench was taken up; without a name, or with a word, the experiments are listed."""
        works = freeplay.works(home.data(self._game.options.data))
        if rest.isascii() and rest.isdigit():
            if not 1 <= int(rest) <= len(works):
                raise Mistake(f"Type: laboratory and a number from 1 to {len(works)}.")
            rest = works[int(rest) - 1].name
        found = [(n, work) for n, work in enumerate(works, 1) if rest.lower() in work.haystack]
        if not (freeplay.named(rest) or any(work.name == rest for work in works)) and (found or not rest):
            self._list(found)
            return False
        self._game.enter_laboratory(rest)
        self._workbench.open()
        return True

    def _list(self, found: list[tuple[int, Work]]) -> None:
        data = ""
        for number, work in found:
            if work.data != data:
                data = work.data
                self._teller.say(f"{data[:1].upper()}{data[1:]}{' (not at hand)' if work.absent else ''}:")
            self._teller.say(f"  {number}. {work.title} ({work.name}): {work.words}")
            if work.absent:
                self._teller.say(f"     {work.absent}")
        self._teller.say("Type laboratory NUMBER, or its name, to take one up.")
        self._teller.say(freeplay.HOW)

    def _heard(self) -> bool:
        """Hear one command; whether the player stays."""
        try:
            word, _, rest = self._ask("laboratory> ").partition(" ")
        except TakenUp:  # the tale was edited meanwhile, which is told already
            return True
        word = word.lower()
        commands = self._commands()
        if word in LEAVE:
            return False
        if word not in commands:
            self._teller.say(f"{word!r} is not a command here. Type help." if word else FIRST)
            return True
        self._attempt(commands[word], rest.strip())
        return True

    def _commands(self) -> dict[str, Callable[[str], bool]]:
        named = {**self._workbench.commands, **self._others, "laboratory": self._enter, "help": self._help}
        return {name[0]: command for name, command in reversed(named.items())} | named | {"?": self._help}

    def _help(self, page: str) -> bool:
        if page:
            self._teller.say(spoken(page))
        else:
            self._teller.lines(HELP)
        return True
