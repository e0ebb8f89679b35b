"""A workbench: what is turned on it and what was run on it, whether a lesson asks for something or nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lessons import metrics, share
from lessons.challenge import Challenge
from lessons.mistakes import Mistake
from lessons.report import Report
from lessons.settings import SETTINGS
from lessons.source import Source, changed_lines, source
from tutor.laboratory import Running
from tutor.savebook import Run, SaveBook

if TYPE_CHECKING:
    from tutor.bench import Judgement

PRACTICE_SEEDS = 1000
"""Practice uses the seeds below this, verdicts those from it on."""
CHECK_SEEDS = 1_000_000
"""``tutor check`` begins here, so verdicts end before it."""

BUSY = "the dials are locked while a run is under way. Wait, or stop it."
LOCKED = "see it fail first: the first run uses the settings as you found them. Train once."

UNSEEN = ("test_accuracy", "test_loss", "gap", "loss_gap")
"""What only several fresh seeds show: the test rows are not for choosing by."""


class AnyBench:
    """What the player does at a bench; everything is saved as it happens."""

    def __init__(self, key: str, challenge: Challenge, book: SaveBook) -> None:
        self.key, self.challenge = key, challenge
        self._book = book
        self.reread()
        self._saved = book.bench(key)
        self.settings = {**challenge.start, **self._still_offered(self._saved.get("settings"))}
        self.running: Running | None = None
        self.message = ""
        """The last plain sentence about a run."""

    def reread(self) -> None:
        """Read the runs anew: the journal may have lost some, or got them back."""
        runs = self._book.runs(self.key)
        self._runs = [run for run in runs if not run.earlier]
        self._earlier = [run for run in runs if run.earlier and run.kind == "verdict"]

    def _still_offered(self, saved: Any) -> dict[str, Any]:
        """The saved settings that the bench still offers: a chapter may have been edited."""
        kept = {}
        for name, value in saved.items() if isinstance(saved, dict) else ():
            try:
                kept[name] = self.challenge.offer(name).check(value)
            except Mistake:
                continue
        return kept

    def _state(self) -> dict[str, Any]:
        """How the bench is left, for the save book."""
        return {"settings": self.settings}

    def _save(self) -> None:
        self._book.save_bench(self.key, self._state())

    # what is turned

    @property
    def locked(self) -> bool:
        """Whether nothing can be turned yet."""
        return False

    def turn(self, name: str, value: Any) -> None:
        """Turn a setting; a ``Mistake`` says why it cannot be."""
        checked = self.challenge.offer(name).check(value)
        if self.locked:
            raise Mistake(LOCKED)
        self._set({**self.settings, name: checked})

    def _set(self, settings: dict[str, Any]) -> None:
        if self.running:
            raise Mistake(BUSY)
        self.challenge.recipe_for(settings)  # a combination may be nonsense though each value is not
        self.settings = settings
        self._save()

    def parse(self, name: str, text: str) -> Any:
        """The offered value that a text names."""
        return self.challenge.offer(name).check(SETTINGS[self.challenge.offer(name).name].parse(text))

    def step(self, name: str, by: int) -> None:
        """Turn a setting ``by`` clicks."""
        self.turn(name, self.challenge.offer(name).step(self.settings[name], by))

    def idle(self, name: str) -> str:
        """What a setting would need to do anything among the others as they stand; empty where it does."""
        return self.challenge.recipe_for(self.settings).idle(name)

    @property
    def source(self) -> Source:
        """The program of the settings as they stand."""
        return source(self.challenge.recipe_for(self.settings))

    @property
    def lit(self) -> list[int]:
        """Lines (from 0) of ``source.experiment`` that differ from the last run's."""
        newest = self.newest
        before = source(newest.recipe if newest else self.challenge.recipe_for({}))
        return changed_lines(before.experiment, self.source.experiment)

    # what was run: a deleted run is shown nowhere, but to delete one makes no goal easier and no seed fresh again

    def _reports(self, kind: str) -> list[Report]:
        return [run.report for run in self._runs if run.kind == kind]

    def _shown(self, kind: str) -> list[Report]:
        """Those that were not deleted, the newest first."""
        return [run.report for run in reversed(self._runs) if run.kind == kind and not run.deleted]

    @property
    def newest(self) -> Report | None:
        """The newest run, of whatever kind."""
        return next((run.report for run in self.tried), None)

    @property
    def tried(self) -> list[Run]:
        """Every run that was not deleted, the newest first."""
        return [run for run in reversed(self._runs) if not run.deleted]

    @property
    def share(self) -> str:
        """The share code of the newest run; a ``Mistake`` where there is none."""
        made = self.newest
        if made is None:
            raise Mistake("nothing was trained here yet. Train once; then the run has a code.")
        return share.encode(made.recipe, made.seeds[0], len(made.seeds))

    @property
    def _all_verdicts(self) -> list[Report]:
        """Those of earlier games too: beginning anew does not make a seed fresh again."""
        return [*(run.report for run in self._earlier), *self._reports("verdict")]

    def alike(self, made: Report) -> list[Report]:
        """The earlier runs over fresh seeds on the same settings."""
        return [old for old in self._all_verdicts if old.sha256 == made.sha256]

    @property
    def last(self) -> Report | None:
        """The last practice run."""
        return next(iter(self._shown("practice")), None)

    @property
    def tries(self) -> int:
        """How often fresh seeds were asked for so far."""
        return len(self._reports("verdict"))

    @property
    def curves(self) -> dict[int, dict[str, list[float | None]]]:
        """Of the run under way, else of the last one: seed -> columns."""
        if self.running:
            return self.running.curves
        return self.newest.history if self.newest else {}

    @property
    def watched(self) -> Sequence[str]:
        """The metrics that practice goes by; the test rows are not among them."""
        raise NotImplementedError

    @property
    def tested(self) -> Sequence[str]:
        """The metrics that fresh seeds go by."""
        raise NotImplementedError

    @property
    def last_words(self) -> str:
        """What the newest run reached, of whatever kind."""
        made = self.newest
        if made is None:
            return "nothing yet"
        if self.tried[0].kind == "practice":
            return f"{self.reached(made)} (one seed)"
        found = {name: metrics.summarise(made.metrics.get(name, [])) for name in self.tested}
        reached = ", ".join(f"{metrics.metric(name).label} {with_error(name, value)}" for name, value in found.items())
        return f"{reached} ({len(made.seeds)} seeds)"

    def reached(self, made: Report) -> str:
        """What a practice run reached."""
        return ", ".join(f"{metrics.metric(n).label} {metrics.show(n, made.means.get(n))}" for n in self.watched)

    # running

    def why_not_judge(self) -> str:
        """What is missing before fresh seeds may be asked for; empty when they may."""
        return ""

    def practice_seed(self) -> int:
        """A seed that these settings have not been practised on: 0 first, for a fair comparison."""
        sha = self.source.sha256
        return sum(made.sha256 == sha for made in self._reports("practice")) % PRACTICE_SEEDS

    def verdict_seeds(self) -> list[int]:
        """Fresh seeds, consecutive over all verdicts on this bench."""
        used = sum(len(made.seeds) for made in self._all_verdicts)
        first = PRACTICE_SEEDS + used % (CHECK_SEEDS - PRACTICE_SEEDS - self.challenge.seeds)
        return list(range(first, first + self.challenge.seeds))

    def practised(self, made: Report) -> None:
        """Keep a practice run, and say what came out."""
        self._keep(Run("practice", self.noted, made))
        self.message = diverged_words(made) if made.diverged else self._practised_words(made)

    def judged(self, made: Report) -> Judgement | None:
        """Keep a run over fresh seeds, and say what came out; the verdict, where something is wanted."""
        raise NotImplementedError

    @property
    def noted(self) -> dict[str, Any]:
        """The settings, as a run of them is written into the journal."""
        return dict(self.settings)

    def _keep(self, run: Run) -> None:
        self._runs.append(run)
        self._book.add_run(self.key, run)

    def _practised_words(self, made: Report) -> str:
        """What a practice run reached, as a sentence; more of it where a lesson wants something."""
        reached = self.reached(made)
        return f"{reached[:1].upper()}{reached[1:]}"


def with_error(name: str, found: metrics.Summary) -> str:
    """``79.5% ± 0.3%``; what is the same on every seed stands alone."""
    return metrics.show(name, found.mean) + (f" ± {metrics.show(name, found.se)}" if found.se else "")


def diverged_words(made: Report) -> str:
    """A sentence for a loss that is not finite."""
    epoch = min(made.diverged.values())
    recipe = made.recipe
    return (
        f"The loss left the numbers at night {epoch}, and the run ended there: weights this large, or steps this long "
        f"(the rate is {recipe.lr:g}), throw each other further every time."
    )
