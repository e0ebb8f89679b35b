"""The commands of a laboratory scene, line by line. Each says whether the player is still in the scene."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons import metrics
from lessons.mistakes import Mistake
from lessons.settings import SETTINGS
from lessons.source import changed_lines
from story import blanks
from tutor.bench import UNSEEN
from tutor.plain.teller import Teller
from tutor.watching import WatchedGame

if TYPE_CHECKING:
    from lessons.report import Report
    from tutor.bench import Bench
    from tutor.game import Game
    from tutor.laboratory import Running

LIT = 4
"""Changed lines of the program that are shown when a setting is turned."""
EVERY = 0.5
"""Seconds between two looks at the files of a chapter that is being written."""
PICTURE = (74, 20)
"""Columns and rows of a picture, which is set in by two columns."""
REPORTS = 6
"""Lines that a run prints while it trains."""


class Workbench:
    """What can be done at the bench of the scene that the game stands in."""

    def __init__(self, game: Game, teller: Teller, loop: asyncio.AbstractEventLoop) -> None:
        self.game, self._teller, self._loop = game, teller, loop

    @property
    def commands(self) -> dict[str, Callable[[str], bool]]:
        """The words that may be typed."""
        names = ("train", "judge", "set", "predict", "settings", "code", "why", "hint", "export", "share", "picture")
        return {name: getattr(self, name) for name in names}

    @property
    def _bench(self) -> Bench:
        assert self.game.bench is not None
        return self.game.bench

    def open(self) -> None:
        """What lies on the bench when the player comes to it."""
        self.settings("")
        if self._bench.locked:
            self._teller.say("First see it fail: type train.")

    def settings(self, _: str) -> bool:
        """What can be turned, and the goal."""
        bench = self._bench
        for offer in bench.challenge.offers:
            shown = ", ".join(
                f"[{offer.listed(choice)}]" if choice == bench.settings[offer.name] else offer.listed(choice)
                for choice in offer.choices
            )
            idle = f" (does nothing without {needed})" if (needed := bench.idle(offer.name)) else ""
            self._teller.say(f"  {offer.name}: {shown}{idle}")
        self._teller.say(f"  goal: {bench.wanted_words}, over {bench.challenge.seeds} fresh seeds")
        self._teller.say(f"  last: {bench.last_words}")
        if bench.challenge.predict:
            said = bench.prediction
            self._teller.say(f"  asked before the verdict: {bench.challenge.predict.ask}")
            self._teller.say(f"  you predict: {said if said is not None else 'nothing yet'}")
        return True

    def train(self, _: str) -> bool:
        """Practise on one seed."""
        self.run(self.game.practise())
        self._teller.say(self.game.message)
        if self.game.bench and self.game.bench.last and not self.game.bench.last.diverged:
            for name, value in self.game.bench.last.means.items():
                if name in UNSEEN or metrics.metric(name).quiet:
                    continue
                self._teller.say(f"  {metrics.metric(name).label}: {metrics.show(name, value)}")
        return True

    def judge(self, _: str) -> bool:
        """Ask for the verdict; the tale goes on."""
        bench = self._bench
        if missing := bench.why_not_judge():
            self._teller.say(missing)
            if bench.challenge.predict and not bench.locked:
                asked = bench.challenge.predict
                self._teller.say(f"{asked.ask} {asked.rule}".strip())
                self._teller.say(f"Type: predict {self._sayable()}")
            return True
        self.run(self.game.judge())
        verdict = self.game.verdict
        if verdict is None:
            self._teller.say(self.game.message)
            return True
        again = f", {verdict.pooled} of them from before on the same settings" if verdict.pooled else ""
        self._teller.say(f"The verdict, over {verdict.seeds} seeds{again}:")
        for outcome in verdict.outcomes:
            self._teller.say(f"  {outcome.explain()}")
        if not verdict.passed and verdict.diagnosis != "diverged":
            self._teller.say("  What it lacks is reckoned with one standard error against you.")
        if verdict.diagnosis == "diverged":
            self._teller.say(self.game.message)
        if verdict.predicted is not None:
            right = {True: "rightly", False: "wrongly", None: "and nothing can say whether rightly"}
            said = blanks.said(verdict.predicted, verdict.predict_metric)
            self._teller.say(f"  You predicted {said}, {right[verdict.predicted_right]}.")
        self._teller.say("Passed." if verdict.passed else "Not passed.")
        self.game.go_on()
        return False

    def _sayable(self) -> str:
        predict = self._bench.challenge.predict
        if predict is None or predict.options:
            return ", ".join(predict.options) if predict else ""
        from tutor.bench import example

        return example(predict)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Train, telling now and then; ctrl+c ends the run, not the game."""
        told = -1

        def tell() -> None:
            nonlocal told
            running = self.game.laboratory and self.game.laboratory.running
            if running is None:
                return
            step = int(running.progress * REPORTS)
            if step > told and running.curves:
                told = step
                self._teller.say(f"  {_progress_words(running)}")

        self.game.on_change = tell
        task = self._loop.create_task(work)
        looking = self._loop.create_task(self._look_on())
        stopping: list[asyncio.Task[None]] = []

        def stop() -> None:
            stopping.append(self._loop.create_task(self.game.stop()))

        handled = False
        with suppress(NotImplementedError, ValueError, RuntimeError):
            self._loop.add_signal_handler(signal.SIGINT, stop)
            handled = True
        try:
            self._loop.run_until_complete(task)
        finally:
            looking.cancel()
            if handled:
                self._loop.remove_signal_handler(signal.SIGINT)
            self.game.on_change = lambda: None
        for stopped in stopping:
            self._loop.run_until_complete(stopped)

    async def _look_on(self) -> None:
        """While a run trains: say that something was saved in the chapter, and what is wrong with it."""
        told: tuple[str, ...] = ()
        while isinstance(self.game, WatchedGame):
            await asyncio.sleep(EVERY)
            if self.game.training:
                self.game.look()
            words = (self.game.standing, *self.game.mistakes) if self.game.waiting else ()
            if words and words != told:
                told = words
                self._teller.lines("\n".join([f"[{words[0]}]", *words[1:]]))

    def set(self, rest: str) -> bool:
        """Turn a setting."""
        name, _, text = rest.replace("=", " ").partition(" ")
        if not text.strip():
            raise Mistake("Type: set NAME VALUE, such as set dropout 0.5.")
        bench = self._bench
        before, value = bench.source.experiment, bench.parse(name.strip(), text.strip())
        bench.turn(name.strip(), value)
        needed = bench.idle(name.strip())
        idle = f" It does nothing without {needed}." if needed else ""
        self._teller.say(f"{name.strip()} is now {SETTINGS[name.strip()].show(value)}.{idle}")
        after = bench.source.experiment
        lines = after.splitlines()
        lit = [lines[n] for n in changed_lines(before, after) if lines[n].strip()]
        if lit:
            more = [f"... and {len(lit) - LIT} more lines: type code"] if len(lit) > LIT else []
            self._teller.lines("\n".join([*lit[:LIT], *more]), "  ")
        return True

    def predict(self, rest: str) -> bool:
        """Commit to a prediction."""
        self._bench.predict(rest)
        self._teller.say(f"You predict: {self._bench.prediction}.")
        return True

    def code(self, _: str) -> bool:
        """The experiment as it stands; turned lines are marked."""
        lit = set(self._bench.lit)
        rows = enumerate(self._bench.source.experiment.splitlines())
        self._teller.lines("\n".join(f"{'>' if number in lit else ' '} {line}".rstrip() for number, line in rows))
        return True

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

    def export(self, rest: str) -> bool:
        """Write the program to a file."""
        if not rest:
            raise Mistake("Type: export FILE.py, or export FILE.ipynb for a notebook.")
        for path in self.game.export(Path(rest).expanduser()):
            self._teller.say(f"written: {path}")
        return True

    def share(self, _: str) -> bool:
        """A line that makes the last run again, here or on another machine."""
        self._teller.lines(f"tutor run --from {self._bench.share}")
        return True

    def picture(self, rest: str) -> bool:
        """What the last run looks like inside: the picture of that name, all, or the one the lesson is about."""
        from tutor.pictures import choosing
        from tutor.pictures.picture import of_report

        names, last = self._pictures(), self._seen
        asked = names if rest == "all" else (rest or names[0],)
        kinds = [choosing.kind(name) for name in asked]
        if last is None:
            self._teller.say("Nothing was trained here yet. Type train, and it is drawn.")
            return True
        sight = of_report(last)
        for kind in kinds:
            if sight.view is None and kind.needs_look:
                self._teller.say(f"{kind.name}: what that run looked like inside is not kept. Type train once more.")
                continue
            picture = choosing.draw(kind.name, sight, *PICTURE)
            # The sentence first: whoever hears the lines needs no other.
            self._teller.say(f"{picture.title}: {picture.words}")
            self._teller.lines(picture.text, "  ")
        others = [name for name in names if name not in asked]
        if others:
            self._teller.say(f"Drawn on request: picture {', '.join(others)}{', or all' if not rest else ''}.")
        return True

    def _pictures(self) -> tuple[str, ...]:
        """The pictures that make sense here, the first being what the lesson is about."""
        from tutor.pictures import choosing

        challenge = self._bench.challenge
        return choosing.chosen(challenge.recipe_for({}), [offer.name for offer in challenge.offers])

    @property
    def _seen(self) -> Report | None:
        """The run that is drawn."""
        return self._bench.last


def _progress_words(running: Running) -> str:
    """Where a run stands: nights, and the curves' last values averaged over the seeds."""
    words = f"night {running.epoch} of {running.epochs}"
    if len(running.seeds) > 1:
        words += f" ({len(running.done)} of {len(running.seeds)} done)"
    kind = "accuracy" if any("train_accuracy" in columns for columns in running.curves.values()) else "loss"
    shown = []
    for split, name in (("training", f"train_{kind}"), ("validation", f"validation_{kind}")):
        last = [columns[name][-1] for columns in running.curves.values() if name in columns]
        shown.append(f"{split} {metrics.show(name, metrics.summarise(last).mean)}")
    return f"{words}: {kind} {', '.join(shown)}"
