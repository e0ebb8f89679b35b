"""Looks inside networks that were never trained, with everything in a known place."""

from lessons.jobs import job
from lessons.views import Grid, Histogram, LayerView, Mask, Misread, View
from tutor.pictures.picture import Sight

DIGITS = job("noisy-digits-mlp").recipe
POINTS = job("circles").recipe
HEIGHTS = job("bumps").recipe


def layer(number=1, units=4, dead="0000", gradient=0.1, spread=1.0, norm=2.0):
    share = dead.count("1") / len(dead) if dead else None
    return LayerView(f"{number}: Linear {units}-{units}", units, norm, gradient, spread, 0.0, share, dead)


def histogram(counts=None, zeros=0, small=0, high=2.0):
    counts = counts or [1] * 40
    return Histogram(-high, high, counts, zeros, small, sum(counts))


def grid(value, points=(), size=41):
    """``value(x, y)`` all over the square from -1 to 1."""
    steps = [-1 + 2 * n / (size - 1) for n in range(size)]
    return Grid(-1.0, 1.0, -1.0, 1.0, size, [[value(x, y) for x in steps] for y in steps], [list(p) for p in points])


def misread(pixels, truth=4, said=9, sure=0.98, index=0):
    """``pixels(row, column)`` gives a grey level."""
    return Misread(index, truth, said, sure, bytes(pixels(r, c) for r in range(28) for c in range(28)).hex())


def view(epoch=12, layers=None, weights=None, plane=None, images=(), masks=()):
    layers = layers or [layer(1), layer(2, dead="")]
    images = {"validation": list(images), "test": []}
    return View(epoch, layers, weights or histogram(), plane, images, list(masks))


def sight(recipe=DIGITS, *, accuracy=0.7, nights=(), rates=(), **parts):
    return Sight(recipe, view(**parts), tuple(nights), accuracy, tuple(rates))


def full(recipe=DIGITS):
    """A sight that has something for every picture that fits its data."""
    return sight(
        recipe,
        layers=[*(layer(n, 64, "0001" * 16, 10.0**-n, n) for n in range(1, 7)), layer(7, 10, "")],
        weights=histogram([n * n for n in range(20)] + [(20 - n) ** 2 for n in range(20)], zeros=100, small=160),
        plane=None if recipe.facts.image else grid(lambda x, y: 1.0 if x * x + y * y < 0.4 else 0.0, [(0.9, 0.9, 0)]),
        images=[misread(lambda r, c, n=n: (r * c * n) % 256, n, n + 1, 0.9 - n / 100) for n in range(8)]
        if recipe.facts.image
        else [],
        masks=[Mask(1, 0.5, 256, 128, "01" * 128), Mask(2, 0.25, 64, 16, "1000" * 16)],
        nights=[(n, 1 - 0.7**n, 0.02 * n) for n in range(1, 31)],
        rates=[(n, 0.1 * n / 50 if n < 50 else 0.1 * (100 - n) / 50) for n in range(1, 101)],
    )
