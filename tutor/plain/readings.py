"""What may be heard of a bench and of its last run: program, measures, curves, pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lessons import metrics
from lessons.mistakes import Mistake, unknown
from tutor.plain.teller import Teller

if TYPE_CHECKING:
    from lessons.report import Report
    from tutor.bench import Bench
    from tutor.game import Game
    from tutor.pictures.picture import Picture

PICTURE = (74, 20)
"""Columns and rows of a picture, which is set in by two columns."""
NOTHING = "Nothing was trained here yet. Type train."
WORDS = "words"
"""What is typed for pictures in sentences alone."""


class Readings:
    """The commands that change nothing. Each says whether the player is still in the scene."""

    game: Game
    _teller: Teller
    _drawn = False
    """Whether a picture was drawn before, and what there is instead was said."""

    @property
    def _bench(self) -> Bench:
        assert self.game.bench is not None
        return self.game.bench

    @property
    def _seen(self) -> Report | None:
        """The run that is drawn."""
        return self._bench.last

    # the program

    def code(self, rest: str) -> bool:
        """The experiment as it stands, turned lines marked; or the whole program."""
        if rest == "all":
            self._teller.lines(self._bench.source.text)
            return True
        if rest:
            raise Mistake("type: code, or code all for the whole program.")
        lit = set(self._bench.lit)
        rows = enumerate(self._bench.source.experiment.splitlines())
        self._teller.lines("\n".join(f"{'>' if number in lit else ' '} {line}".rstrip() for number, line in rows))
        return True

    def export(self, rest: str) -> bool:
        """Write the program to a file."""
        if not rest:
            raise Mistake("Type: export FILE.py, or export FILE.ipynb for a notebook.")
        for path in self.game.export(Path(rest).expanduser(), "Type export FILE with another name or folder."):
            self._teller.say(f"written: {path}")
        return True

    def share(self, _: str) -> bool:
        """A line that makes the last run again, here or on another machine."""
        self._teller.lines(f"tutor run --from {self._bench.share}")
        return True

    # what was measured

    def measures(self, rest: str) -> bool:
        """Every measure of the last run, or those with a word in them, and what each of them says."""
        from tutor.anybench import with_error

        made = self._bench.newest
        if made is None:
            self._teller.say(NOTHING)
            return True
        hidden = self._hidden(made)
        there = [name for name in made.metrics if name not in hidden and not metrics.metric(name).quiet]
        seeds = len(made.seeds)
        self._teller.say(f"The last run, {f'mean of {seeds} seeds' if seeds > 1 else 'one seed'}:")
        for name in _called(there, rest, "measure"):
            shown = with_error(name, metrics.summarise(made.metrics[name]))
            self._teller.say(f"  {metrics.metric(name).label}: {shown}. {metrics.metric(name).words}")
        return True

    def _hidden(self, made: Report) -> tuple[str, ...]:
        """What practice does not show: the test rows are not for choosing by."""
        from tutor.bench import UNSEEN

        return UNSEEN if made is self._bench.last else ()

    def curves(self, rest: str) -> bool:
        """How the last run went, night by night: training and validation, or what is named, or all."""
        from tutor import courses

        made = self._bench.newest
        if made is None:
            self._teller.say(NOTHING)
            return True
        there = courses.kept(made)
        asked = there if rest == "all" else _called(there, rest, "curve") if rest else courses.main(made)
        for line in courses.told(made, asked):
            self._teller.say(f"  {line}")
        others = [name for name in there if name not in asked]
        if others and not rest:
            labels = ", ".join(metrics.metric(name).label for name in others)
            self._teller.say(f"More of them: type curves and {labels}, or all.")
        return True

    # what it looks like inside

    def picture(self, rest: str) -> bool:
        """What the last run looks like inside: the picture of that name, all, or the one the lesson is about.

        With ``words``, in sentences alone.
        """
        from tutor.pictures import choosing
        from tutor.pictures.picture import of_report

        given = rest.lower().split()
        spoken, wanted = WORDS in given, " ".join(word for word in given if word != WORDS)
        names, last = self._pictures(), self._seen
        asked = names if wanted == "all" else (wanted or names[0],)
        kinds = [choosing.kind(name) for name in asked]
        if last is None:
            self._teller.say("Nothing was trained here yet. Type train, and it is drawn.")
            return True
        sight = of_report(last)
        for kind in kinds:
            if sight.view is None and kind.needs_look:
                self._teller.say(f"{kind.name}: what that run looked like inside is not kept. Type train once more.")
            else:
                self._show(choosing.draw(kind.name, sight, *PICTURE), spoken)
        others = [name for name in names if name not in asked]
        if others:
            how = f"picture {WORDS}" if spoken else "picture"
            self._teller.say(f"Drawn on request: {how} {', '.join(others)}{', or all' if not wanted else ''}.")
        return True

    def _show(self, picture: Picture, spoken: bool) -> None:
        # The sentence first: whoever hears the lines needs no other.
        self._teller.say(f"{picture.title}: {picture.words}")
        if picture.detail and spoken:
            self._teller.say(picture.detail)
        if spoken:
            return
        if not self._drawn:  # before the signs: they are long to sit through
            self._drawn = True
            self._teller.say(f"In sentences alone: picture {WORDS}.")
        self._teller.lines(picture.text, "  ")

    def _pictures(self) -> tuple[str, ...]:
        """The pictures that make sense here, the first being what the lesson is about."""
        from tutor.pictures import choosing

        challenge = self._bench.challenge
        return choosing.chosen(challenge.recipe_for({}), [offer.name for offer in challenge.offers])


def _called(names: list[str], words: str, what: str) -> list[str]:
    """Those metrics that have all of these words in their names or labels."""
    asked = words.lower().split()
    found = [name for name in names if all(word in f"{name} {metrics.metric(name).label}" for word in asked)]
    if not found:
        raise unknown(what, words, names)
    return found
