"""What ``run`` and ``export`` are asked for: a job, a scene's challenge, a file of one's own, a share code."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lessons import goals, metrics, own, share
from lessons.datasets import OWN
from lessons.goals import Goal
from lessons.jobs import job, job_names, read_job
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.settings import parse_pairs

FILES = (".csv", ".npz", ".npy", ".tsv")
"""How a file of one's own may end, and how some people's do, who are told what is read."""


@dataclass(frozen=True)
class Experiment:
    """What the command line asks for."""

    name: str
    recipe: Recipe
    start: Recipe
    """What ``start.`` and ``best.`` in a goal refer to."""
    goals: tuple[Goal, ...] = ()
    """Any one of them passes."""
    seeds: int = 1
    first_seed: int = 0
    turned: tuple[str, ...] = ()
    """The settings that were named."""

    @property
    def idle(self) -> dict[str, str]:
        """Settings that were named and do nothing, and what they would need."""
        return {name: needed for name in self.turned if (needed := self.recipe.idle(name))}


def experiment(known: argparse.Namespace) -> Experiment:
    """The experiment that the arguments name; a ``Mistake`` says what is wrong with them."""
    turned, fixed = parse_pairs(known.set), parse_pairs(known.fixed)
    if (known.job is None) == (known.code is None):
        raise Mistake("name what to train: a JOB, a chapter/scene, a CSV or .npz file, or --from CODE; one of them.")
    if known.job and "/" in known.job and not known.job.lower().endswith((*FILES, ".toml")):
        asked = _scene(known, turned, fixed)
    else:
        asked = _alone(known, {**turned, **fixed})
    asked = replace(
        asked,
        goals=(goals.parse(" and ".join(known.goal)),) if known.goal is not None else asked.goals,
        seeds=known.seeds or asked.seeds,
        first_seed=asked.first_seed if known.first_seed is None else known.first_seed,
        turned=(*turned, *fixed),
    )
    there = metrics.available(asked.recipe)
    for name in (name for goal in asked.goals for name in goal.metrics):
        if name not in there:
            raise Mistake(f"goal: {name} is not measured in this experiment. Measured: {', '.join(there)}.")
    return asked


def _alone(known: argparse.Namespace, turned: Mapping[str, Any]) -> Experiment:
    """A job, a file of one's own, or a share code."""
    if known.code is not None:
        shared = share.decode(known.code)
        asked = Experiment("share code", shared.recipe, shared.recipe, (), shared.seeds, shared.seed)
    elif known.job.lower().endswith(FILES):
        file = own.inspect(known.job)  # which says so, where it is another kind of file
        if "data" in turned:
            raise Mistake(f"data cannot be turned: it is {file.name}. Run a job instead.")
        base = Recipe(data=OWN, own=file, train_size=file.rows)
        asked = Experiment(file.name, base, base)
    else:
        base = _job(known.job)
        asked = Experiment(known.job, base, base)
    if known.solution or known.start or known.trap:
        raise Mistake(
            f"--solution, --start and --trap belong to a scene, such as no-mirror/dining-hall; {asked.name!r} is none."
        )
    return replace(asked, recipe=asked.recipe.turned(**turned))


def _job(name: str) -> Recipe:
    """A job by its name, or of a file; a ``Mistake`` sees what else the name may have meant."""
    if name.endswith(".toml"):
        return read_job(Path(name)).recipe
    if name.endswith(".md"):
        from story.reading import read_tale

        (chapter,) = read_tale([Path(name)]).chapters
        lessons = ", ".join(f"{name}/{scene.id}" for scene in chapter.scenes if scene.lesson)
        raise Mistake(f"{name} is a chapter. Name a lesson of it: {lessons or 'it has none'}.")
    if name not in job_names() and Path(f"{name}.toml").is_file():
        raise Mistake(f"job {name!r} is not one of ours. For the file, write {name}.toml.")
    if name not in job_names() and Path(name).suffix:
        raise Mistake(f"{name} is no file that is read here. Give a job (.toml), a table (.csv, .npz) or a job's name.")
    return job(name).recipe


def _scene(known: argparse.Namespace, turned: Mapping[str, Any], fixed: Mapping[str, Any]) -> Experiment:
    """The challenge of a scene, under the player's or the author's settings."""
    challenge = _challenge(known.job)
    chosen: Mapping[str, Any] = {}
    if known.solution:
        chosen = challenge.ways[0].solution
    elif known.trap:
        if known.trap > len(challenge.traps):
            raise Mistake(f"trap {known.trap} of {known.job} does not exist. There are {len(challenge.traps)}.")
        chosen = challenge.traps[known.trap - 1].settings
    recipe = challenge.recipe_for({**chosen, **turned}, **fixed)
    ways = tuple(way.goal for way in challenge.ways)
    return Experiment(known.job, recipe, challenge.recipe_for({}, **fixed), ways, challenge.seeds)


def _challenge(name: str):  # type: ignore[no-untyped-def]
    from story.reading import read_tale, shipped

    chapter, _, scene = name.rpartition("/")
    if chapter.endswith(".md"):
        tale = read_tale([Path(chapter)])
        chapter = tale.chapters[0].id
    else:
        tale = read_tale(shipped())
    found = tale.scene(chapter, scene)
    if found.lesson is None:
        lessons = ", ".join(f"{chapter}/{s.id}" for s in tale.chapter(chapter).scenes if s.lesson)
        raise Mistake(f"scene {name!r} holds no lesson. Lessons of {chapter}: {lessons or 'none'}.")
    return found.lesson.challenge
