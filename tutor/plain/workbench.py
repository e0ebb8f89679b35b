"""The commands of a laboratory scene, line by line. Each says whether the player is still in the scene."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from lessons import metrics
from lessons.mistakes import Mistake, unknown
from lessons.settings import SETTINGS, setting
from lessons.source import changed_lines
from story import blanks
from tutor.bench import UNSEEN, example
from tutor.journal import apart
from tutor.plain import verdict
from tutor.plain.readings import Readings
from tutor.plain.running import Runner
from tutor.plain.teller import Teller
from tutor.plain.wishes import trained_on

if TYPE_CHECKING:
    from lessons.challenge import Offer
    from lessons.report import Report
    from tutor.bench import Bench
    from tutor.game import Game

LIT = 4
"""Changed lines of the program that are shown when a setting is turned."""
WAKING = "The apprentice takes its place ..."
ASIDE: dict[str, set[str]] = {
    "weight_norm": {"weight_decay", "l1", "init", "gain", "init_std"},
    "sparsity": {"l1"},
    "zeros": {"l1"},
    "dead_units": {"activation"},
    "epochs_run": {"patience"},
    "parameters": {"widths", "depth", "channels"},
    "seconds": {"batch_size"},
}
"""Measures that are told unasked only where one of these settings matters, or the lesson asks for them."""
UNLOCKED = "Now settings can be turned: set NAME VALUE. Type measures for all that was measured, why for the theory."
SEVERAL = "{} fresh apprentices take their places ..."


class Workbench(Readings):
    """What can be done at the bench of the scene that the game stands in."""

    def __init__(self, game: Game, teller: Teller, loop: asyncio.AbstractEventLoop) -> None:
        self.game, self._teller = game, teller
        self._runner = Runner(game, teller, loop)
        self._predicted_on: dict[str, Any] | None = None
        """The settings as they stood when the player last committed to a prediction here."""

    @property
    def commands(self) -> dict[str, Callable[[str], bool]]:
        """The words that may be typed."""
        names = ("train", "judge", "set", "predict", "settings", "code", "why", "hint", "export", "share", "picture")
        return {name: getattr(self, name) for name in (*names, "hints", "measures", "curves")}

    def open(self, whole: bool = False) -> None:
        """What lies on the bench when the player comes to it; ``whole`` tells all, what was heard before, too."""
        self._stand(whole)
        if whole and self._bench.hints:
            self.hints("")
        elif self._bench.hints:
            self._teller.say(f"  hints opened: {len(self._bench.hints)}; type hints to hear them")
        if self._bench.locked:
            self._teller.say("First see it fail: type train.")

    # how it stands

    def settings(self, words: str) -> bool:
        """What can be turned, and the goal; with words, what the settings do that are called so."""
        if words:
            self._explain(words.lower().split())
        else:
            self._stand()
            self._teller.say(f"  training on: {trained_on(self.game)}")
            self._teller.say("settings WORD tells what a setting does.")
        return True

    def _stand(self, whole: bool = True) -> None:
        """How it stands; without ``whole``, what is asked is left out."""
        bench = self._bench
        for offer in bench.challenge.offers:
            self._teller.say(f"  {self._listed(offer)}")
        self._teller.say(f"  goal: {bench.wanted_words}, over {bench.challenge.seeds} fresh seeds")
        self._teller.say(f"  last: {bench.last_words} {apart(bench, bench.newest)}".rstrip())
        asked = bench.challenge.predict
        if asked is None:
            return
        if whole:
            self._teller.say(f"  asked before the verdict: {asked.ask} {asked.rule}".rstrip())
        if bench.prediction is None:
            again = "" if whole else "; predict alone says what is asked"
            self._teller.say(f"  you predict: nothing yet. Type: predict {self._sayable}{again}")
        else:
            self._teller.say(f"  you predict: {self._prediction}")

    def _listed(self, offer: Offer) -> str:
        """A setting as it stands, and its steps: no sign among these would be heard."""
        value = self._bench.settings[offer.name]
        steps = (offer.listed(step) for step in self._steps(offer))
        idle = f" (does nothing without {needed})" if (needed := self._bench.idle(offer.name)) else ""
        return f"{offer.name}: {offer.listed(value)}, of {', '.join(steps)}{idle}"

    def _steps(self, offer: Offer) -> Sequence[Any]:
        """What a setting may be clicked through."""
        return offer.choices

    def _allowed(self, offer: Offer) -> str:
        """What else may be given; empty where the steps are all."""
        return ""

    def _explain(self, words: list[str]) -> None:
        """The settings with all these words about them: those so called, else those that do something of the kind."""
        from tutor.freebench import called, found

        bench = self._bench
        turned = [name for name, start in bench.challenge.start.items() if bench.settings[name] != start]
        if words == ["turned"] and not turned:
            self._teller.say("Nothing is turned: all is as at the start.")
            return
        offers = bench.challenge.offers
        exact = [offer for offer in offers if offer.name == "_".join(words)]
        named = exact or [offer for offer in offers if all(word in called(offer.name, turned) for word in words)]
        chosen = named or [offer for offer in offers if found(offer.name, words, turned)]
        if not chosen:
            raise unknown("setting", " ".join(words), bench.settings)
        for offer in chosen:
            kind = setting(offer.name)
            label = "" if kind.label.lower() == offer.name.replace("_", " ") else f"{kind.label}. "
            self._teller.say(f"  {self._listed(offer)}")
            self._teller.say(f"    {label[:1].upper()}{label[1:]}{kind.words}{self._allowed(offer)}")

    # training

    def run(self, work: Coroutine[Any, Any, None], opening: str = "") -> None:
        """Train, telling now and then; ctrl+c ends the run, not the game."""
        if opening:
            self._teller.say(opening)
        self._runner.run(work)

    def train(self, _: str) -> bool:
        """Practise on one seed."""
        locked = self._bench.locked
        self.run(self.game.practise(), WAKING)
        self._teller.say(self.game.message)
        bench = self.game.bench
        if bench and bench.last and not bench.last.diverged:
            for name in _told(bench, bench.last, self._about):
                self._teller.say(f"  {metrics.metric(name).label}: {metrics.show(name, bench.last.means[name])}")
        if bench and locked and not bench.locked:
            self._teller.say(UNLOCKED)
        return True

    @property
    def _about(self) -> set[str]:
        """The settings that matter here."""
        return set(self._bench.settings)

    def judge(self, _: str) -> bool:
        """Ask for the verdict; the tale goes on."""
        bench = self._bench
        if missing := bench.why_not_judge():
            self._teller.say(missing)
            if bench.challenge.predict and not bench.locked:
                self._ask_prediction()
            return True
        predict = bench.challenge.predict
        if predict and self._predicted_on != bench.settings:  # said before these were turned, or on another day
            self._teller.say(f"You predicted: {self._prediction}.")
        self.run(self.game.judge(), SEVERAL.format(bench.challenge.seeds))
        judged = self.game.verdict
        if judged is None:
            self._teller.say(self.game.message)
            return True
        for line in verdict.lines(judged):
            self._teller.say(line)
        if judged.diagnosis == "diverged":
            self._teller.say(self.game.message)
        for line in verdict.foretold(judged, predict.metric if predict else ""):
            self._teller.say(line)
        self._teller.say("Passed." if judged.passed else "Not passed.")
        self.game.go_on()
        return False

    def set(self, rest: str) -> bool:
        """Turn a setting."""
        name, text = self._split(rest.replace("=", " ").split())
        if not text:
            raise Mistake("Type: set NAME VALUE, such as set dropout 0.5.")
        bench = self._bench
        before, value = bench.source.experiment, bench.parse(name, text)
        bench.turn(name, value)
        needed = bench.idle(name)
        idle = f" It does nothing without {needed}." if needed else ""
        self._teller.say(f"{name} is now {SETTINGS[name].show(value)}.{idle}")
        after = bench.source.experiment
        lines = after.splitlines()
        lit = [lines[n] for n in changed_lines(before, after) if lines[n].strip()]
        if lit:
            more = [f"... and {len(lit) - LIT} more lines: type code"] if len(lit) > LIT else []
            self._teller.lines("\n".join([*lit[:LIT], *more]), "  ")
        return True

    def _split(self, words: list[str]) -> tuple[str, str]:
        """The setting that is meant, by its name or by what is written beside its dial, and the words after it."""
        for end in range(len(words), 0, -1):
            said = " ".join(words[:end]).lower().replace("_", " ")
            for offer in self._bench.challenge.offers:
                if said in (offer.name.replace("_", " "), setting(offer.name).label.lower()):
                    return offer.name, " ".join(words[end:])
        return words[0] if words else "", " ".join(words[1:])

    # predicting

    @property
    def _prediction(self) -> str:
        """What was committed to, in words."""
        predict = self._bench.challenge.predict
        return blanks.said(self._bench.prediction, predict.metric if predict else "")

    @property
    def _sayable(self) -> str:
        predict = self._bench.challenge.predict
        if predict is None or predict.options:
            return ", ".join(predict.options) if predict else ""
        return example(predict)

    def _ask_prediction(self) -> None:
        asked = self._bench.challenge.predict
        assert asked is not None
        self._teller.say(f"{asked.ask} {asked.rule}".strip())
        self._teller.say(f"Type: predict {self._sayable}")

    def predict(self, rest: str) -> bool:
        """Commit to a prediction; without one, hear what is asked."""
        if not rest and self._bench.challenge.predict:
            self._ask_prediction()
            return True
        self._bench.predict(rest)
        self._predicted_on = dict(self._bench.settings)
        self._teller.say(f"You predict: {self._prediction}.")
        return True

    # reading

    def why(self, _: str) -> bool:
        """The theory, once it is open."""
        if not self._bench.why_open:
            self._teller.say("The theory opens after the first run. Type train.")
            return True
        self._teller.passages(self.game.why())
        return True

    def hint(self, _: str) -> bool:
        """Open a hint, or hear how one is earned."""
        self._teller.say(self._bench.hint())
        return True

    def hints(self, _: str) -> bool:
        """The hints that were opened, once more."""
        told = self._bench.hints
        for number, hint in enumerate(told, 1):
            self._teller.say(f"Hint {number}: {hint}")
        if not told:
            self._teller.say("No hint is open here yet. Type hint.")
        return True


def _told(bench: Bench, made: Report, settings: set[str]) -> list[str]:
    """The measures of practice that are told unasked; left out is what says little of this lesson."""
    challenge = bench.challenge
    asked = {name for way in challenge.ways for name in way.goal.metrics}
    asked |= {challenge.predict.metric} if challenge.predict else set()
    aside = {name for name, about in ASIDE.items() if name not in asked and not settings & about}
    return [name for name in made.means if name not in {*UNSEEN, *aside} and not metrics.metric(name).quiet]
