"""Recipe -> PyTorch source: the text that is shown, exported AND executed.

Only numbers and words that ``Recipe`` has validated enter the text, so nothing that a
chapter or a command line says can become code. The text does not name a seed, a device
or a thread count: it takes them as arguments, and one text serves all five seeds.
"""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from lessons.recipe import DATA, Recipe
from lessons.settings import ACTIVATIONS, OPTIMIZERS

DATA_FOLDER = Path(__file__).parent / "data"
"""Where the data that ship lie."""
DATA_FILES = {"digits": ("digits.npz",), "noise": ()}
"""The files that a script finds beside itself, by data set."""


@dataclass(frozen=True)
class Source:
    """The four parts of one program."""

    head: str
    data: str
    experiment: str
    main: str

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


def source(recipe: Recipe) -> Source:
    """The program that carries out this recipe."""
    return Source(
        head=_head(recipe),
        data=_digits(recipe) if recipe.data == "digits" else _noise(recipe),
        experiment="\n\n".join((_model(recipe), _evaluate(recipe), _train(recipe))),
        main=_main(recipe),
    )


def _head(recipe: Recipe) -> str:
    if len(recipe.widths) <= 8:
        shape = "-".join(str(n) for n in (DATA[recipe.data].inputs, *recipe.widths, DATA[recipe.data].outputs))
    else:
        shape = f"{len(recipe.widths) + 1}-layer"
    files = DATA_FILES[recipe.data]
    beside = f", and {' and '.join(files)} beside this file" if files else ""
    numpy = "import numpy as np\n" if recipe.data == "digits" else ""
    needs = "torch and numpy" if numpy else "torch"
    return (
        f'"""A {shape} network on {DATA[recipe.data].title}.\n\n'
        f"Needs {needs}{beside}.\n"
        '"""\n\n'
        f"import argparse\nfrom pathlib import Path\n\n{numpy}import torch\n"
        "import torch.nn.functional as F\nfrom torch import nn\n"
    )


def _digits(recipe: Recipe) -> str:
    if recipe.label_noise:
        labels = dedent(f"""\
            true_y = tensors["ytr"].long()[:{recipe.train_size}]
            wrong = tensors["noise_u"][:{recipe.train_size}] < {recipe.label_noise!r}  # these rows lie
            y = torch.where(wrong, tensors["noise_lab"].long()[:{recipe.train_size}], true_y)
            """)
        extra = dedent("""\
            "right": (x[~wrong], y[~wrong]),  # training rows with a true label
            "wrong": (x[wrong], y[wrong]),  # and with a false one
            """)
    else:
        labels = f'y = tensors["ytr"].long()[:{recipe.train_size}]\n'
        extra = ""
    return (
        'def load_data(folder):\n    """Return {split: (x, y)}; x is (n, 784) float32, y is (n,) int64."""\n'
        '    with np.load(Path(folder) / "digits.npz") as file:\n'
        "        tensors = {name: torch.from_numpy(file[name]) for name in file.files}\n\n"
        "    def pixels(name):\n"
        "        flat = tensors[name].flatten(start_dim=1).float()\n"
        "        return (flat / 255 - 0.1307) / 0.3081  # the mean and spread of MNIST\n\n"
        f'    x = pixels("xtr")[:{recipe.train_size}]\n'
        + indent(labels, "    ")
        + f"    {'splits =' if extra else 'return'} {{\n"
        '        "train": (x, y),\n'
        '        "validation": (pixels("xva"), tensors["yva"].long()),\n'
        '        "test": (pixels("xte"), tensors["yte"].long()),\n'
        + indent(extra, "        ")
        + "    }\n"
        # Where no label is wrong, or none is right, that pile is empty and cannot be examined.
        + ("    return {split: (x, y) for split, (x, y) in splits.items() if len(y)}\n" if extra else "")
    )


def _noise(recipe: Recipe) -> str:
    return dedent(f'''\
        def load_data(folder):
            """Return {{split: (x, y)}}; x is (n, 10), y is (n, 1), both chance."""
            generator = torch.Generator().manual_seed(1897)

            def blank(rows):
                x = torch.rand(rows, 10, generator=generator)
                return x, torch.rand(rows, 1, generator=generator)

            splits = {{"train": blank(100), "validation": blank(1000), "test": blank(1000)}}
            x, y = splits["train"]
            splits["train"] = x[:{recipe.train_size}], y[:{recipe.train_size}]
            return splits
        ''')


