"""Random valid recipes: small ones that can be trained in a test, and wild ones that are only written."""

from contextlib import suppress
from math import gcd

from hypothesis import reject
from hypothesis import strategies as st

from lessons.datasets import DATA, OWN, TOYS
from lessons.fullsets import FULL
from lessons.mistakes import Mistake
from lessons.own import OwnData
from lessons.recipe import Recipe
from lessons.settings import SETTINGS, Choice, Number, Switch

SMALL = tuple(name for name in DATA if name not in FULL)
"""The data sets that are there without a download."""
SELF_WARMED = ("onecycle", "cyclic", "plateau")
"""The schedules that a warm-up does not go with."""


def choices(name):
    """Any word that a setting allows."""
    return st.sampled_from(list(SETTINGS[name].codes))


def some(*values):
    return st.sampled_from(values)


@st.composite
def recipes(draw, data=SMALL, own=None):
    """A valid recipe over all settings, trained in a fraction of a second; ``own`` is a file to learn from."""
    try:
        return draw(_trained(draw(_network(draw(_rows(data, own))))))
    except Mistake:
        reject()


@st.composite
def _rows(draw, data, own):
    """The data, and the size of a step."""
    pictures = [name for name in data if DATA[name].image]  # there is more to be turned: two recipes in five
    name = OWN if own else draw(st.sampled_from(pictures if draw(some(True, False, False)) else data))
    bare = Recipe(data=name, own=own, train_size=2)
    labels, image = bare.task == "classification", bare.facts.image
    size = draw(st.integers(min(20, bare.facts.rows), min(60, bare.facts.rows)))
    batch = draw(some(0, 1, 7, 8, 16, 64))
    return bare.turned(
        train_size=size,
        batch_size=batch,
        redraw=draw(st.booleans()),
        label_noise=draw(some(0.0, 0.03, 0.3, 1.0)) if labels else 0.0,
        label_smoothing=draw(some(0.0, 0.1, 1 / 3)) if labels else 0.0,
        feature_noise=draw(some(0.0, 0.1, 1.5)) if name in TOYS else 0.0,
        pixels=draw(choices("pixels")),
        shift=draw(some(0, 0, 1, 3)) if image else 0,
        rotate=draw(some(0.0, 0.0, 10.0, 45.5)) if image else 0.0,
        mixup=draw(some(0.0, 0.0, 0.2, 1.0)) if batch != 1 else 0.0,
    )


@st.composite
def _network(draw, recipe):
    """The layers, and whatever can stand between them."""
    kernel = draw(st.integers(1, 5))
    channels = draw(st.lists(st.integers(1, 4), min_size=draw(some(0, 1, 1)), max_size=2)) if recipe.facts.image else []
    # A convolution alone, without dense layers, is the only place for instance norm.
    bare = channels and draw(st.booleans())
    recipe = recipe.turned(
        channels=channels,
        kernel=kernel,
        stride=draw(st.integers(1, 3)),
        padding=draw(st.integers(0, kernel - 1)),
        pool=draw(choices("pool")),
        widths=[] if bare else draw(st.lists(st.integers(1, 12), min_size=draw(some(0, 1, 1, 1)), max_size=3)),
        depth=draw(st.integers(1, 3)),
        activation=draw(choices("activation")),
        init=draw(choices("init")),
        gain=draw(some(1.0, 0.5, 5 / 3)),
        init_std=draw(some(1.0, 0.05, 0.3)),
        bias=draw(some("default", 0.0, 0.1, -2.5)),
        norm_momentum=draw(some(0.1, 1 / 3, 1.0)),
        norm_place=draw(choices("norm_place")),
    )
    rate = some(0.0, 0.1, 0.5, 1 / 3, 0.9)
    each = st.lists(rate, min_size=recipe.blocks, max_size=recipe.blocks)
    recipe = recipe.turned(dropout=draw(st.one_of(rate, each)) if recipe.blocks else draw(rate))
    groups = draw(_groups(recipe))
    fitting = []
    for norm in SETTINGS["norm"].codes:
        with suppress(Mistake):
            fitting.append(recipe.turned(norm=norm, groups=groups))
    return draw(st.sampled_from(fitting))


@st.composite
def _groups(draw, recipe):
    """Numbers of groups that divide the blocks, one for all of them or one each."""
    units = [*recipe.channels, *recipe.hidden]
    pixels = [recipe.convolved(h) * recipe.convolved(w) for _, h, w in recipe.maps[: len(recipe.channels)]]
    places = [*pixels, *[1] * len(recipe.hidden)]
    blocks = [
        [n for n in range(1, unit + 1) if unit % n == 0 and n < unit * place]
        for unit, place in zip(units, places, strict=True)
    ]
    if not blocks or not all(blocks):
        return draw(some(1, 2, 8))
    if draw(st.booleans()):
        return [draw(st.sampled_from(numbers)) for numbers in blocks]
    return draw(st.sampled_from([n for n in range(1, gcd(*units) + 1) if all(n in numbers for numbers in blocks)]))


