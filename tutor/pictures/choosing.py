"""Every picture by name, and which of them make sense for a lesson."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lessons.mistakes import unknown
from lessons.recipe import Recipe
from tutor.pictures import boundary, digits, layers, lines, units, weights
from tutor.pictures.picture import Picture, Sight, cut

DEEP = 4
"""From so many blocks on, what passes between the layers is worth a look."""


@dataclass(frozen=True)
class Kind:
    """One picture."""

    name: str
    title: str
    draw: Callable[[Sight, int, int, str], Picture]
    of: tuple[str, ...] = ("view",)
    """What it is drawn from besides the recipe: fields of a ``Sight``."""

    @property
    def needs_look(self) -> bool:
        """Whether a run from a save book, which keeps curves alone, cannot draw it."""
        return self.of != ("nights",)


PICTURES: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("boundary", "what it says where", boundary.draw),
        Kind("mask", "dropout at work", units.mask),
        Kind("weights", "weights by size", weights.draw),
        Kind("layers", "layer by layer", layers.draw),
        Kind("dead", "dead units", units.dead),
        Kind("rate", "learning rate, step by step", lines.rate, ("rates",)),
        Kind("labels", "labels learned, night by night", lines.labels, ("nights",)),
        Kind("digits", "misread", digits.draw, ("view", "accuracy")),
    )
}
"""Every picture by name."""

_PASSING = ("layers", "dead")
_ABOUT = {
    **dict.fromkeys(("dropout", "eval_mode"), ("mask",)),
    **dict.fromkeys(("l1", "l1_on", "l1_step", "weight_decay", "decay_on"), ("weights",)),
    **dict.fromkeys(("activation", "init", "gain", "init_std", "bias"), _PASSING),
    **dict.fromkeys(("norm", "norm_place", "norm_momentum", "groups"), _PASSING),
    **dict.fromkeys(("schedule", "stepped", "step_size", "milestones", "gamma", "lr_patience", "warmup"), ("rate",)),
    "label_noise": ("labels",),
    **dict.fromkeys(("widths", "channels", "train_size", "pixels", "shift", "rotate", "mixup"), ("digits",)),
}
"""What a setting that is offered makes the lesson about."""


def chosen(recipe: Recipe, offered: Iterable[str] = ()) -> tuple[str, ...]:
    """The pictures of a lesson, the first being what it is about; there is always one.

    ``recipe`` is the experiment as it stands, ``offered`` the names of the settings that can be turned, in order.
    """
    names = ["boundary"]
    for setting in offered:
        about = _ABOUT.get(setting, ())
        # ReLU is the one whose units die.
        names += reversed(about) if setting == "activation" and recipe.activation == "relu" else about
    names += ["labels", "digits"]
    names += ["mask"] if any(recipe.rates) else []
    names += ["weights"] if recipe.l1 or recipe.weight_decay else []
    names += _PASSING if recipe.blocks >= DEEP else ()
    names += ["rate"] if recipe.schedule != "constant" or recipe.warmup else []
    fitting = tuple(name for name in dict.fromkeys(names) if _fits(name, recipe))
    return fitting or ("weights",)


def _fits(name: str, recipe: Recipe) -> bool:
    if name == "boundary":
        return recipe.facts.inputs == 2
    if name == "digits":
        return recipe.facts.image is not None
    if name == "labels":
        return recipe.label_noise > 0
    return recipe.blocks > 0 if name in ("mask", "dead") else True


def kind(name: str) -> Kind:
    """The picture of that name; a ``Mistake`` names the nearest one."""
    if name not in PICTURES:
        raise unknown("picture", name, PICTURES)
    return PICTURES[name]


def title(name: str, sight: Sight) -> str:
    """What stands over a picture, with the night that it shows."""
    shown = kind(name)
    if "view" not in shown.of or sight.view is None:
        return shown.title
    night = sight.view.epoch
    return f"{shown.title}, after night {night}" if night else f"{shown.title}, before the first night"


def draw(name: str, sight: Sight, width: int, height: int) -> Picture:
    """A picture in at most that many cells and rows; its words are the same at every size."""
    drawn = kind(name).draw(sight, max(width, 1), max(height, 1), title(name, sight))
    return dataclasses.replace(drawn, rows=tuple(cut(line, width) for line in drawn.rows[:height]))


def drawn_from(name: str, sight: Sight) -> tuple[object, ...]:
    """Where this stays the same, so does the picture."""
    return (name, sight.recipe, *(getattr(sight, part) for part in kind(name).of))
