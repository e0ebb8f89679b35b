"""Looks inside a network in the middle of its training: layers, weights, boundary, misread images, dropout."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from lessons.lab.forge import Splits
from lessons.lab.measuring import SMALL
from lessons.views import Grid, Histogram, LayerView, Mask, Misread, View, short

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

ROWS = 128
"""Training rows that a look is taken with: always the first ones."""
SAME = 1e-6
"""A unit whose outputs spread less than this says the same to every row: it is dead."""
SQUARED = 1e-14
"""Between this and its inverse a float32 can be squared without a loss."""
TINY = 1e-30
"""Weights that are all smaller are drawn as 0."""
UNITS = 256
"""Units of a layer that the pictures of dead units and of dropout show at most."""
BINS = 40
"""Bins of the weight histogram."""
SIDE = 41
"""Points on each side of the grid."""
MARGIN = 0.1
"""How far the grid reaches beyond the training rows, as a share of their range."""
POINTS = 200
"""Training rows that are shown on the grid at most."""
MISREAD = 8
"""Misread images that are shown at most, in each split."""
BATCH = 1024
"""Images read at a time, so that a convolution on all of them does not fill the memory."""
DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout)


def look(
    model: nn.Module, data: Splits, epoch: int, loss: Loss, *, image: tuple[int, int, int] | None, final: bool
) -> View:
    """What the network looks like after that epoch (0 = before the first).

    The blocks lie in ``model.layers``. ``image`` is the shape of an input that is an image; misread ones are
    looked for at the end only (``final``). Parameters and their ``.grad`` stay as they are, but modes, batch norm's
    buffers and, where there is dropout, the random state do not: call it inside ``measuring.undisturbed``.
    """
    x, y = data["train"]
    # Before the layers are looked at: that moves batch norm's running averages, which these two need.
    grid = _grid(model, x, y) if x.ndim == 2 and x.shape[1] == 2 else None
    misread = {
        split: _misread(model, *data[split]) if image and final and split in data else []
        for split in ("validation", "test")
    }
    layers, masks = _layers(model, x[:ROWS], y[:ROWS], loss)
    return View(epoch=epoch, layers=layers, histogram=_histogram(model), grid=grid, misread=misread, masks=masks)


def _layers(model: nn.Module, x: torch.Tensor, y: torch.Tensor, loss: Loss) -> tuple[list[LayerView], list[Mask]]:
    """Every layer with weights, and what dropout did after it."""
    parts = [module for module in model.layers.modules() if isinstance(module, (nn.Linear, nn.Conv2d, *DROPOUTS))]
    layers = [module for module in parts if not isinstance(module, DROPOUTS)]
    dropouts = [module for module in parts if isinstance(module, DROPOUTS)]
    for module in model.modules():
        # As in training, but nothing is dropped; and one row has no spread that batch norm could divide by.
        module.training = len(x) > 1 and not isinstance(module, DROPOUTS)
    with torch.enable_grad(), _inputs([*layers[1:], *dropouts]) as entered:
        outputs = model(x)
        gradients = _gradients(loss(outputs, y), [layer.weight for layer in layers])
    blocks = [*(entered[layer] for layer in layers[1:]), outputs.detach()]
    seen = zip(
        layers,
        _norms([layer.weight.detach() for layer in layers]),
        _norms(gradients),
        _spreads(blocks, [layer.weight.shape[0] for layer in layers]),
        strict=True,
    )
    views = [_view(number, *one, hidden=number < len(layers) and len(x) > 1) for number, one in enumerate(seen, 1)]
    before = [sum(part in layers for part in parts[: parts.index(dropout)]) for dropout in dropouts]
    return views, [_mask(dropout, entered[dropout][:1], n) for dropout, n in zip(dropouts, before, strict=True)]


@torch.no_grad()
def _mask(dropout: nn.Module, row: torch.Tensor, after: int) -> Mask:
    """What the layer, in training mode, strikes out of one row. Which outputs does not hang on what they are."""
    dropout.train()
    # Of ones, since an output that is 0 anyway would not tell; what is kept is at least 1.
    kept = dropout(torch.ones_like(row)) > 0
    whole = kept.ndim > 2 and not isinstance(dropout, nn.Dropout | nn.AlphaDropout)
    units = kept[0].flatten(start_dim=1)[:, 0] if whole else kept.flatten()
    struck = "".join(["0" if unit else "1" for unit in units.tolist()])
    return Mask(after, dropout.p, len(struck), struck.count("1"), struck[:UNITS])


def _view(
    number: int, layer: nn.Linear | nn.Conv2d, weight: float, gradient: float, spreads: list[float], hidden: bool
) -> LayerView:
    """``spreads`` as ``_spreads`` returns them; a layer that is not ``hidden`` has no dead units."""
    spread, mean, *units = spreads
    dead = "".join(["1" if unit < SAME else "0" for unit in units]) if hidden and math.isfinite(spread) else ""
    size = (layer.in_features, layer.out_features) if isinstance(layer, nn.Linear) else (layer.in_channels, len(units))
    return LayerView(
        name=f"{number}: {type(layer).__name__} {size[0]}-{size[1]}",
        units=len(units),
        weight_norm=short(weight),
        gradient_norm=short(gradient),
        spread=short(spread),
        mean=short(mean),
        dead=short(dead.count("1") / len(dead)) if dead else None,
        dead_units=dead[:UNITS],
    )


@contextmanager
def _inputs(layers: list[nn.Module]) -> Iterator[dict[nn.Module, torch.Tensor]]:
    """What enters each of these layers while the context lasts."""
    entered: dict[nn.Module, torch.Tensor] = {}

    def note(layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        entered[layer] = inputs[0].detach()

    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    try:
        yield entered
    finally:
        for hook in hooks:
            hook.remove()


def _gradients(loss: torch.Tensor, weights: list[torch.Tensor]) -> list[torch.Tensor]:
    """The gradient of the loss for each weight, NaN for one that does not learn. Leaves ``.grad`` alone."""
    learning = [weight for weight in weights if weight.requires_grad]
    found = iter(torch.autograd.grad(loss, learning) if learning else ())
    none = loss.new_tensor(math.nan)
    return [next(found) if weight.requires_grad else none for weight in weights]


def _norms(tensors: list[torch.Tensor]) -> list[float]:
    """The L2 norm of each tensor."""
    norms = torch.stack([torch.linalg.vector_norm(tensor) for tensor in tensors]).tolist()
    for n, tensor in enumerate(tensors):
        if not SQUARED < norms[n] < 1 / SQUARED:
            scale = _scale(tensor)
            norms[n] = (torch.linalg.vector_norm(tensor / scale) * scale).item()
    return norms


def _spreads(blocks: list[torch.Tensor], units: list[int]) -> list[list[float]]:
    """For each block's output: its spread, its mean, and the spread of each unit over the rows."""
    parts = [_variances(block, n) for block, n in zip(blocks, units, strict=True)]
    # One trip from the device for all numbers: waiting for each costs more than working them out.
    split = torch.cat([part.reshape(-1) for three in parts for part in three]).split([2 + n for n in units])
    return [_roots(values.tolist(), block) for values, block in zip(split, blocks, strict=True)]


