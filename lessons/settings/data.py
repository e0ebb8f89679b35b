"""Settings of the data: which, how many, how false, and how each row is changed on its way in."""

from __future__ import annotations

from lessons.datasets import DATA, IMAGES, OWN
from lessons.settings.kinds import Choice, Number, Setting, Switch

PIXELS = {"standard": (0.1307, 0.3081), "half": (0.5, 0.5), "unit": (0.0, 1.0)}
"""What is subtracted from a pixel of 0 to 1, and what it is then divided by."""

SETTINGS: tuple[Setting, ...] = (
    Choice(
        "data",
        "data",
        "digits",
        "What the network learns from.",
        "data = load_data()  # {}",
        codes={**{name: facts.title for name, facts in DATA.items()}, OWN: "a file of one's own"},
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
    Switch(
        "redraw",
        "rows per seed",
        False,
        "Whether each seed learns from rows of its own, drawn by chance, or all from the same.",
        "rows = torch.randperm(len(x), generator=draw)[:n]",
        on="redrawn",
        off="the same",
    ),
    Number(
        "batch_size",
        "batch size",
        64,
        "How many rows make one step; 0 means the whole training set at once.",
        "for batch in order.split({}):",
        high=100_000,
        whole=True,
        zero="all",
    ),
    Number(
        "label_noise",
        "wrong labels",
        0.0,
        "The share of training labels that are replaced by a wrong one.",
        "wrong = noise < {}",
        high=1.0,
    ),
    Number(
        "feature_noise",
        "feature noise",
        0.0,
        "How far, as a standard deviation, each point is moved from its true place, in all splits.",
        "x = x + {} * torch.randn(x.shape, generator=generator)",
        high=100.0,
    ),
    Choice(
        "pixels",
        "pixel scale",
        "standard",
        "What pixels of 0 to 1 become: mean 0 and spread 1 over all of MNIST, -1 to 1, or as they are.",
        "{}",
        codes={name: f"(pixels - {mean}) / {std}" for name, (mean, std) in PIXELS.items()},
        when={"data": IMAGES},
    ),
    Number(
        "shift",
        "shift",
        0,
        "By how many pixels at most each training image is moved at each step, each by its own amount.",
        "images = shift(images, draw)  # by up to {} pixels",
        high=14,
        whole=True,
    ),
    Number(
        "rotate",
        "rotation",
        0.0,
        "By how many degrees at most each training image is turned at each step, each by its own amount.",
        "images = rotate(images, draw)  # by up to {} degrees",
        high=180.0,
    ),
    Number(
        "mixup",
        "mixup",
        0.0,
        "Lays pairs of training rows over one another, labels and all; the greater, the more even the mixture.",
        "share = mix.beta({}, {})",
        high=100.0,
        zero="off",
    ),
    Number(
        "label_smoothing",
        "label smoothing",
        0.0,
        "The share of certainty that is taken from each training label and spread over all classes.",
        "loss = F.cross_entropy(model(x), y, label_smoothing={})",
        high=0.9999,
    ),
)
