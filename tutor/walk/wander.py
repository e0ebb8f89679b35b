"""A random player: many playthroughs with made-up verdicts, to find what breaks and what is never seen."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lessons.challenge import Challenge
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from story.chapter import Chapter, Choice, Lesson, Scene, Tale
from story.findings import Finding
from story.telling import Judged
from tutor.walk.coverage import Coverage
from tutor.walk.listening import Listening
from tutor.walk.madeup import DIAGNOSES, Made, Maker, Means, Wish, better

STEPS = 3000
"""Of one playthrough; past them, it is taken to have no end."""
RARE_FIRST = 0.75
"""How often what was done least often is done next."""
WAVERING, UNDO = 0.25, 0.1
"""How many players take steps back, and how often."""
RESUME = 0.03
"""How often the game is left and taken up again."""
STUBBORN, MISTAKES = 0.3, 8
"""How many players make one mistake again and again, and how often: late variants are told to them alone."""
LUCKLESS = 0.15
"""How many players predict wrongly whenever they can."""
NARROWLY = 0.25
"""How often a pass is a narrow one."""
SPREADS = (0.0005, 0.005, 0.02)
"""Between the seeds of a made-up verdict."""
IMPOSSIBLE = 5
"""After how many vain attempts a verdict is taken to be impossible."""
TRAIL = 12
"""Scenes of the way that a finding names."""

T = TypeVar("T")


@dataclass(frozen=True)
class Wandered:
    """What came of it."""

    playthroughs: int
    steps: int
    seed: int
    findings: tuple[Finding, ...]
    scenes: tuple[int, int]
    """Reached, and all."""
    passages: tuple[int, int]
    """Told, and all."""
    endings: dict[str, int]
    """How often the tale rested in each scene, ``chapter/scene``."""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, without the findings."""
        return {
            "playthroughs": self.playthroughs,
            "steps": self.steps,
            "seed": self.seed,
            "scenes": {"reached": self.scenes[0], "all": self.scenes[1]},
            "passages": {"told": self.passages[0], "all": self.passages[1]},
            "endings": self.endings,
        }

    def __str__(self) -> str:
        endings = ", ".join(f"{place} {count:,}" for place, count in self.endings.items()) or "none"
        return (
            f"{self.playthroughs:,} random playthroughs, {self.steps:,} steps: "
            f"{self.scenes[0]} of {self.scenes[1]} scenes reached, "
            f"{self.passages[0]} of {self.passages[1]} passages told.\n"
            f"Endings: {endings}."
        )


def wander(
    tale: Tale, playthroughs: int, seed: int = 0, on_progress: Callable[[float], None] | None = None
) -> Wandered:
    """Play a tale at random; the same seed plays the same. ``on_progress`` gets the share that is done."""
    wanderer = Wanderer(tale, seed)
    for number in range(playthroughs):
        wanderer.play(number)
        if on_progress:
            on_progress((number + 1) / playthroughs)
    seen = wanderer.seen
    reached = sum(seen.scenes[c.id, s.id] > 0 for c, s in seen.every_scene)
    return Wandered(
        playthroughs,
        wanderer.steps,
        seed,
        tuple(seen.findings(playthroughs)),
        (reached, len(seen.every_scene)),
        seen.passages,
        dict(seen.endings.most_common()),
    )


@dataclass
class _Bench:
    """What was run for one lesson, or for all that share its bench, in one playthrough."""

    start: Means
    best: Means
    tries: int = 0


@dataclass
class _Game:
    """One playthrough under way."""

    play: Listening
    rng: random.Random
    number: int
    stubborn: str = ""
    """The diagnosis of the mistake that this player makes again and again, if there is one."""
    wavering: bool = False
    """Whether this player takes steps back."""
    luckless: bool = False
    """Whether this player never predicts rightly."""
    benches: dict[str, _Bench] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    """Chapters that were begun from the list of chapters."""


