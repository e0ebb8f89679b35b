"""Settings that cannot work together, refused with a reason before anything is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons.datasets import OWN, TOYS
from lessons.mistakes import Mistake
from lessons.settings.kinds import MAX_LAYERS

if TYPE_CHECKING:
    from lessons.recipe import Recipe

MAX_PARAMETERS = 50_000_000
"""Weights a network may have: 200 MB of float32, past which a small machine swaps."""
MAX_OUTPUTS = 20_000_000
"""Numbers that one step's layers may put out together, for the same reason."""


def check(recipe: Recipe) -> None:
    """Raises ``Mistake`` for the first thing that makes no sense."""
    _data(recipe)
    _images(recipe)
    _layers(recipe)
    _size(recipe)
    _norm(recipe)
    _training(recipe)


def _data(recipe: Recipe) -> None:
    if (recipe.data == OWN) != (recipe.own is not None):
        raise Mistake(
            "data cannot be 'own' without a file. Name the file in the chapter's lesson block "
            '(data = "guests.csv"), or run it: tutor run guests.csv.'
            if recipe.own is None
            else f"data cannot be {recipe.data!r} and a file of one's own at once."
        )
    rows = recipe.facts.rows
    if recipe.train_size > rows:
        raise Mistake(
            f"train_size cannot be {recipe.train_size}: {recipe.facts.title} has {rows} training rows. "
            f"Allowed here: 2 to {rows}."
        )
    if recipe.task == "regression":
        for name, value in (("label_noise", recipe.label_noise), ("label_smoothing", recipe.label_smoothing)):
            if value:
                raise Mistake(f"{name} cannot be {value:g}: {recipe.facts.title} has no labels, but numbers. Use 0.")
        if recipe.watch == "accuracy":
            raise Mistake(f"watch cannot be accuracy: {recipe.facts.title} has no labels to get right. Use loss.")
    if recipe.feature_noise and recipe.data not in TOYS:
        raise Mistake(
            f"feature_noise cannot be {recipe.feature_noise:g}: only points in the plane are moved "
            f"({', '.join(TOYS)}). Use 0."
        )


def _images(recipe: Recipe) -> None:
    if recipe.facts.image:
        return
    for name, value, none in (
        ("channels", recipe.channels, "none"),
        ("shift", recipe.shift, "0"),
        ("rotate", recipe.rotate, "0"),
    ):
        if value:
            flat = " (an array of one's own is read as rows of numbers)" if recipe.own else ""
            raise Mistake(f"{name} needs images, and {recipe.facts.title} has none{flat}. Use {none}.")


def _layers(recipe: Recipe) -> None:
    blocks = recipe.blocks
    if blocks > MAX_LAYERS:
        raise Mistake(
            f"{len(recipe.channels)} convolutions and widths {list(recipe.widths)} at depth {recipe.depth} make "
            f"{blocks} layers; {MAX_LAYERS} are allowed."
        )
    if isinstance(recipe.dropout, tuple) and len(recipe.dropout) != blocks:
        raise Mistake(
            f"dropout has {_many(len(recipe.dropout), 'rate')} and the network {_many(blocks, 'hidden layer')}. "
            "Give one rate, or one per hidden layer (convolutions count, and come first)."
        )
    for number, shape in enumerate(recipe.maps[1:], 1):
        if min(shape) < 1:
            raise Mistake(
                f"convolution {number} leaves nothing of the image: kernel {recipe.kernel}, stride {recipe.stride}, "
                f"pool {recipe.pool} shrink {recipe.maps[number - 1][1]} pixels below 1. "
                "Use fewer channels, a smaller kernel or stride, more padding or no pooling."
            )
    if recipe.channels and recipe.padding >= recipe.kernel:
        raise Mistake(
            f"padding {recipe.padding} is not smaller than the kernel ({recipe.kernel}): its edge would see nothing "
            f"but padding. Allowed: 0 to {recipe.kernel - 1}."
        )


def _size(recipe: Recipe) -> None:
    if recipe.parameters > MAX_PARAMETERS:
        raise Mistake(
            f"channels {list(recipe.channels)} and widths {list(recipe.widths)} at depth {recipe.depth} make "
            f"{recipe.parameters:,} weights; {MAX_PARAMETERS:,} are allowed. Use narrower layers."
        )
    most = recipe.batch * recipe.outputs
    if most > MAX_OUTPUTS:
        raise Mistake(
            f"a step of {recipe.batch} rows makes the layers put out {most:,} numbers; {MAX_OUTPUTS:,} are allowed. "
            "Use a smaller batch_size, or narrower layers."
        )