def _variances(block: torch.Tensor, units: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Variance () and mean () of a block's output, and the variance of each unit over the rows (units,).

    Of a channel's pixels the one that differs most from row to row counts. Distances are taken from the first
    row, so a constant has a variance of exactly 0; ``torch.var`` takes ten times as long.
    """
    values = block.reshape(len(block), -1)
    first = values[0]
    distances = values - first
    shifts = distances.mean(0)
    # Rounding may leave a little less than nothing.
    variances = (distances.square_().mean(0) - shifts.square()).clamp_min_(0)
    means = first + shifts
    # Flatten puts the pixels of a channel side by side, so this shape fits what left it, too.
    return variances.mean() + means.var(correction=0), means.mean(), variances.reshape(units, -1).amax(1)


def _roots(values: list[float], block: torch.Tensor) -> list[float]:
    """Spreads of what ``_variances`` found, worked out again where float32 does not hold the squares."""
    variance, mean, *units = values
    if SQUARED**2 < variance < 1 / SQUARED**2:
        return [math.sqrt(variance), mean, *map(math.sqrt, units)]
    scale = _scale(block)
    again = torch.cat([part.reshape(-1) for part in _variances(block / scale, len(units))])
    again[0], again[2:] = again[0].sqrt(), again[2:].sqrt()
    return (again * scale).tolist()


def _scale(values: torch.Tensor) -> torch.Tensor:
    """The largest absolute value, and never 0."""
    low, high = torch.aminmax(values)
    return torch.maximum(-low, high).clamp_min(torch.finfo(values.dtype).tiny)


def _histogram(model: nn.Module) -> Histogram:
    weights = torch.cat([p.detach().flatten() for p in model.parameters() if p.ndim > 1])
    total = weights.numel()
    zeros = total - torch.count_nonzero(weights)
    small = torch.count_nonzero(weights.abs() < SMALL)
    high = _scale(weights).item()
    if not math.isfinite(high):
        weights = weights[weights.isfinite()]
        high = _scale(weights).item() if len(weights) else 0.0
    half = BINS // 2
    # Not torch.histc: it takes five times as long, and counts in float32. The limit is for weights that are all 0.
    bins = weights.mul_(half / max(high, TINY)).add_(half).int()
    found = [torch.bincount(bins, minlength=BINS + 1), zeros.reshape(1), small.reshape(1)]
    *counts, top, zeros, small = torch.cat(found).tolist()
    counts[-1] += top  # the largest weight itself
    high = short(high) if high > TINY else 0.0
    return Histogram(low=0.0 - high, high=high, counts=counts, zeros=zeros, small=small, total=total)


@torch.no_grad()
def _grid(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> Grid:
    """The answers all over the plane, as examined: dropout rests, batch norm uses its running averages."""
    model.eval()
    low, high = torch.stack([x.amin(0), x.amax(0)]).tolist()
    # Rows that all lie on one line still get a plane.
    margins = [MARGIN * (b - a) or MARGIN for a, b in zip(low, high, strict=True)]
    x_low, y_low = (short(a - m) for a, m in zip(low, margins, strict=True))
    x_high, y_high = (short(b + m) for b, m in zip(high, margins, strict=True))
    across = torch.linspace(x_low, x_high, SIDE, device=x.device, dtype=x.dtype)
    up = torch.linspace(y_low, y_high, SIDE, device=x.device, dtype=x.dtype)
    outputs = model(torch.stack([across.repeat(SIDE), up.repeat_interleave(SIDE)], dim=1))
    if outputs.shape[1] == 1:
        values = outputs[:, 0]
    elif outputs.shape[1] == 2:
        values = outputs.softmax(dim=1)[:, 1]
    else:
        values = torch.where(outputs.isfinite().all(dim=1), outputs.argmax(dim=1), math.nan)
    points = torch.cat([x[:POINTS], y[:POINTS].reshape(len(x[:POINTS]), -1)[:, :1].to(x.dtype)], dim=1)
    return Grid(
        x_low=x_low,
        x_high=x_high,
        y_low=y_low,
        y_high=y_high,
        size=SIDE,
        values=_table(values.reshape(SIDE, SIDE)),
        points=_table(points),
    )


def _table(values: torch.Tensor) -> list[list[float | None]]:
    """The rows of a table, rounded to five significant digits of its largest number."""
    values = values.cpu().double()
    largest = values.abs().amax().item()
    if not 0 < largest < math.inf:
        return [[short(value) for value in row] for row in values.tolist()]
    # ``short`` on each of 1681 numbers takes as long as all the rest of a small network's look.
    return values.round(decimals=4 - math.floor(math.log10(largest))).tolist()


@torch.no_grad()
def _misread(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> list[Misread]:
    """The images whose wrong answer got the highest probability, the surest first."""
    model.eval()
    sure, said = torch.cat([model(images) for images in x.split(BATCH)]).softmax(dim=1).max(dim=1)
    wrong = (said != y) & sure.isfinite()
    sure, rows = torch.where(wrong, sure, -1.0).topk(min(MISREAD, len(y)))
    images = x[rows].flatten(start_dim=1)
    low, high = images.amin(dim=1, keepdim=True), images.amax(dim=1, keepdim=True)
    grey = (images - low) / (high - low).clamp_min(torch.finfo(x.dtype).tiny) * 255
    found = zip(rows.tolist(), y[rows].tolist(), said[rows].tolist(), sure.tolist(), grey.round().tolist(), strict=True)
    return [
        Misread(index=row, truth=truth, said=answer, sure=short(how), pixels=bytes(map(int, pixels)).hex())
        for row, truth, answer, how, pixels in found
        if how >= 0
    ]
