"""Recipe -> PyTorch source: the text that is shown, exported AND executed.

Only numbers and words that ``Recipe`` has validated enter the text, so nothing that a
chapter or a command line says can become code. The text does not name a seed, a device
or a thread count: it takes them as arguments, and one text serves all five seeds.
"""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from lessons.recipe import Recipe
from lessons.source import data, network, training


@dataclass(frozen=True)
class Source:
    """The four parts of one program."""

    head: str
    data: str
    experiment: str
    main: str
    takes: tuple[str, ...]
    """What ``load_data`` takes: ``folder`` where there are files to read, ``seed`` where rows are redrawn."""

    @property
    def text(self) -> str:
        """The whole program."""
        parts = {"data": self.data, "experiment": self.experiment, "main": self.main}
        return (
            self.head + "".join(f"\n# --- {name} ---\n\n\n{part}\n" for name, part in parts.items()).rstrip("\n") + "\n"
        )

    @property
    def sha256(self) -> str:
        """What a Report carries, to say which text made it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@lru_cache(maxsize=64)
def source(recipe: Recipe) -> Source:
    """The program that carries out this recipe."""
    takes = data.takes(recipe)
    load = data.load(recipe)
    sections = (network.model(recipe), training.augment(recipe), training.evaluate(recipe), training.train(recipe))
    experiment = "\n\n".join(section for section in sections if section)
    return Source(_head(recipe, load, experiment), load, experiment, _main(recipe, takes), takes)


def _head(recipe: Recipe, load: str, experiment: str) -> str:
    facts = recipe.facts
    kind = "convolutional network" if recipe.channels else f"{_shape(recipe)} network"
    body = load + experiment
    if recipe.own:  # a file may be called copy.csv, and is no module for that
        body = body.replace(recipe.own.name, "")
    full = "torchvision." in body
    needs = ["torch", *(["numpy"] if "np." in body else []), *(["torchvision"] if full else [])]
    needed = " and ".join([", ".join(needs[:-1]), needs[-1]]) if len(needs) > 1 else needs[0]
    beside = f", and {' and '.join(facts.files)} beside this file" if facts.files else ""
    own = f"{facts.files[0]} has the SHA-256\n{recipe.own.sha256}.\n" if recipe.own else ""
    files = f"The data lie in the folder that --folder names, as torchvision keeps them.\n{own}" if full else own
    standard = ["argparse", *(name for name in ("copy", "math") if f"{name}." in body)]
    paths = "from pathlib import Path\n" if recipe.facts.files or full else ""
    return (
        f'"""A {kind} on {facts.title}.\n\n'
        f'Needs {needed}{beside}.\n{files}"""\n\n'
        + "".join(f"import {name}\n" for name in standard)
        + paths
        + "\n"
        + ("import numpy as np\n" if "np." in body else "")
        + "import torch\nimport torch.nn.functional as F\n"
        + ("import torchvision\n" if full else "")
        + "from torch import nn\n"
    )


def _shape(recipe: Recipe) -> str:
    sizes = recipe.dense
    shape = "-".join(map(str, sizes))
    return shape if len(sizes) <= 10 and len(shape) <= 30 else f"{len(sizes) - 1}-layer"


def _main(recipe: Recipe, takes: tuple[str, ...]) -> str:
    if recipe.task == "classification":
        show = 'loss, accuracy = evaluate(model, x, y)\n        print(f"{split}: loss {loss!r}, accuracy {accuracy!r}")'
    else:
        show = '(loss,) = evaluate(model, x, y)\n        print(f"{split}: loss {loss!r}")'
    folder = "folder" in takes
    option = '    parser.add_argument("--folder", default=Path(__file__).parent)\n' if folder else ""
    return f"""\
def main(seed, device, threads{", folder" if folder else ""}):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # numbers near zero slow a processor down
    data = load_data({", ".join(takes)})
    data = {{split: (x.to(device), y.to(device)) for split, (x, y) in data.items()}}
    torch.manual_seed(seed)  # the initial weights
    model = Net().to(device)
    for epoch, loss in train(model, data, seed):
        print(f"epoch {{epoch}}: mean training loss {{loss:.4f}}")
    for split, (x, y) in data.items():
        {show}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
{option}    main(**vars(parser.parse_args()))
"""


def changed_lines(before: str, after: str) -> list[int]:
    """The line numbers (from 0) of ``after`` that are not in ``before``: what a turned setting lit up."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    lit: list[int] = []
    for tag, _, _, start, stop in matcher.get_opcodes():
        if tag != "equal":
            # A line that went away lights up the one that now stands in its place.
            lit.extend(range(start, max(stop, start + 1)))
    return [n for n in lit if n < len(after.splitlines())]