def _convolutions(recipe: Recipe) -> list[tuple[tuple[int, int, int], int]]:
    return list(zip(recipe.maps, recipe.channels, strict=False))


def _norm(recipe: Recipe) -> None:
    if recipe.norm == "none":
        return
    if not recipe.blocks:
        raise Mistake(f"norm cannot be {recipe.norm}: the network has no hidden layer to normalise. Use none.")
    if recipe.norm == "instance" and not recipe.facts.image:
        raise Mistake(f"norm cannot be instance: {recipe.facts.title} has no images, whose pixels it needs. Use layer.")
    # Units of each block, and the pixels that each of them has: normalisation stands before the pooling.
    pixels = [recipe.convolved(h) * recipe.convolved(w) for (_, h, w), _ in _convolutions(recipe)]
    units = [*recipe.channels, *recipe.hidden]
    places = [*pixels, *[1] * len(recipe.hidden)]
    if recipe.norm == "batch":
        _batch_norm(recipe, min(places))
    elif recipe.norm == "instance":
        if recipe.hidden:
            raise Mistake(
                "norm cannot be instance where there are dense hidden layers: a unit is no image, so it has no pixels "
                "to be normalised over. Set widths to none, or use layer."
            )
        if min(places) == 1:
            raise Mistake("norm cannot be instance: a channel of one pixel has no spread. Use layer.")
    elif recipe.norm == "layer" and min(u * p for u, p in zip(units, places, strict=True)) == 1:
        raise Mistake("norm cannot be layer on a layer of one unit: it would always put out the same. Use a wider one.")
    elif recipe.norm == "group":
        _groups(recipe, units, places)


def _batch_norm(recipe: Recipe, places: int) -> None:
    last = recipe.train_size % recipe.batch or recipe.batch
    if min(last, recipe.batch) * places == 1:
        raise Mistake(
            f"batch norm cannot train on a batch of one row: batch_size {recipe.batch} leaves one of "
            f"{recipe.train_size} rows alone, and one row has no spread. Choose another batch_size."
        )


def _groups(recipe: Recipe, units: list[int], places: list[int]) -> None:
    if isinstance(recipe.groups, tuple) and len(recipe.groups) != recipe.blocks:
        raise Mistake(
            f"groups has {_many(len(recipe.groups), 'number')} and the network {_many(recipe.blocks, 'hidden layer')}. "
            "Give one number, or one per hidden layer."
        )
    for unit, place, groups in zip(units, places, recipe.grouping, strict=True):
        divisors = [n for n in range(1, unit + 1) if unit % n == 0 and unit * place > n]
        if not divisors:
            raise Mistake("norm cannot be group on a layer of one unit: it would always put out the same.")
        if groups not in divisors:
            why = "does not divide" if unit % groups else "leaves one unit a group, which has no spread, in"
            raise Mistake(f"groups {groups} {why} a layer of {unit}. Allowed there: {', '.join(map(str, divisors))}.")


def _training(recipe: Recipe) -> None:
    if recipe.nesterov and recipe.optimizer == "sgd" and not recipe.momentum:
        raise Mistake("nesterov needs momentum, and momentum is 0. Set momentum, 0.9 for one, or turn nesterov off.")
    if recipe.mixup and recipe.batch == 1:
        raise Mistake("mixup needs two rows in a batch, and batch_size is 1. Use a larger batch_size.")
    if recipe.warmup and recipe.schedule in ("onecycle", "cyclic", "plateau"):
        raise Mistake(
            f"warmup does not go with schedule {recipe.schedule}, which "
            + ("goes by the validation loss" if recipe.schedule == "plateau" else "begins with a warm-up of its own")
            + ". Set warmup to 0."
        )
    if recipe.warmup:
        there = recipe.epochs * (recipe.steps if recipe.stepped == "step" else 1)
        if recipe.warmup >= there:
            unit = "steps" if recipe.stepped == "step" else "epochs"
            raise Mistake(f"warmup cannot be {recipe.warmup}: the training has {there} {unit}. Use fewer.")
    if recipe.schedule == "onecycle" and recipe.epochs * recipe.steps < 2:
        raise Mistake("schedule cannot be onecycle in a training of one step: there is nothing to go up and down in.")


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