class Wanderer:
    """Plays again and again, and prefers what it has done least often."""

    def __init__(self, tale: Tale, seed: int) -> None:
        self.tale, self.seed = tale, seed
        self.seen = Coverage(tale)
        self.steps = 0
        self._most = STEPS
        self._done: Counter[object] = Counter()
        self._failed: Counter[object] = Counter()
        """Verdicts for which no numbers were found, and how often."""
        self._impossible: set[object] = set()
        self._edges = {c.id: _edges(c) for c in tale.chapters}
        self._recipes: dict[tuple[Any, ...], Recipe] = {}

    def play(self, number: int) -> None:
        """One playthrough, to its end."""
        rng = random.Random(f"{self.seed}/{number}")
        stubborn = rng.choice(DIAGNOSES) if rng.random() < STUBBORN else ""
        wavering = rng.random() < WAVERING
        self.seen.begin(counting=not (stubborn or wavering))
        play = Listening(self.tale, rng.random() < 0.5, self.seen.hear)
        game = _Game(play, rng, number, stubborn, wavering, rng.random() < LUCKLESS)
        chapter, scene = game.play.chapter, game.play.scene
        game.opened.add(chapter.id)
        try:
            self._arrive(game)
            for _ in range(self._most):
                chapter, scene = game.play.chapter, game.play.scene
                self.steps += 1
                if not self._step(game, chapter, scene):
                    return
        except Exception as error:  # whatever it is, it is what we look for
            words = str(error).rstrip(".") if isinstance(error, Mistake) else f"{type(error).__name__}: {error}"
            self.seen.note(chapter, scene.line, "error", "broken", f"breaks the tale: {words}. {self._way(game)}")
            return
        words = f"does not come to an end: after {self._most:,} steps the tale is still here. {self._way(game)}"
        self.seen.note(chapter, scene.line, "error", "endless", f"{words} Lead a choice out of this circle.")
        self._most = STEPS // 10  # it is known now; the others look for what else there is

    def _way(self, game: _Game) -> str:
        """How it came here, and how to come here again."""
        shown = " > ".join([*(["..."] if len(game.trail) > TRAIL else []), *game.trail[-TRAIL:]])
        return f"The way: {shown} (playthrough {game.number + 1}, seed {self.seed})."

    def _arrive(self, game: _Game, again: bool = False) -> None:
        game.trail.append(game.play.scene.id)
        self.seen.arrive(game.play.chapter, game.play.scene, again)

    def _step(self, game: _Game, chapter: Chapter, scene: Scene) -> bool:
        """Whatever may be done in one scene; False where the tale is over."""
        play, rng = game.play, game.rng
        play.passages()
        while asked := play.questions():
            play.answer(asked[0].id, self._pick(rng, range(len(asked[0].options)), (asked[0].id,)))
            play.passages()
        if game.wavering and rng.random() < UNDO and play.undo():
            self._arrive(game, again=True)
            return True
        if rng.random() < RESUME:
            self._resume(game)
            play = game.play
        choices = play.open
        self.seen.offer(choices, play.voice)
        if scene.lesson:
            play.why()
        # By its line and not by its place: what is offered seldom must be seen to have been taken seldom.
        open_now = {("choice", choice.line): number for number, choice in enumerate(choices)}
        ways = [*self._outcomes(game, scene), *open_now]
        if not ways:
            return self._rest(game, chapter, scene)
        kind, what = self._pick(rng, ways, (chapter.id, scene.id))
        if kind == "choice":
            number = open_now[kind, what]
            return self._choose(game, chapter, choices[number], number)
        assert scene.lesson is not None
        self._judge(game, chapter, scene, scene.lesson, (kind, what))
        return True

    def _pick(self, rng: random.Random, among: Sequence[T], place: tuple[str, ...]) -> T:
        """One of them: as a rule one that was picked here least often."""
        fit = list(among)
        if rng.random() < RARE_FIRST:
            least = min(self._done[place, one] for one in fit)
            fit = [one for one in fit if self._done[place, one] == least]
        picked = rng.choice(fit)
        self._done[place, picked] += 1
        return picked

    def _choose(self, game: _Game, chapter: Chapter, choice: Choice, number: int) -> bool:
        if self.tale.file(chapter, choice.file) is None:
            self.seen.endings[choice.file] += 1  # it leads on, into a chapter that is not looked at
            return self._next(game)
        game.play.choose(number)
        self._arrive(game)
        return True

    def _rest(self, game: _Game, chapter: Chapter, scene: Scene) -> bool:
        """The tale goes no further from here: it may be meant to, and another chapter may be open."""
        if scene.id in chapter.ends:
            self.seen.endings[f"{chapter.id}/{scene.id}"] += 1
        else:
            words = f"nothing is left to choose in {scene.id!r}. Leave a choice open, or name it in 'ends'."
            self.seen.note(chapter, scene.line, "error", "dead-end", f"{words} {self._way(game)}")
        return self._next(game)

    def _next(self, game: _Game) -> bool:
        """Begins a chapter that the list of chapters shows as open and not done; False where there is none."""
        done, there = game.play.done | game.opened, {c.id for c in self.tale.chapters}
        left = [c.id for c in self.tale.chapters if c.id not in done]
        fit = [id for id in left if not set(self.tale.chapter(id).requires) & there - game.play.done]
        if not fit:
            return False
        id = self._pick(game.rng, fit, ("chapters",))
        game.opened.add(id)
        game.play.open_chapter(id)
        self._arrive(game)
        return True

    def _resume(self, game: _Game) -> None:
        """The game is left, and taken up from what was saved."""
        before = game.play
        again = Listening(self.tale, before.brief, self.seen.hear, json.loads(json.dumps(before.state)))
        if again.notice or again.told() != before.told():
            raise Mistake(f"saved and taken up again, it is told otherwise. {again.notice}".rstrip())
        game.play = again

    # verdicts

    def _outcomes(self, game: _Game, scene: Scene) -> list[tuple[str, Any]]:
        """The verdicts that may come."""
        if scene.lesson is None:
            return []
        again = ("fail", game.stubborn)
        if game.stubborn and (id(scene), again) not in self._impossible and game.play.tries < MISTAKES:
            return [again]
        outcomes = [("pass", way.to) for way in scene.lesson.challenge.ways] + [("fail", d) for d in DIAGNOSES]
        return [outcome for outcome in outcomes if (id(scene), outcome) not in self._impossible]

    def _judge(self, game: _Game, chapter: Chapter, scene: Scene, lesson: Lesson, outcome: tuple[str, Any]) -> None:
        challenge, rng = lesson.challenge, game.rng
        maker = Maker(challenge, rng, self._edges[chapter.id], rng.choice(SPREADS))
        key = challenge.share or f"{chapter.id}/{scene.id}"
        if key not in game.benches:
            first = maker.practice(self._recipe(challenge, challenge.start), Wish(), {}, {}).means
            game.benches[key] = _Bench(first, first)
        bench = game.benches[key]
        kind, what = outcome
        wish = Wish(True, to=what) if kind == "pass" else Wish(False, diagnosis=what)
        settings, recipe = self._turned(challenge, rng)
        try:
            made = maker.make(recipe, wish, challenge.seeds, bench.start, bench.best)
        except Mistake:
            # It may be the runs before that leave no room for it: they are forgotten, and it is tried again.
            del game.benches[key]
            game.stubborn = ""
            self._failed[id(scene), outcome] += 1
            if self._failed[id(scene), outcome] >= IMPOSSIBLE:
                self._impossible.add((id(scene), outcome))
            return
        if made.way and rng.random() < NARROWLY:
            made = maker.narrow(made, bench.start, bench.best)
        bench.best = better(challenge, bench.best, made.means)
        bench.tries += 1
        game.play.settle(_judged(challenge, settings, made, bench, rng, game.luckless))
        self._arrive(game)

    def _turned(self, challenge: Challenge, rng: random.Random) -> tuple[dict[str, Any], Recipe]:
        """Any settings that are offered, and their experiment: what follows from them is told of, too."""
        settings = {offer.name: rng.choice(offer.choices) for offer in challenge.offers}
        try:
            return settings, self._recipe(challenge, settings)
        except Mistake:  # they do not go together
            return challenge.start, self._recipe(challenge, challenge.start)

    def _recipe(self, challenge: Challenge, settings: dict[str, Any]) -> Recipe:
        key = id(challenge), *settings.values()
        if key not in self._recipes:
            self._recipes[key] = challenge.recipe_for(settings)
        return self._recipes[key]


