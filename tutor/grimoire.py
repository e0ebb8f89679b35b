"""The grimoire: one Python module of everything that was won, each technique with the run that is its evidence."""

from __future__ import annotations

import ast
import io
import keyword
import re
import sys
import textwrap
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lessons import metrics, share
from lessons.mistakes import Mistake
from lessons.report import Report
from lessons.source import source
from lessons.source.data import scaling

MARK = "# --- grimoire ---"
SHOWN = ("test_accuracy", "train_accuracy", "test_loss", "sparsity", "zeros")
"""What a page quotes of its run, where it was measured."""
ELSEWHERE = "Write it elsewhere: tutor export grimoire -o FILE.py"
WIDTH = 100


@dataclass(frozen=True)
class Won:
    """A page that was won."""

    technique: str
    does: str
    setting: str
    scene: str
    """``chapter/scene`` of the lesson that was passed."""
    report: Report
    """The player's best run there."""


def module(pages: Sequence[Won]) -> str:
    """The text of the module; every network, its training and a check that each of them works."""
    named = list(zip(_slugs(pages), pages, strict=True))
    sections = [_section(slug, page) for slug, page in named]
    imports = "".join(f"import {name}\n" for name in ("copy", "math") if any(f"{name}." in s for s in sections))
    return (
        '"""A grimoire of techniques that make neural networks better, each won by training.\n\n'
        "Every technique is a network, how it is trained, and how it is judged. ``train_...`` is a generator: iterate\n"
        'over it, and it trains an epoch at a time. ``python FILE`` checks all of them. Needs torch.\n"""\n\n'
        f"{MARK}\n\n{imports}{chr(10) if imports else ''}"
        "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
        + "\n\n\n".join(sections)
        + f"\n\n\n{_table(named)}\n\n\n{CHECK}"
    )


def write(pages: Sequence[Won], path: Path) -> None:
    """Write the module; a ``Mistake`` says why it cannot be."""
    if not pages:
        raise Mistake("no page of the grimoire has been won yet. Pass a lesson, and predict what its technique does.")
    if path.suffix != ".py" or not path.stem.isidentifier() or keyword.iskeyword(path.stem):
        raise Mistake(f"{path} is not a Python module. Name it with letters and _, such as my_grimoire.py.")
    if path.stem in sys.stdlib_module_names or path.stem in ("torch", "numpy"):
        raise Mistake(f"{path} would stand in the way of the module {path.stem}. Rename it.")
    try:
        if path.exists() and MARK not in path.read_text(encoding="utf-8"):
            raise Mistake(f"{path} exists and is no grimoire. {ELSEWHERE}")
        path.write_text(module(pages), encoding="utf-8")
    except UnicodeDecodeError:
        raise Mistake(f"{path} exists and is no grimoire. {ELSEWHERE}") from None
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror}). {ELSEWHERE}") from None


def _slugs(pages: Sequence[Won]) -> list[str]:
    """A name for each page that may stand in code, each once."""
    slugs: list[str] = []
    for page in pages:
        slug = re.sub(r"[^a-z0-9]+", "_", page.technique.lower()).strip("_") or "technique"
        slug = f"t_{slug}" if slug[0].isdigit() else slug
        slugs.append(slug if slug not in slugs else f"{slug}_{len(slugs) + 1}")
    return slugs


def _class(slug: str) -> str:
    return "".join(part.capitalize() for part in slug.split("_")) + "Net"


def _section(slug: str, page: Won) -> str:
    """One technique: what it does, what was measured, and the very code that was run, under names of its own."""
    recipe = page.report.recipe
    code = source(recipe).experiment.rstrip("\n")
    if recipe.facts.image and (page.setting == "pixels" or "BLACK" in code):
        code = f"{scaling(recipe)}\n\n{SCALE}\n\n{code}"
    names = _globals(code)
    named = {name: _class(slug) if name == "Net" else f"{name}_{slug}" for name in names}
    where = page.scene.replace("/", ", ")
    words = [f"{page.technique}. {page.does}", f"Measured in {where}: {_evidence(page.report)}."]
    lines = [line for text in words for line in textwrap.wrap(text, WIDTH)]
    if not recipe.own:
        lines += ["The same run again:", f"    tutor run --from {_code(page.report)}"]  # whole, to be copied
    return "".join(f"# {line}\n" for line in lines) + "\n\n" + _renamed(code, named)


def _globals(code: str) -> list[str]:
    """The names that a section declares, each of which needs one of its own in the module."""
    names = []
    for node in ast.parse(code).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return names


def _code(report: Report) -> str:
    return share.encode(report.recipe, report.seeds[0], len(report.seeds))


def _evidence(report: Report) -> str:
    said = []
    for name in SHOWN:
        if report.metrics.get(name):
            summary = metrics.summarise(report.metrics[name])
            spread = f" ± {metrics.show(name, summary.se)}" if summary.se is not None else ""
            said.append(f"{metrics.metric(name).label} {metrics.show(name, summary.mean)}{spread}")
    seeds = f"{len(report.seeds)} seeds" if len(report.seeds) > 1 else "one seed"
    return f"{', '.join(said)}, over {seeds}"


def _renamed(code: str, names: dict[str, str]) -> str:
    """The code with these names changed, but not where they follow a dot."""
    lines = code.split("\n")
    before = ""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.NAME and token.string in names and before != ".":
            found.append(token)
        before = token.string
    for token in reversed(found):  # from the end, so that places stay
        row, start, end = token.start[0] - 1, token.start[1], token.end[1]
        lines[row] = lines[row][:start] + names[token.string] + lines[row][end:]
    return "\n".join(lines)


def _table(named: Sequence[tuple[str, Won]]) -> str:
    rows = []
    for slug, page in named:
        recipe = page.report.recipe
        classes = recipe.facts.outputs if recipe.task == "classification" else 0
        parts = (_class(slug), f"train_{slug}", f"evaluate_{slug}", recipe.facts.inputs, classes)
        rows.append(f"    {page.technique!r}: ({', '.join(map(str, parts))}),")
    return (
        "# Technique -> network, training, judging, numbers in a row, and classes (0: a number is predicted).\n"
        "GRIMOIRE = {\n" + "\n".join(rows) + "\n}"
    )


SCALE = '''\
def scale(pixels):
    """Bring pixels of 0 to 255, (n, 784), to what the network below was trained on."""
    return (pixels.float() / 255 - MEAN) / STD
'''
CHECK = '''\
def check():
    """Train every network for one epoch on rows of chance; raise what is broken."""
    for technique, (network, train, evaluate, inputs, classes) in GRIMOIRE.items():
        torch.manual_seed(0)
        rows = torch.randn(128, inputs)
        answers = torch.randint(classes, (128,)) if classes else torch.rand(128, 1)
        data = {split: (rows, answers) for split in ("train", "validation", "test")}
        model = network()
        epoch, loss = next(iter(train(model, data, seed=0)))
        assert epoch == 1 and loss == loss, technique
        evaluate(model, *data["test"])
        print(f"{technique}: sound")


if __name__ == "__main__":
    check()
'''
