"""The Laboratory line by line: an experiment is chosen, and its bench is used until the player leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lessons import metrics
from lessons.free import FIXED, OpenOffer
from lessons.mistakes import Mistake, clip, unknown
from lessons.settings import GROUPS, setting
from lessons.share import turned
from tutor import freeplay, home
from tutor.journal import apart
from tutor.plain import helping
from tutor.plain.desk import TakenUp
from tutor.plain.questions import not_a_command
from tutor.plain.teller import Teller
from tutor.plain.workbench import SEVERAL, Workbench

if TYPE_CHECKING:
    from lessons.challenge import Offer
    from lessons.report import Report
    from tutor.freebench import FreeBench
    from tutor.freeplay import Work
    from tutor.game import Game

FIRST = "Type train, set NAME VALUE, settings, or help; leave leads back."
TOLD = ("test_accuracy", "test_loss", "gap", "validation_accuracy", "validation_loss")
"""What is told unasked of several seeds."""
TAKE = "Type laboratory NUMBER, or its name, to take one up; laboratory about NUMBER tells more."
TALE = ("predict", "why", "hint", "hints")
"""Commands of a lesson that make no sense without one."""
LEAVE = ("leave", "back", "l", "b")


class FreeWorkbench(Workbench):
    """What can be done at a bench of free play."""

    @property
    def commands(self) -> dict[str, Callable[[str], bool]]:
        """The words that may be typed."""
        words = {name: command for name, command in super().commands.items() if name not in TALE}
        return {**words, "reset": self.reset}

    @property
    def _free(self) -> FreeBench:
        assert self.game.free is not None
        return self.game.free

    def open(self, whole: bool = False) -> None:
        """What lies on the bench when the player comes to it."""
        bench = self._free
        self._teller.say()
        self._teller.say(f"--- Laboratory: {bench.title} ---")
        self._teller.say(f"{bench.challenge.recipe.facts.words} {len(bench.settings)} settings can be turned.")
        self._teller.say(f"  turned: {', '.join(bench.turned) or 'nothing'}")
        self._teller.say(f"  last: {bench.last_words} {apart(bench, bench.newest)}".rstrip())
        self._teller.say(FIRST)

    def _stand(self, whole: bool = True) -> None:
        """How everything stands."""
        bench, idles = self._free, self._free.idles
        for name, kinds in GROUPS.items():
            there = [kind for kind in kinds if kind.name in bench.settings and kind.name not in idles]
            shown = (
                f"{kind.name} {bench.challenge.offer(kind.name).listed(bench.settings[kind.name])}" for kind in there
            )
            self._teller.say(f"  {name}: {', '.join(shown)}")
        self._teller.say(f"  idle as it stands: {', '.join(name for name in bench.settings if name in idles)}")
        self._teller.say(f"  turned: {', '.join(bench.turned) or 'nothing'}")
        if bench.newest not in bench.readers[:1]:  # else the mean below is of the last run
            self._teller.say(f"  last: {bench.last_words} {apart(bench, bench.newest)}".rstrip())
        for front, made in zip(("mean", "before"), bench.readers, strict=False):
            words = f"{bench.readers_words(made)} ({bench.seeds(made)} seeds) {apart(bench, made)}".rstrip()
            self._teller.say(f"  {front}: {words}")

    def _steps(self, offer: Offer) -> Sequence[Any]:
        assert isinstance(offer, OpenOffer)
        return offer.among(self._free.settings[offer.name])

    def _allowed(self, offer: Offer) -> str:
        return f" Allowed: {setting(offer.name).allowed}."

    def judge(self, _: str) -> bool:
        """Train fresh seeds, and say what they reach on average."""
        before = self._free.tries
        self.run(self.game.judge(), SEVERAL.format(len(self._free.verdict_seeds())))
        self._teller.say(self.game.message)
        made = next(iter(self._free.readers), None)
        if self._free.tries == before or made is None:
            return True
        from tutor.anybench import with_error

        for name, summary in self._free.summary(made).items():
            if name in TOLD:
                self._teller.say(f"  {metrics.metric(name).label}: {with_error(name, summary)}")
        self._teller.say("measures tells all of them.")
        return True

    def set(self, rest: str) -> bool:
        """Turn a setting; there are too many to name them all where one is not known."""
        name = rest.replace("=", " ").partition(" ")[0]
        if name and name not in self._free.settings and "Allowed" in str(unknown("", name, self._free.settings)):
            raise Mistake(f"setting {clip(name)} is not known. Type settings: all of them are named there.")
        return super().set(rest)

    @property
    def _about(self) -> set[str]:
        return set(self._free.turned)

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
        self._teller.say("You leave the laboratory. Type look to hear where you are.")
        return True

    def _enter(self, rest: str) -> bool:
        """Whether a bench was taken up; without a name they are counted, and those with these words are listed."""
        works = freeplay.works(home.data(self._game.options.data))
        first, _, name = rest.partition(" ")
        if first.lower() == "about":
            self._card(_named(works, name.strip()))
            return False
        if rest.isascii() and rest.isdigit():
            rest = _named(works, rest).name
        words = rest.lower().split()
        found = [(n, work) for n, work in enumerate(works, 1) if all(word in work.haystack for word in words)]
        if rest.lower() == "all":
            found = list(enumerate(works, 1))
        elif not rest:
            self._groups(works)
            return False
        if not (freeplay.named(rest) or any(work.name == rest for work in works)):
            if not found:
                raise _none(works, rest)
            self._list(found)
            return False
        self._game.enter_laboratory(rest)
        self._workbench.open()
        return True

    def _groups(self, works: list[Work]) -> None:
        """How many experiments there are on which data: to hear them all takes minutes."""
        counts = freeplay.counts(self._game.book)
        for data in dict.fromkeys(work.data for work in works):
            there = [(number, work) for number, work in enumerate(works, 1) if work.data == data]
            first, last = there[0][0], there[-1][0]
            named = f"{first} to {last}" if last > first else f"{first}, {there[0][1].title}"
            absent = " (not at hand)" if there[0][1].absent else ""
            made = sum(counts.get(work.name, 0) for _, work in there)
            yours = f"; {_runs(made)}" if made else ""
            self._teller.say(f"  {data[:1].upper()}{data[1:]}: {named}{yours}{absent}")
        self._teller.say("laboratory WORD lists those with that word about them, laboratory all every one of them.")
        self._teller.say(TAKE)

    def _list(self, found: list[tuple[int, Work]]) -> None:
        data, counts = "", freeplay.counts(self._game.book)
        for number, work in found:
            if work.data != data:
                data = work.data
                self._teller.say(f"{data[:1].upper()}{data[1:]}{' (not at hand)' if work.absent else ''}:")
            yours = f" {_runs(counts[work.name])}." if work.name in counts else ""
            self._teller.say(f"  {number}. {work.title} ({work.name}): {work.words}{yours}")
            if work.absent:
                self._teller.say(f"     {work.absent}")
        self._teller.say(TAKE)
        self._teller.say(freeplay.HOW)

    def _card(self, work: Work) -> None:
        """What an experiment is, what it learns from, how it is set, and what was done with it."""
        from tutor.journal import label

        facts, runs = work.recipe.facts, freeplay.counts(self._game.book).get(work.name, 0)
        rows = f"{work.recipe.train_size:,} of {facts.rows:,} training rows, {facts.inputs} inputs"
        ends = f"{facts.outputs} classes" if facts.outputs > 1 else "one number to foretell"
        self._teller.say(f"{work.title} ({work.name}): {work.words}")
        self._teller.say(f"  {facts.words} {rows}, {ends}.")
        if work.absent:
            self._teller.say(f"  {work.absent}")
        pairs = (pair.partition("=") for pair in turned(work.recipe))
        shown = [f"{label(name)} {value}" for name, _, value in pairs if name != FIXED]
        self._teller.say(f"  set otherwise than usual: {', '.join(shown) or 'nothing'}")
        self._teller.say(f"  {_runs(runs)} in the journal")

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
            self._teller.say(not_a_command(word, commands) if word else FIRST)
            return True
        self._attempt(commands[word], rest.strip())
        return True

    def _commands(self) -> dict[str, Callable[[str], bool]]:
        named = {**self._workbench.commands, **self._others, "laboratory": self._enter, "help": self._help}
        return {name[0]: command for name, command in reversed(named.items())} | named | {"?": self._help}

    def _help(self, page: str) -> bool:
        if page:
            helping.tell(self._teller, page, helping.FREE, self._game.folder)
        else:
            helping.tell_all(self._teller, helping.FREE)
        return True


def _named(works: Sequence[Work], text: str) -> Work:
    """The experiment of that number or name; a ``Mistake`` says which there are."""
    if text.isascii() and text.isdigit():
        if not 1 <= int(text) <= len(works):
            raise Mistake(f"Type: laboratory and a number from 1 to {len(works)}.")
        return works[int(text) - 1]
    for work in works:
        if work.name == text.lower():
            return work
    raise _none(works, text)


def _none(works: Sequence[Work], text: str) -> Mistake:
    """That there is none of that name, without naming them all."""
    near = get_close_matches(text.lower(), [work.name for work in works], n=1, cutoff=0.6)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return Mistake(f"no experiment has {clip(text)} about it.{meant} Type laboratory to hear which there are.")


def _runs(count: int) -> str:
    return f"{count or 'no'} run{'s' * (count != 1)} of yours"