def _model(recipe: Recipe) -> str:
    layers, size = [], DATA[recipe.data].inputs
    for width, rate in zip(recipe.widths, recipe.rates, strict=True):
        layers.append(f"nn.Linear({size}, {width}),")
        if recipe.norm == "batch":
            layers.append(f"nn.BatchNorm1d({width}),")
        layers.append(f"{ACTIVATIONS[recipe.activation]},")
        if rate:
            layers.append(f"nn.Dropout({rate!r}),")
        size = width
    layers.append(f"nn.Linear({size}, {DATA[recipe.data].outputs}),")
    return (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.layers = nn.Sequential(\n" + indent("\n".join(layers), " " * 12) + "\n"
        "        )\n\n"
        "    def forward(self, x):\n"
        "        return self.layers(x)\n"
    )


def _loss(recipe: Recipe) -> str:
    return "F.cross_entropy" if recipe.task == "classification" else "F.mse_loss"


def _evaluate(recipe: Recipe) -> str:
    called = "    model.eval()  # dropout rests, batch norm uses its running averages\n" if recipe.eval_mode else ""
    if recipe.task == "classification":
        body = (
            "    with torch.inference_mode():\n"
            "        logits = model(x)\n"
            "        loss = F.cross_entropy(logits, y).item()\n"
            "        correct = (logits.argmax(dim=1) == y).sum().item()\n"
            "    return loss, correct / len(y)\n"
        )
        says = "Return the mean loss and the accuracy."
    else:
        body = "    with torch.inference_mode():\n        return (F.mse_loss(model(x), y).item(),)\n"
        says = "Return the mean squared error, alone in a tuple."
    return f'def evaluate(model, x, y):\n    """{says}"""\n{called}{body}'


def _optimizer(recipe: Recipe) -> str:
    """The optimiser's line, or lines where one would be too long."""
    parts = [f"lr={recipe.lr!r}"]
    if recipe.momentum and recipe.optimizer in ("sgd", "rmsprop"):
        parts.append(f"momentum={recipe.momentum!r}")
    if recipe.weight_decay or recipe.optimizer == "adamw":  # AdamW decays by 0.01 unless told
        parts.append(f"weight_decay={recipe.weight_decay!r}")
    if recipe.optimizer != "rmsprop":  # it has no fused version
        parts.append("fused=True")
    call = OPTIMIZERS[recipe.optimizer]
    line = f"    optimizer = {call}(model.parameters(), {', '.join(parts)})\n"
    if len(line) <= 89:
        return line
    return f"    optimizer = {call}(\n        model.parameters(), {', '.join(parts)}\n    )\n"


def _train(recipe: Recipe) -> str:
    step = [f"loss = {_loss(recipe)}(model(x), y)"]
    backward = "loss.backward()"
    if recipe.l1:
        step.append(f"penalty = {recipe.l1!r} * sum(w.abs().sum() for w in weights)")
        backward = "(loss + penalty).backward()"
    step += ["optimizer.zero_grad()", backward, "optimizer.step()"]
    head = (
        "def train(model, data, seed):\n"
        '    """Train, and yield the epoch and its mean training loss after each epoch."""\n'
        '    x, y = data["train"]\n' + _optimizer(recipe)
    )
    if recipe.l1:
        head += "    weights = [p for p in model.parameters() if p.ndim > 1]  # biases stay free\n"
    dropout = "    torch.manual_seed(seed + 20_000_000)  # dropout draws from here\n" if any(recipe.rates) else ""
    epochs = f"    for epoch in range(1, {recipe.epochs} + 1):\n        model.train()\n"
    if not recipe.batch_size:
        return head + dropout + epochs + indent("\n".join(step), " " * 8) + "\n        yield epoch, loss.item()\n"
    step[0] = f"loss = {_loss(recipe)}(model(x[batch]), y[batch])"
    step.append("total += loss.detach() * len(batch)")
    return (
        head
        + "    shuffle = torch.Generator().manual_seed(seed + 10_000_000)\n"
        + dropout
        + epochs
        + "        total = torch.zeros((), device=x.device)\n"
        + "        order = torch.randperm(len(x), generator=shuffle).to(x.device)\n"
        + f"        for batch in order.split({recipe.batch_size}):\n"
        + indent("\n".join(step), " " * 12)
        + "\n        yield epoch, total.item() / len(x)\n"
    )


def _main(recipe: Recipe) -> str:
    if recipe.task == "classification":
        show = 'loss, accuracy = evaluate(model, x, y)\n        print(f"{split}: loss {loss!r}, accuracy {accuracy!r}")'
    else:
        show = '(loss,) = evaluate(model, x, y)\n        print(f"{split}: loss {loss!r}")'
    body = f"""\
def main(seed, device, threads):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # numbers near zero slow a processor down
    data = load_data(Path(__file__).parent)
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
    main(**vars(parser.parse_args()))
"""
    return body


def changed_lines(before: str, after: str) -> list[int]:
    """The line numbers (from 0) of ``after`` that are not in ``before``: what a turned setting lit up."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    lit: list[int] = []
    for tag, _, _, start, stop in matcher.get_opcodes():
        if tag != "equal":
            # A line that went away lights up the one that now stands in its place.
            lit.extend(range(start, max(stop, start + 1)))
    return [n for n in lit if n < len(after.splitlines())]
