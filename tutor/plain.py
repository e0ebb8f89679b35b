"""The same game line by line: no full screen, for pipes, screen readers and transcripts."""

from __future__ import annotations

import asyncio
import signal
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from lessons import metrics
from lessons.mistakes import Mistake
from lessons.settings import SETTINGS
from tutor.game import Game, Options

if TYPE_CHECKING:
    from story.telling import Asked, Passage

WIDTH = 78
REPORTS = 6
"""Lines that a run prints while it trains."""

HELP = """\
Type the number of what you want to do, or:
  look            tell this scene again          back   take the last step back
  help            this page                      quit   leave; everything is saved
In a laboratory also:
  train           practise on one seed           judge  ask for the verdict: five fresh seeds
  set NAME VALUE  turn a setting                 predict WORD  commit to a prediction
  settings        what can be turned, and the goal
  code            the program as it stands       why    the theory, after the first run
  hint            opened by runs that miss       export FILE.py  write the program to a file"""


class Leave(Exception):
    """The player goes, or the input has ended."""


class Plain:
    """Reads commands from ``lines``, tells to ``out``."""

    def __init__(self, game: Game, lines: Iterator[str], out: TextIO, prompt: bool) -> None:
        self.game, self._lines, self._out, self._prompt = game, lines, out, prompt
        # Not asyncio.run: its handler would swallow a ctrl+c while a line is being read.
        self._loop = asyncio.new_event_loop()

    def play(self) -> int:
        """Until the player leaves; the exit code."""
        try:
            self.game.load()
            waking = self._loop.create_task(self.game.wake())
            self._notices()
            self._title()
            while True:
                self._scene()
        except Leave:
            self._notices()
            saved = not self.game.book.unsaved
            self._say(f"Farewell. {'Everything is saved.' if saved else 'What you did last is not saved.'}")
            return 0
        finally:
            with suppress(UnboundLocalError):
                waking.cancel()
            self._loop.run_until_complete(self.game.close())
            self._loop.close()

    # telling

    def _say(self, text: str = "") -> None:
        for line in text.split("\n"):
            # What is indented (choices, answers, figures) stays indented where it wraps.
            indent = " " * (len(line) - len(line.lstrip()) + (3 if line.startswith("  ") else 0))
            print(textwrap.fill(line, WIDTH, subsequent_indent=indent), file=self._out)
        self._out.flush()

    def _notices(self) -> None:
        while self.game.notices:
            self._say(f"[{self.game.notices.pop(0)}]")

    def _passages(self, passages: Iterable[Passage]) -> None:
        for passage in passages:
            if passage.kind == "code":
                print(textwrap.indent(passage.text.rstrip(), "    "), file=self._out)
            elif passage.kind == "speech":
                self._say(f"{passage.speaker}: {passage.text}")
            else:
                self._say(passage.text)
            self._say()

    def _ask(self, prompt: str) -> str:
        """The next line, stripped; raises Leave at the end of the input."""
        if self._prompt:
            print(prompt, end="", file=self._out, flush=True)
        line = next(self._lines, None)
        if line is None:
            raise Leave
        if not self._prompt:
            # A transcript shows what was typed.
            print(f"{prompt}{line.rstrip()}", file=self._out)
        return line.strip()

    # playing

    def _title(self) -> None:
        self._say("CASTLE DRACULA")
        self._say("Where networks are raised, in the dark, by one who has the time. Type help for help.")
        self._say()
        if not self.game.can_continue:
            self.game.new()
            return
        self._say(f"  1. Continue: {self.game.where}")
        self._say("  2. Begin anew")
        while True:
            word = self._ask("> ").lower()
            if word in ("1", "continue", "c"):
                return self.game.resume()
            if word in ("2", "new", "n"):
                return self.game.new()
            if word in ("quit", "q"):
                raise Leave
            self._say("Type 1 to continue or 2 to begin anew.")

    def _scene(self) -> None:
        """Tell one scene, then hear commands until the place changes."""
        game = self.game
        self._say()
        self._say(f"--- {game.title}: {game.place} ---")
        self._say()
        told = 0
        while True:
            passages = game.passages()  # as far as the next question
            self._passages(passages[told:])
            told = len(passages)
            if not (questions := game.questions()):
                break
            while not self._answered(questions[0]):
                pass
        for page in game.pages():
            self._say(f"[A page of your grimoire is written: {page.technique}. {page.does}]")
        if game.bench:
            self._workbench()
        elif game.ended and not game.choices():
            self._say("Here the tale rests.")
            raise Leave
        self._choices()
        here = (game.play.chapter.id, game.play.scene.id)
        while (game.play.chapter.id, game.play.scene.id) == here and self._hear():
            self._notices()
        self._notices()

    def _answered(self, question: Asked) -> bool:
        self._say(question.ask)
        for number, line in enumerate(question.code, 1):
            print(f"    {number:2d}  {line}", file=self._out)
        for number, option in enumerate(question.options, 1):
            self._say(f"  {number}. {option}")
        word = self._ask("? ")
        if word.lower() in ("quit", "q"):
            raise Leave
        if not (word.isascii() and word.isdigit() and 1 <= int(word) <= len(question.options)):
            self._say(f"Type a number from 1 to {len(question.options)}.")
            return False
        answered = self.game.answer(question.id, int(word) - 1)
        self._say("Right." if answered.right else "Not so.")
        self._say(answered.say)
        self._say()
        return True

    def _choices(self) -> None:
        for number, choice in enumerate(self.game.choices(), 1):
            self._say(f"  {number}. {choice.label}")

    def _hear(self) -> bool:
        """One command; False where the scene is to be told anew."""
        word, _, rest = self._ask("> ").partition(" ")
        word, rest = word.lower(), rest.strip()
        try:
            if word.isascii() and word.isdigit():
                return self._choose(int(word))
            command = self._commands().get(word)
            if command is None:
                self._say(f"{word!r} is not a command here. Type help." if word else "Type a number, or help.")
                return True
            return command(rest)
        except Mistake as error:
            self._say(f"{error}")
            return True

    def _commands(self) -> dict[str, Callable[[str], bool]]:
        common = {"look": self._look, "back": self._back, "help": self._help, "quit": self._quit}
        if self.game.bench:
            common |= {
                "train": self._train,
                "judge": self._judge,
                "set": self._set,
                "predict": self._predict,
                "settings": self._settings,
                "code": self._code,
                "why": self._why,
                "hint": self._hint,
                "export": self._export,
            }
        return common | {name[0]: command for name, command in reversed(common.items())}

    def _choose(self, number: int) -> bool:
        choices = self.game.choices()
        if not 1 <= number <= len(choices):
            self._say(f"There are {len(choices)} choices here." if choices else "There is nothing to choose here.")
            return True
        self.game.choose(number - 1)
        return False

    def _look(self, _: str) -> bool:
        return False

    def _back(self, _: str) -> bool:
        if not self.game.undo():
            self._say("There is nothing to take back.")
            return True
        return False

    def _help(self, _: str) -> bool:
        print(HELP, file=self._out)
        return True

    def _quit(self, _: str) -> bool:
        raise Leave

    # the laboratory

    @property
    def _bench(self):  # type: ignore[no-untyped-def]
        assert self.game.bench is not None
        return self.game.bench

    def _workbench(self) -> None:
        self._settings("")
        if self._bench.locked:
            self._say("First see it fail: type train.")

    def _settings(self, _: str) -> bool:
        bench = self._bench
        for offer in bench.challenge.offers:
            kind = SETTINGS[offer.name]
            shown = ", ".join(
                f"[{kind.show(choice)}]" if choice == bench.settings[offer.name] else kind.show(choice)
                for choice in offer.choices
            )
            self._say(f"  {offer.name}: {shown}")
        self._say(f"  goal: {' and '.join(bench.goal_words)}, over {bench.challenge.seeds} fresh seeds")
        self._say(f"  last: {bench.last_words}")
        if bench.challenge.predict:
            said = bench.prediction
            self._say(f"  you predict: {said if said is not None else 'nothing yet'}")
        return True

    def _train(self, _: str) -> bool:
        self._run(self.game.practise())
        self._say(self.game.message)
        if self.game.bench and self.game.bench.last and not self.game.bench.last.diverged:
            for name, value in self.game.bench.last.means.items():
                self._say(f"  {metrics.metric(name).label}: {metrics.show(name, value)}")
        return True

    def _judge(self, _: str) -> bool:
        bench = self._bench
        if missing := bench.why_not_judge():
            self._say(missing)
            if bench.challenge.predict and not bench.locked:
                self._say(f"{bench.challenge.predict.ask} Type: predict {self._sayable()}")
            return True
        self._run(self.game.judge())
        verdict = self.game.verdict
        if verdict is None:
            self._say(self.game.message)
            return True
        again = f", {verdict.pooled} of them from before on the same settings" if verdict.pooled else ""
        self._say(f"The verdict, over {verdict.seeds} seeds{again}:")
        for outcome in verdict.outcomes:
            self._say(f"  {outcome.explain()}")
        if verdict.diagnosis == "diverged":
            self._say(self.game.message)
        if verdict.predicted is not None:
            right = {True: "rightly", False: "wrongly", None: "and nothing can say whether rightly"}
            self._say(f"  You predicted {verdict.predicted}, {right[verdict.predicted_right]}.")
        self._say("Passed." if verdict.passed else "Not passed.")
        self.game.go_on()
        return False

    def _sayable(self) -> str:
        predict = self._bench.challenge.predict
        return ", ".join(predict.options) if predict.options else "a number"

    def _run(self, work: Awaitable[None]) -> None:
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
                self._say(f"  {_progress_words(running)}")

        self.game.on_change = tell
        task = self._loop.create_task(work)  # type: ignore[arg-type]
        stopping: list[asyncio.Task[None]] = []

        def stop() -> None:
            stopping.append(self._loop.create_task(self.game.stop()))

        handled = False
        with suppress(NotImplementedError, ValueError):
            self._loop.add_signal_handler(signal.SIGINT, stop)
            handled = True
        try:
            self._loop.run_until_complete(task)
        finally:
            if handled:
                self._loop.remove_signal_handler(signal.SIGINT)
            self.game.on_change = lambda: None
        for stopped in stopping:
            self._loop.run_until_complete(stopped)

    def _set(self, rest: str) -> bool:
        name, _, text = rest.replace("=", " ").partition(" ")
        if not text.strip():
            raise Mistake("Type: set NAME VALUE, such as set dropout 0.5.")
        value = self._bench.parse(name.strip(), text.strip())
        self._bench.turn(name.strip(), value)
        self._say(f"{name} is now {SETTINGS[name].show(value)}.  {SETTINGS[name].line(value)}")
        return True

    def _predict(self, rest: str) -> bool:
        self._bench.predict(rest)
        self._say(f"You predict: {self._bench.prediction}.")
        return True

    def _code(self, _: str) -> bool:
        lit = set(self._bench.lit)
        for number, line in enumerate(self._bench.source.experiment.splitlines()):
            print(f"{'>' if number in lit else ' '} {line}".rstrip(), file=self._out)
        return True

    def _why(self, _: str) -> bool:
        if not self._bench.why_open:
            self._say("The theory opens after the first run. Type train.")
            return True
        self._passages(self.game.why())
        return True

    def _hint(self, _: str) -> bool:
        self._say(self._bench.hint())
        return True

    def _export(self, rest: str) -> bool:
        if not rest:
            raise Mistake("Type: export FILE.py")
        for path in self.game.export(Path(rest).expanduser()):
            self._say(f"written: {path}")
        return True


def _progress_words(running) -> str:  # type: ignore[no-untyped-def]
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


def play_plain(options: Options) -> int:
    """Play on standard input and output."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal of few letters must not end the game
    lines = iter(sys.stdin.readline, "")
    return Plain(Game(options), lines, sys.stdout, prompt=sys.stdin.isatty()).play()