@st.composite
def _trained(draw, recipe):
    """How it is trained."""
    epochs, momentum, optimizer = draw(st.integers(1, 3)), draw(some(0.0, 0.5, 0.9)), draw(choices("optimizer"))
    free = momentum or optimizer != "sgd"
    one = epochs * recipe.steps == 1
    schedule = draw(st.sampled_from([s for s in SETTINGS["schedule"].codes if not (one and s == "onecycle")]))
    stepped = draw(choices("stepped"))
    there = epochs * (recipe.steps if stepped == "step" else 1)
    warm = 0 if schedule in SELF_WARMED else draw(st.integers(0, min(there - 1, 5)))
    return recipe.turned(
        epochs=epochs,
        momentum=momentum,
        optimizer=optimizer,
        nesterov=draw(st.booleans()) if free else False,
        eval_mode=draw(st.booleans()),
        lr=draw(some(1e-4, 0.001, 0.003, 0.01, 1 / 30, 0.1, 1.0, 1e9)),
        clip=draw(some(0.0, 0.0, 0.1, 1.0)),
        weight_decay=draw(some(0.0, 0.01, 1 / 3)),
        decay_on=draw(choices("decay_on")),
        l1=draw(some(0.0, 1e-3, 1 / 70)),
        l1_on=draw(choices("l1_on")),
        l1_step=draw(choices("l1_step")),
        schedule=schedule,
        stepped=stepped,
        warmup=warm,
        step_size=draw(st.integers(1, 4)),
        milestones=draw(st.lists(st.integers(1, 9), min_size=1, max_size=3)),
        gamma=draw(some(0.1, 0.5, 1 / 3)),
        lr_patience=draw(st.integers(0, 2)),
        cycle_momentum=draw(st.booleans()),
        patience=draw(st.integers(0, 2)),
        min_delta=draw(some(0.0, 0.001, 0.1)),
        restore=draw(st.booleans()),
        watch=draw(choices("watch")) if recipe.task == "classification" else "loss",
    )


def values(name):
    """Any value that a setting allows by itself, in its normal form."""
    kind = SETTINGS[name]
    if isinstance(kind, Choice):
        return choices(name)
    if isinstance(kind, Switch):
        return st.booleans()
    if kind.whole:
        number = st.integers(int(kind.low), int(kind.high))
    else:
        number = st.floats(kind.low, kind.high, exclude_max=getattr(kind, "below", False))
    if isinstance(kind, Number):
        return st.one_of(number, st.just(kind.word)) if kind.word else number
    each = st.lists(number, min_size=0 if kind.empty else 1, max_size=64).map(tuple)
    return st.one_of(number, each) if kind.single else each


SIZES = {"data", "train_size", "batch_size", "widths", "channels", "depth", "epochs"}


@st.composite
def extremes(draw):
    """A recipe as small as those of ``recipes``, but with some other settings anywhere in their range."""
    recipe = draw(recipes())
    for name in draw(
        st.lists(st.sampled_from([name for name in SETTINGS if name not in SIZES]), min_size=1, max_size=9)
    ):
        with suppress(Mistake):  # what does not go with the rest stays as it was
            recipe = recipe.turned(**{name: draw(values(name))})
    return recipe


@st.composite
def owns(draw):
    """A file of someone's own that is not there; a name of 40 characters still fits into every line."""
    trap = some("copy", "np", "math", "torchvision", "a" * 36, "guests_of-1897")  # words that a program has, too
    stem = draw(st.one_of(trap, st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,35}", fullmatch=True)))
    classify = draw(st.booleans())
    total = draw(st.integers(10, 5000))
    return OwnData(
        path=f"/nowhere/{stem}.{draw(some('csv', 'npz'))}",
        sha256="0123456789abcdef" * 4,
        task="classification" if classify else "regression",
        inputs=draw(some(1, 7, 4095)),
        outputs=draw(some(2, 3, 10)) if classify else 1,
        rows=total - 2 * (total // 5),
        held_back=total // 5,
    )


@st.composite
def wild(draw):
    """A recipe that need only be written: any data, and settings over their whole range."""
    own = draw(st.one_of(st.none(), st.none(), st.none(), owns()))
    recipe = draw(recipes(tuple(DATA), own))
    for name in draw(st.lists(st.sampled_from([name for name in SETTINGS if name != "data"]), max_size=12)):
        with suppress(Mistake):  # what does not go with the rest stays as it was
            recipe = recipe.turned(**{name: draw(values(name))})
    return recipe
