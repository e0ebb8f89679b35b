"""The section that makes the network."""

from __future__ import annotations

from itertools import pairwise

from lessons.recipe import Recipe
from lessons.settings.network import ACTIVATIONS, POOLS
from lessons.source.layout import block, call

KAIMING = {
    "leaky_relu": 'a=0.01, nonlinearity="leaky_relu"',
    "sigmoid": 'nonlinearity="sigmoid"',
    "tanh": 'nonlinearity="tanh"',
    "linear": 'nonlinearity="linear"',
}
"""What Kaiming's rule is told of the activation; ReLU and its smooth relatives count as ReLU."""


def model(recipe: Recipe) -> str:
    """The class ``Net``."""
    layers = [*_convolutions(recipe), *_dense(recipe)]
    return (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.layers = nn.Sequential(\n"
        + block([f"{layer}," for layer in layers], 12)
        + "        )\n"
        + _first_weights(recipe)
        + "\n    def forward(self, x):\n        return self.layers(x)\n"
    )


def _convolutions(recipe: Recipe) -> list[str]:
    if not recipe.channels:
        return []
    (depth, height, width) = recipe.maps[0]
    layers = [f"nn.Unflatten(1, ({depth}, {height}, {width}))"]
    options = f", kernel_size={recipe.kernel}"
    options += f", stride={recipe.stride}" if recipe.stride > 1 else ""
    options += f", padding={recipe.padding}" if recipe.padding else ""
    for number, ((before, *_), after) in enumerate(zip(recipe.maps, recipe.channels, strict=False)):
        norm = _norm(recipe, number, after, "2d")
        layers.append(f"nn.Conv2d({before}, {after}{options})")
        layers += _after(recipe, norm)
        if recipe.pool != "none":
            layers.append(POOLS[recipe.pool])
        if recipe.rates[number]:
            layers.append(f"nn.Dropout2d({recipe.rates[number]!r})")
    return [*layers, "nn.Flatten()"]


def _dense(recipe: Recipe) -> list[str]:
    layers = []
    *hidden, last = pairwise(recipe.dense)
    for number, (before, after) in enumerate(hidden, len(recipe.channels)):
        layers.append(f"nn.Linear({before}, {after})")
        layers += _after(recipe, _norm(recipe, number, after, "1d"))
        if recipe.rates[number]:
            layers.append(f"nn.Dropout({recipe.rates[number]!r})")
    return [*layers, f"nn.Linear({last[0]}, {last[1]})"]


def _norm(recipe: Recipe, number: int, units: int, dims: str) -> list[str]:
    if recipe.norm == "none":
        return []
    if recipe.norm == "batch":
        momentum = f", momentum={recipe.norm_momentum!r}" if recipe.norm_momentum != 0.1 else ""
        return [f"nn.BatchNorm{dims}({units}{momentum})"]
    if recipe.norm == "layer":  # of an image, all channels and pixels together: a group norm of one group
        return [f"nn.LayerNorm({units})" if dims == "1d" else f"nn.GroupNorm(1, {units})"]
    if recipe.norm == "group":
        return [f"nn.GroupNorm({recipe.grouping[number]}, {units})"]
    return [f"nn.InstanceNorm2d({units}, affine=True)"]


def _after(recipe: Recipe, norm: list[str]) -> list[str]:
    activation = [ACTIVATIONS[recipe.activation]]
    return norm + activation if recipe.norm_place == "before" else activation + norm


def _first_weights(recipe: Recipe) -> str:
    """The lines that set the first weights and biases; none where PyTorch's own are kept."""
    hidden, last = _rules(recipe)
    bias = [] if recipe.bias == "default" else [_constant(recipe.bias)]
    if not hidden and not bias:
        return ""
    kinds = "(nn.Conv2d, nn.Linear)" if recipe.channels else "nn.Linear"
    lines = f"        layers = [m for m in self.modules() if isinstance(m, {kinds})]\n"
    if hidden == last or not recipe.blocks:
        return lines + "        for layer in layers:\n" + block([*last, *bias], 12)
    lines += "        for layer in layers[:-1]:\n" + block([_fitted(rule) for rule in hidden], 12)
    lines += block([rule.replace("layer.", "layers[-1].") for rule in last], 8)
    return lines + ("        for layer in layers:\n" + block(bias, 12) if bias else "")


def _fitted(rule: str) -> str:
    head, _, rest = rule.partition("(")
    return call(head + "(", rest.removesuffix(")").split(", "), at=12).replace("\n            ", "\n").strip()


def _constant(value: float | str) -> str:
    return "nn.init.zeros_(layer.bias)" if value == 0 else f"nn.init.constant_(layer.bias, {value!r})"


def _rules(recipe: Recipe) -> tuple[list[str], list[str]]:
    """The line for the hidden layers, and for the last one, after which there is no activation."""
    name = recipe.init
    if name == "default":
        return [], []
    if name.startswith("kaiming"):
        nonlinearity = KAIMING.get(recipe.activation, 'nonlinearity="relu"')
        rule = f"nn.init.{name}_(layer.weight, {{}})"
        return [rule.format(nonlinearity)], [rule.format('nonlinearity="linear"')]
    option = ""
    if name in ("xavier_uniform", "xavier_normal", "orthogonal") and recipe.gain != 1.0:
        option = f", gain={recipe.gain!r}"
    elif name == "normal":
        option = f", std={recipe.init_std!r}"
    rule = f"nn.init.{name}_(layer.weight{option})"
    return [rule], [rule]
