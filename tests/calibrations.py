"""Lessons to calibrate, and made-up measurements of them."""

import random
import re

from lessons import metrics
from story.reading import read_chapter
from tutor.calibrate import combos, command
from tutor.calibrate.verdicts import Measured, Verdicts

CHAPTER = """\
# The Well

```toml chapter
format = 1
id = "well"
ends = ["won"]
```

## bench

Two clouds lie over the water.

```toml lesson
job = "gaussians"
with = { epochs = 4 }
SETTINGS
predict = "What will training accuracy do?"
predictions = ["rise", "fall", "stay"]
predict_metric = "train_accuracy"
seeds = 5
hints = ["Longer strides."]
fail = "lost"
CLAIMS
```

## won

Done.

## lost

Not yet.

- [Again](#bench)
"""
LR = "setting.lr = { choices = [0.00001, 0.001, 0.01, 0.1], start = 0.00001 }"
DROPOUT = "setting.dropout = { choices = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9], start = 0.0 }"
ONE = 'goal = "{goal}"\nsolution = {solution}\ntraps = [{traps}]\npass = "won"'


def claim(goal, solution, traps=""):
    return ONE.format(goal=goal, solution=solution, traps=traps)


def write(folder, settings, claims_):
    path = folder / "well.md"
    path.write_text(CHAPTER.replace("SETTINGS", settings).replace("CLAIMS", claims_), encoding="utf-8")
    return path


def lesson(folder, settings, claims_):
    """The challenge of a chapter file, as the command finds it."""
    ((_, challenge),) = command.lessons(str(write(folder, settings, claims_)))
    return challenge


def made_up(challenge, numbers_, count=20, se=0.01, most=100):
    """Verdicts on numbers as told: label -> metric -> mean over the seeds, None for runs that diverge."""
    draw = random.Random(1)
    measured = []
    for one in combos.choose(challenge, most).combos:
        told = numbers_[one.label]
        values = {"train_loss": [0.5] * count, "seconds": [0.1] * count}
        for name, mean in (told or {}).items():
            noise = [draw.gauss(0, se) for _ in range(count)]
            middle = sum(noise) / count
            values[name] = [mean + n - middle for n in noise]
        if told is None:
            values = {name: [None] * count for name in metrics.available(one.recipe)}
        measured.append(Measured(one, values, 0 if told else count))
    return Verdicts(challenge, measured)


def accuracies(test, train=None):
    """Test, training and validation accuracy, and the gap."""
    train = test if train is None else train
    return {"test_accuracy": test, "train_accuracy": train, "validation_accuracy": test, "gap": train - test}


MIRROR = {
    "start": accuracies(0.69, 0.99),
    "dropout 0.1": accuracies(0.71, 0.98),
    "dropout 0.3": accuracies(0.76, 0.9),
    "dropout 0.5": accuracies(0.79, 0.85),
    "dropout 0.7": accuracies(0.77, 0.78),
    "dropout 0.9": accuracies(0.40, 0.41),
}


def pasted(path, toml):
    """The chapter with what was proposed in the place of its goal, solution and traps, read again."""
    text = path.read_text(encoding="utf-8")
    fence = re.search(r"```toml lesson\n(.*?)```", text, re.S)[1]
    kept = [line for line in fence.splitlines() if not re.match(r"(goal|solution|traps) = ", line)]
    path.write_text(text.replace(fence, "\n".join([*kept, toml, ""])), encoding="utf-8")
    return next(s.lesson.challenge for s in read_chapter(path).scenes if s.lesson)
