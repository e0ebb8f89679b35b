"""The means of one made-up run: each metric in its range, and consistent with the others."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from lessons import metrics
from lessons.recipe import Recipe

RANGES = {
    **dict.fromkeys(("train_accuracy", "validation_accuracy", "test_accuracy"), (0.08, 0.995)),
    "gap": (-0.05, 0.45),
    "loss_gap": (-0.05, 2.0),
    "dead_units": (0.0, 0.6),
    "weight_norm": (1.0, 60.0),
    "seconds": (0.05, 3.0),
}
"""Where other metrics of their unit have another range."""
UNITS = {"share": (0.02, 0.995), "loss": (0.0005, 3.0), "norm": (0.1, 60.0), "seconds": (0.05, 3.0)}
NEAR = 0.01
"""How far validation and test lie apart, of the value."""


class Draw:
    """Draws candidates; ``aims`` narrow a metric's range, ``edges`` cut it into parts that are equally likely."""

    def __init__(
        self,
        recipe: Recipe,
        given: Mapping[str, float],
        rng: random.Random,
        edges: Mapping[str, frozenset[float]],
        aims: Mapping[str, tuple[float, float]],
    ) -> None:
        self.recipe, self._given, self._rng, self._edges = recipe, given, rng, edges
        self._aims = dict(aims)
        for percent in metrics.MARKS:
            if f"epochs_to_{percent}" in {**given, **aims}:
                low, high = self._aims.get("validation_accuracy", (0.0, 1.0))
                self._aims["validation_accuracy"] = max(low, percent / 100), high
        self._there = metrics.available(recipe)

    def means(self) -> dict[str, float | None] | None:
        """One candidate; None where the parts drawn do not fit together."""
        v: dict[str, float] = dict(self._given)
        parameters = self.recipe.parameters
        if self.recipe.task == "classification" and not self._accuracies(v):
            return None
        if not self._losses(v) or not self._labels(v):
            return None
        for name in ("weight_norm", "sparsity", "dead_units", "seconds"):
            self._take(v, name)
        v.setdefault("zeros", self._draw("zeros") if self._watched("zeros") else 0.0)
        v.setdefault("parameters", round(self._draw("parameters")) if "parameters" in self._aims else parameters)
        early = self.recipe.patience > 0 or self._watched("epochs_run")
        v.setdefault("epochs_run", round(self._draw("epochs_run")) if early else self.recipe.epochs)
        marks = self._marks(v)
        return {name: v[name] if name in v else marks.get(name) for name in self._there}

    def _watched(self, name: str) -> bool:
        return name in self._given or bool(self._edges.get(name)) or name in self._aims

    def _range(self, name: str) -> tuple[float, float]:
        """Where a metric may lie: its usual range, made wide enough for what it is compared with."""
        unit = metrics.METRICS[name].unit
        if unit == "epochs":
            low, high = 1.0, float(self.recipe.epochs)
        elif unit == "count":
            low, high = 1.0, 2.0 * self.recipe.parameters
        else:
            low, high = RANGES.get(name) or UNITS[unit]
        for edge in self._edges.get(name, ()):
            if edge >= high:
                high = edge + max(abs(edge) / 2, 0.1)
            if edge <= low:
                low = edge - max(abs(edge) / 2, 0.1) if name in ("gap", "loss_gap") else edge / 2
        if unit == "share":
            low, high = max(low, -1.0 if name == "gap" else 0.0), min(high, 1.0)
        aim = self._aims.get(name, (-math.inf, math.inf))
        return max(low, aim[0]), min(high, aim[1])

    def _draw(self, name: str) -> float:
        low, high = self._range(name)
        if low >= high:
            return low
        cuts = [low, *sorted(edge for edge in self._edges.get(name, ()) if low < edge < high), high]
        part = self._rng.randrange(len(cuts) - 1)
        a, b = cuts[part], cuts[part + 1]
        if a > 0 and b / a > 20:  # over several sizes, each size is equally likely
            return math.exp(self._rng.uniform(math.log(a), math.log(b)))
        return self._rng.uniform(a, b)

    def _take(self, v: dict[str, float], name: str) -> None:
        if name not in v:
            v[name] = self._draw(name)

    def _near(self, v: dict[str, float], kind: str) -> None:
        """Validation and test are about the same; either may be the one that is looked at."""
        validation, test = f"validation_{kind}", f"test_{kind}"
        if test not in v and self._watched(validation) and not self._watched(test):
            self._take(v, validation)
            v[test] = self._beside(v[validation], kind)

    def _beside(self, value: float, kind: str) -> float:
        near = value * self._rng.uniform(1 - NEAR, 1 + NEAR)
        return min(near, 1.0) if kind == "accuracy" else near

    def _accuracies(self, v: dict[str, float]) -> bool:
        """Two of training, test and gap are drawn; the third follows."""
        self._near(v, "accuracy")
        names = ("train_accuracy", "test_accuracy", "gap")
        free = [name for name in names if name not in v]
        if free:
            # What is aimed at is drawn, and so is hit.
            follows = self._rng.choice([name for name in free if name not in self._aims] or free)
            for name in free:
                if name != follows:
                    self._take(v, name)
            train, test, gap = (v.get(name, 0.0) for name in names)
            v[follows] = {"train_accuracy": test + gap, "test_accuracy": train - gap, "gap": train - test}[follows]
        elif abs(v["train_accuracy"] - v["test_accuracy"] - v["gap"]) > 0.0051:
            return False
        if "validation_accuracy" not in v:
            watched = self._watched("validation_accuracy")
            v["validation_accuracy"] = (
                self._draw("validation_accuracy") if watched else self._beside(v["test_accuracy"], "accuracy")
            )
        sound = all(0 <= v[name] <= 1 for name in ("train_accuracy", "test_accuracy"))
        return sound and (v["gap"] > -0.3 or "gap" in self._given or len(free) < 2)

    def _losses(self, v: dict[str, float]) -> bool:
        self._near(v, "loss")
        if "loss_gap" in v or "loss_gap" in self._aims:
            self._take(v, "loss_gap")
            if "test_loss" in v and "train_loss" not in v:
                v["train_loss"] = v["test_loss"] - v["loss_gap"]
            self._one_loss(v, "train")
            v.setdefault("test_loss", v["train_loss"] + v["loss_gap"])
            if abs(v["test_loss"] - v["train_loss"] - v["loss_gap"]) > 0.0051:
                return False
        if self.recipe.task == "classification" or self._watched("train_loss"):
            self._one_loss(v, "train")
            if self.recipe.task == "regression" and not self._watched("test_loss"):
                v.setdefault("test_loss", v["train_loss"] * math.exp(self._rng.uniform(-0.05, 1.0)))
            self._one_loss(v, "test")
        else:
            # Without accuracies it is these two that tell memorising from not having learned.
            self._one_loss(v, "test")
            v.setdefault("train_loss", v["test_loss"] / math.exp(self._rng.uniform(-0.05, 2.5)))
        v.setdefault("loss_gap", v["test_loss"] - v["train_loss"])
        if "validation_loss" not in v:
            watched = self._watched("validation_loss")
            v["validation_loss"] = self._draw("validation_loss") if watched else self._beside(v["test_loss"], "loss")
        usual = v["train_loss"] <= 1.2 * v["test_loss"] or self.recipe.task == "classification"
        return min(v["train_loss"], v["test_loss"]) >= 0 and (usual or "train_loss" in self._given)

    def _one_loss(self, v: dict[str, float], split: str) -> None:
        name, accuracy = f"{split}_loss", v.get(f"{split}_accuracy")
        if name in v:
            return
        if accuracy is None or self._watched(name):
            v[name] = self._draw(name)
        else:
            v[name] = 0.0005 + 2.5 * (1 - accuracy) * self._rng.uniform(0.9, 1.1)

    def _labels(self, v: dict[str, float]) -> bool:
        """Of true and false labels together it has learned as much as its training accuracy says."""
        noise = self.recipe.label_noise
        right, wrong = "right_label_accuracy", "wrong_label_accuracy"
        if right not in self._there:
            return True
        train = v["train_accuracy"]
        if wrong not in v and right in v:
            v[wrong] = (train - (1 - noise) * v[right]) / noise
        elif wrong not in v:
            low, high = max(0.0, (train - (1 - noise)) / noise), min(1.0, train / noise)
            v[wrong] = self._draw(wrong) if self._watched(wrong) else self._rng.uniform(low, min(high, max(low, train)))
        v.setdefault(right, (train - noise * v[wrong]) / (1 - noise) if noise < 1 else train)
        return all(name in self._given or -1e-9 <= v[name] <= 1 + 1e-9 for name in (right, wrong))

    def _marks(self, v: dict[str, float]) -> dict[str, float]:
        """When each validation accuracy was first reached; those that were not are left out."""
        reached: dict[str, float] = {}
        latest = max(1.0, v["epochs_run"])
        for percent in reversed(metrics.MARKS):
            name = f"epochs_to_{percent}"
            if v.get("validation_accuracy", 0.0) >= percent / 100:
                night = v[name] if name in v else self._draw(name) if self._watched(name) else latest * 0.8
                latest = reached[name] = float(max(1, round(min(night, latest))))
        return reached
