"""Every setting, declared once: name, kind, range, default, plain words, the code it writes.

The form, the command line, the chapter linter, the generated source and the author's
reference are all made from ``SETTINGS``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from lessons.mistakes import Mistake, clip, unknown

MAX_LAYERS = 64
"""Hidden layers a network may have; more would be a slip or a prank."""


@dataclass(frozen=True)
class Setting:
    """One thing that can be turned. ``check`` and ``parse`` are the only ways in."""

    name: str
    label: str
    """What the screen calls it."""
    default: Any
    words: str
    """What it does, in one plain sentence."""
    code: str
    """The line of PyTorch that it writes; ``{}`` stands for the value."""

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        raise NotImplementedError

    def check(self, value: Any) -> Any:
        """The value in its normal form; raises ``Mistake`` when it is not allowed."""
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        """The value that a text from the command line or the plain mode names."""
        return self.check(text)

    def show(self, value: Any) -> str:
        """The value as a player reads it."""
        return str(value)

    def line(self, value: Any) -> str:
        """The line of PyTorch for this value."""
        return self.code.replace("{}", self.show(value))

    def _refuse(self, value: Any) -> Mistake:
        return Mistake(f"{self.name} cannot be {clip(value)}. Allowed: {self.allowed}.")


@dataclass(frozen=True)
class Number(Setting):
    """A number between two bounds, both included."""

    low: float = 0.0
    high: float = math.inf
    whole: bool = False

    @property
    def allowed(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}"

    def check(self, value: Any) -> float | int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refuse(value)
        if not self.low <= value <= self.high or (self.whole and value != int(value)):
            raise self._refuse(value)
        return int(value) if self.whole else float(value)

    def parse(self, text: str) -> float | int:
        return self.check(_number(text, self._refuse(text)))

    def show(self, value: Any) -> str:
        return _plain(value)


@dataclass(frozen=True)
class Choice(Setting):
    """One word out of a list; ``codes`` says what each writes."""

    codes: dict[str, str] = field(default_factory=dict)

    @property
    def allowed(self) -> str:
        return ", ".join(self.codes)

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        if value.lower() not in self.codes:
            raise unknown(self.name, value, self.codes)
        return value.lower()

    def line(self, value: Any) -> str:
        return self.code.replace("{}", self.codes[value])


@dataclass(frozen=True)
class Switch(Setting):
    """On or off."""

    on: str = "on"
    off: str = "off"

    @property
    def allowed(self) -> str:
        return "true, false"

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._refuse(value)
        return value

    def parse(self, text: str) -> bool:
        word = text.strip().lower()
        if word in ("true", "yes", "on", "1", self.on):
            return True
        if word in ("false", "no", "off", "0", self.off):
            return False
        raise self._refuse(text)

    def show(self, value: Any) -> str:
        return self.on if value else self.off

    def line(self, value: Any) -> str:
        return self.code if value else f"# {self.code} is missing"


@dataclass(frozen=True)
class Numbers(Setting):
    """A list of numbers, one per hidden layer; ``single`` admits one number for all layers."""

    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    single: bool = False
    below: bool = False
    """True where ``high`` itself is not allowed."""

    @property
    def allowed(self) -> str:
        kind = "whole numbers" if self.whole else "numbers"
        bound = "below" if self.below else "to"
        one = "one for all layers, or " if self.single else ""
        return f"{kind} from {self.low:g} {bound} {self.high:g}, {one}one per hidden layer"

    def check(self, value: Any) -> float | tuple[float, ...]:
        if isinstance(value, (list, tuple)):
            if not 1 <= len(value) <= MAX_LAYERS:
                raise self._refuse(value)
            return tuple(self._one(v, value) for v in value)
        if not self.single:
            raise self._refuse(value)
        return self._one(value, value)

    def _one(self, number: Any, given: Any) -> float | int:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise self._refuse(given)
        if not self.low <= number <= self.high or (self.below and number == self.high):
            raise self._refuse(given)
        if self.whole and number != int(number):
            raise self._refuse(given)
        return int(number) if self.whole else float(number)

    def parse(self, text: str) -> float | tuple[float, ...]:
        parts = text.strip().strip("[]()").split(",")
        numbers = [_number(part, self._refuse(text)) for part in parts if part.strip()]
        if self.single and len(numbers) == 1:
            return self.check(numbers[0])
        return self.check(numbers)

    def show(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            return ", ".join(_plain(v) for v in value)
        return _plain(value)


def _number(text: str, refusal: Mistake) -> float | int:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise refusal from None


def _plain(number: float) -> str:
    return f"{number:g}" if abs(number) < 1e6 else repr(number)


ACTIVATIONS = {
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU()",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "gelu": "nn.GELU()",
    "silu": "nn.SiLU()",
    "elu": "nn.ELU()",
    "linear": "nn.Identity()",
}
NORMS = {"none": "# no normalisation layer", "batch": "nn.BatchNorm1d(width)"}
OPTIMIZERS = {
    "sgd": "torch.optim.SGD",
    "adam": "torch.optim.Adam",
    "adamw": "torch.optim.AdamW",
    "rmsprop": "torch.optim.RMSprop",
}

_ALL = (
    Numbers(
        "dropout",
        "dropout",
        0.0,
        "The share of a layer's outputs that is set to zero at random in each training step.",
        "nn.Dropout({})",
        low=0.0,
        high=1.0,
        single=True,
        below=True,
    ),
    Choice(
        "norm",
        "normalisation",
        "none",
        "Brings each unit's outputs to mean 0 and variance 1 over the batch, then lets it rescale.",
        "{}",
        codes=NORMS,
    ),
    Choice(
        "activation",
        "activation",
        "relu",
        "The bend after each hidden layer; without one, all layers together are one straight map.",
        "{}",
        codes=ACTIVATIONS,
    ),
    Number(
        "weight_decay",
        "weight decay",
        0.0,
        "Pulls every parameter towards zero at each step, in proportion to its size.",
        "optimizer = torch.optim.SGD(model.parameters(), lr=lr, weight_decay={})",
        high=1e6,
    ),
    Number(
        "l1",
        "L1 penalty",
        0.0,
        "Adds the sum of the weights' absolute values, times this, to the loss.",
        "penalty = {} * sum(p.abs().sum() for p in model.parameters() if p.ndim > 1)",
        high=1e6,
    ),
    Number(
        "epochs",
        "epochs",
        30,
        "How many times the training set is read from beginning to end.",
        "for epoch in range(1, {} + 1):",
        low=1,
        high=100_000,
        whole=True,
    ),
    Number(
        "lr",
        "learning rate",
        0.001,
        "How far each step moves the weights.",
        "optimizer = torch.optim.Adam(model.parameters(), lr={})",
        low=1e-12,
        high=1e12,
    ),
    Choice(
        "optimizer",
        "optimiser",
        "adam",
        "The rule that turns gradients into steps.",
        "optimizer = {}(model.parameters(), lr=lr)",
        codes=OPTIMIZERS,
    ),
    Switch(
        "eval_mode",
        "model.eval()",
        True,
        "Whether the network is put into evaluation mode before it is examined.",
        "model.eval()",
        on="called",
        off="forgotten",
    ),
    Number(
        "momentum",
        "momentum",
        0.0,
        "The share of the last step that is added to the next one; SGD and RMSprop only.",
        "optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum={})",
        high=0.9999,
    ),
    Number(
        "batch_size",
        "batch size",
        64,
        "How many rows make one step; 0 means the whole training set at once.",
        "for batch in order.split({}):",
        high=100_000,
        whole=True,
    ),
    Number(
        "train_size",
        "training rows",
        1000,
        "How many rows the network may learn from.",
        "x, y = x[:{}], y[:{}]",
        low=2,
        high=1_000_000,
        whole=True,
    ),
    Number(
        "label_noise",
        "wrong labels",
        0.0,
        "The share of training labels that are replaced by a wrong one.",
        "wrong = noise < {}",
        high=1.0,
    ),
    Numbers(
        "widths",
        "widths",
        (64,),
        "The number of units in each hidden layer.",
        "nn.Linear(inputs, {})",
        low=1,
        high=16_384,
        whole=True,
    ),
)

SETTINGS: dict[str, Setting] = {setting.name: setting for setting in _ALL}
"""Every setting by name, in the order in which screens and references list them."""


def setting(name: str) -> Setting:
    """The setting of that name; a ``Mistake`` names the nearest one."""
    if name not in SETTINGS:
        raise unknown("setting", name, SETTINGS)
    return SETTINGS[name]


def parse_pairs(pairs: list[str]) -> dict[str, Any]:
    """``["dropout=0.5", ...]`` as checked values; a ``Mistake`` says which pair is wrong."""
    values = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not text.strip():
            raise Mistake(f"{clip(pair)} is not of the form name=value, such as dropout=0.5.")
        values[name.strip()] = setting(name.strip()).parse(text.strip())
    return values