def _judged(
    challenge: Challenge,
    settings: dict[str, Any],
    made: Made,
    bench: _Bench,
    rng: random.Random,
    luckless: bool,
) -> Judged:
    means = made.means
    predict = challenge.predict
    said = truth = right = None
    if predict:
        truth = predict.truth(bench.start.get(predict.metric), means.get(predict.metric))
        if predict.options:
            wrong = [option for option in predict.options if option != truth]
            said = truth if truth and not luckless and rng.random() < 0.5 else rng.choice(wrong)
        else:
            said = (
                truth + predict.within * (3 if luckless else rng.choice((0.5, 3))) if isinstance(truth, float) else 0.5
            )
        right = predict.right(said, truth)
    return Judged(
        passed=made.way is not None,
        to=made.way.to if made.way else challenge.fail,
        metrics=means,
        start=dict(bench.start),
        settings=settings,
        outcomes=[(o.metric, o.met, o.margin) for o in made.outcomes],
        diagnosis=made.diagnosis,
        predicted=said,
        truth=truth,
        predicted_right=right,
        tries=bench.tries,
    )


def _edges(chapter: Chapter) -> dict[str, frozenset[float]]:
    """The numbers with which a chapter's conditions compare each metric."""
    edges: dict[str, set[float]] = {}
    for scene in chapter.scenes:
        passages = [*scene.paragraphs, *(scene.lesson.why if scene.lesson else ())]
        for part in [*passages, *scene.choices]:
            for term in part.condition.terms if part.condition else ():
                if term.kind == "number":
                    edges.setdefault(term.name, set()).add(term.number)
    return {name: frozenset(numbers) for name, numbers in edges.items()}
