"""The section that reads or draws the data."""

from __future__ import annotations

from textwrap import dedent, indent

from lessons.datasets import TOYS
from lessons.fullsets import FULL
from lessons.recipe import Recipe
from lessons.settings.data import PIXELS

REDRAWN = "seed + 40_000_000"
"""The seed by which rows of a training seed's own are drawn."""


def takes(recipe: Recipe) -> tuple[str, ...]:
    """The parameters of ``load_data``."""
    folder = ("folder",) if recipe.facts.files or recipe.data in FULL else ()
    return (*folder, "seed") if recipe.redraw else folder


def load(recipe: Recipe) -> str:
    """The function ``load_data``."""
    if recipe.own:
        return _own(recipe)
    if recipe.data in TOYS:
        return _toy(recipe)
    if recipe.data in FULL:
        return _full(recipe)
    return {"digits": _digits, "noise": _noise}[recipe.data](recipe)


def _begin(recipe: Recipe, words: str) -> str:
    target = "y is (n,) int64" if recipe.task == "classification" else "y is (n, 1) float32"
    shape = f"(n, {recipe.facts.inputs}) float32"
    return (
        f"def load_data({', '.join(takes(recipe))}):\n"
        f'    """{words}\n\n    Return {{split: (x, y)}}; x is {shape}, {target}.\n    """\n'
    )


def _end(recipe: Recipe, validation: str, test: str) -> str:
    """The return of all splits; with wrong labels also the rows that lie, and those that do not."""
    noisy = recipe.label_noise > 0
    piles = (
        '    "right": (x[~wrong], y[~wrong]),  # training rows with a true label\n'
        '    "wrong": (x[wrong], y[wrong]),  # and with a false one\n'
    )
    text = (
        f"{'splits =' if noisy else 'return'} {{\n"
        '    "train": (x, y),\n'
        f'    "validation": {validation},\n'
        f'    "test": {test},\n' + (piles if noisy else "") + "}\n"
    )
    if noisy:  # Where almost no label is wrong, or right, that pile has no rows to be examined: one has no spread.
        text += "return {split: (x, y) for split, (x, y) in splits.items() if len(y) > 1}\n"
    return indent(text, "    ")


def _chosen(recipe: Recipe) -> str:
    """What picks the training rows: the first ones, or a seed's own."""
    return "rows" if recipe.redraw else f":{recipe.train_size}"


def _rows(recipe: Recipe, count: str) -> str:
    if not recipe.redraw:
        return ""
    return (
        f"    draw = torch.Generator().manual_seed({REDRAWN})  # rows of this seed's own\n"
        f"    rows = torch.randperm({count}, generator=draw)[:{recipe.train_size}]\n"
    )


def _lies(recipe: Recipe, generator: str) -> str:
    """Lines that replace labels by wrong ones, drawn by chance."""
    classes = recipe.facts.outputs
    other = "1 - y" if classes == 2 else f"(y + other) % {classes}"
    lines = f"    wrong = torch.rand(len(y), generator={generator}) < {recipe.label_noise!r}  # these lie\n"
    if classes > 2:
        lines += f"    other = torch.randint(1, {classes}, (len(y),), generator={generator})\n"
    return lines + f"    y = torch.where(wrong, {other}, y)\n"


def scaling(recipe: Recipe) -> str:
    """The lines that say what a pixel becomes."""
    mean, std = PIXELS[recipe.pixels]
    words = {
        "standard": "the mean and spread of MNIST's pixels",
        "half": "which makes pixels of 0 to 1 go from -1 to 1",
        "unit": "which leaves pixels of 0 to 1 as they are",
    }[recipe.pixels]
    return f"MEAN, STD = {mean!r}, {std!r}  # {words}\n"


def _digits(recipe: Recipe) -> str:
    chosen = _chosen(recipe)
    text = _begin(recipe, "Read the digits.")
    text += (
        '    with np.load(Path(folder) / "digits.npz") as file:\n'
        "        tensors = {name: torch.from_numpy(file[name]) for name in file.files}\n\n"
        "    def pixels(name):\n"
        "        flat = tensors[name].flatten(start_dim=1).float()\n"
        "        return (flat / 255 - MEAN) / STD\n\n"
    )
    text += _rows(recipe, "2000")
    text += f'    x = pixels("xtr")[{chosen}]\n'
    if recipe.label_noise:
        text += (
            f'    true_y = tensors["ytr"].long()[{chosen}]\n'
            f'    wrong = tensors["noise_u"][{chosen}] < {recipe.label_noise!r}  # these lie\n'
            f'    y = torch.where(wrong, tensors["noise_lab"].long()[{chosen}], true_y)\n'
        )
    else:
        text += f'    y = tensors["ytr"].long()[{chosen}]\n'
    held = [f'(pixels("{x}"), tensors["{y}"].long())' for x, y in (("xva", "yva"), ("xte", "yte"))]
    return f"{scaling(recipe)}\n\n{text}{_end(recipe, *held)}"


def _full(recipe: Recipe) -> str:
    name = FULL[recipe.data].class_name
    chosen = "rows" if recipe.redraw else f"order[:{recipe.train_size}]"
    text = _begin(recipe, f"Read {name}: 48,000 rows to learn from, 12,000 for validation.")
    text += (
        f"    training = torchvision.datasets.{name}(folder, train=True)\n"
        f"    test = torchvision.datasets.{name}(folder, train=False)\n\n"
        "    def pixels(images):\n"
        "        return (images.flatten(start_dim=1).float() / 255 - MEAN) / STD\n\n"
        "    draw = torch.Generator().manual_seed(1897)\n"
        "    order = torch.randperm(60_000, generator=draw)\n"
        "    kept_back = order[48_000:]\n"
    )
    if recipe.redraw:
        text += (
            f"    draw = torch.Generator().manual_seed({REDRAWN})  # rows of this seed's own\n"
            f"    rows = order[torch.randperm(48_000, generator=draw)[:{recipe.train_size}]]\n"
        )
    text += f"    x, y = pixels(training.data[{chosen}]), training.targets[{chosen}]\n"
    text += _lies(recipe, "draw") if recipe.label_noise else ""
    held = ("(pixels(training.data[kept_back]), training.targets[kept_back])", "(pixels(test.data), test.targets)")
    return f"{scaling(recipe)}\n\n{text}{_end(recipe, *held)}"


TOY_LINES = {
    "circles": """\
        y = torch.arange(rows) % 2
        radius = torch.rand(rows, generator=draw)
        radius = torch.where(y == 1, radius.sqrt(), 1.4 + 0.6 * radius)
        angle = 2 * math.pi * torch.rand(rows, generator=draw)
        x = torch.stack((radius * angle.cos(), radius * angle.sin()), dim=1)
        """,
    "moons": """\
        y = torch.arange(rows) % 2
        angle = math.pi * torch.rand(rows, generator=draw)
        side = 1 - 2 * y  # one moon is open below, the other above
        x = torch.stack((y + side * angle.cos(), 0.5 * y + side * angle.sin()), dim=1)
        """,
    "spiral": """\
        y = torch.arange(rows) % 2
        way = torch.rand(rows, generator=draw)  # along the arm, from its middle
        angle = 3.5 * math.pi * way + math.pi * y
        x = 2 * way[:, None] * torch.stack((angle.sin(), angle.cos()), dim=1)
        """,
    "xor": """\
        x = 4 * torch.rand(rows, 2, generator=draw) - 2
        x = x + 0.1 * x.sign()  # a lane between the quarters
        y = (x[:, 0] * x[:, 1] >= 0).long()
        """,
    "gaussians": """\
        y = torch.arange(rows) % 2
        x = torch.randn(rows, 2, generator=draw) + (2.4 * y - 1.2)[:, None]
        """,
    "plane": """\
        x = 4 * torch.rand(rows, 2, generator=draw) - 2
        y = x.sum(dim=1, keepdim=True) / 4
        """,
    "bumps": """\
        x = 4 * torch.rand(rows, 2, generator=draw) - 2
        hills = torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
        hollows = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
        rise = torch.exp(-2 * torch.cdist(x, hills) ** 2).sum(dim=1, keepdim=True)
        y = rise - torch.exp(-2 * torch.cdist(x, hollows) ** 2).sum(dim=1, keepdim=True)
        """,
}
"""How the points of each toy are drawn, and what stands at them."""


def _toy(recipe: Recipe) -> str:
    words = recipe.facts.words
    inner = dedent(TOY_LINES[recipe.data])
    if recipe.feature_noise:
        inner += f"x = x + {recipe.feature_noise!r} * torch.randn(rows, 2, generator=draw)\n"
    text = _begin(recipe, words)
    text += "    draw = torch.Generator().manual_seed(1897)\n\n    def points(rows):\n"
    text += indent(inner + "return x, y\n", " " * 8)
    text += "\n    validation, test = points(500), points(2000)\n"
    if recipe.redraw:
        text += f"    draw.manual_seed({REDRAWN})  # rows of this seed's own\n"
    text += f"    x, y = points({recipe.train_size})\n"
    text += _lies(recipe, "draw") if recipe.label_noise else ""
    return text + _end(recipe, "validation", "test")


def _noise(recipe: Recipe) -> str:
    text = _begin(recipe, "Draw a blank page: targets that depend on nothing.")
    text += (
        "    draw = torch.Generator().manual_seed(1897)\n\n"
        "    def blank(rows):\n"
        "        x = torch.rand(rows, 10, generator=draw)\n"
        "        return x, torch.rand(rows, 1, generator=draw)\n\n"
        "    x, y = blank(100)\n"
        "    validation, test = blank(1000), blank(1000)\n"
    )
    if recipe.redraw:
        text += f"    draw.manual_seed({REDRAWN})  # rows of this seed's own\n    x, y = blank(100)\n"
    if recipe.train_size < 100:
        text += f"    x, y = x[:{recipe.train_size}], y[:{recipe.train_size}]\n"
    return text + _end(recipe, "validation", "test")


def _own(recipe: Recipe) -> str:
    own = recipe.own
    assert own is not None
    labels = recipe.task == "classification"
    text = _begin(recipe, f"Read {own.name}.") + f'    path = Path(folder) / "{own.name}"\n'
    if own.name.endswith(".csv"):
        text += (
            '    options = {"delimiter": ",", "skiprows": 1, "ndmin": 2, "encoding": "utf-8-sig"}\n'
            "    table = torch.from_numpy(np.loadtxt(path, dtype=np.float32, **options))\n"
            f"    x, y = table[:, :{own.inputs}], table[:, {own.inputs}{'].long()' if labels else ':]'}\n"
        )
    else:
        kind, shape = ("np.int64", "") if labels else ("np.float32", ".reshape(-1, 1)")
        text += (
            "    with np.load(path) as file:\n"
            '        x = torch.from_numpy(file["x"].astype(np.float32)).flatten(start_dim=1)\n'
            f'        y = torch.from_numpy(file["y"].astype({kind})){shape}\n'
        )
    text += (
        "    draw = torch.Generator().manual_seed(1897)\n"
        "    order = torch.randperm(len(x), generator=draw)\n"
        f"    validation, test = order[:{own.held_back}], order[{own.held_back}:{2 * own.held_back}]\n"
        f"    rows = order[{2 * own.held_back}:]\n"
    )
    if recipe.redraw:
        text += f"    draw.manual_seed({REDRAWN})  # rows of this seed's own\n"
        text += "    rows = rows[torch.randperm(len(rows), generator=draw)]\n"
    if recipe.train_size < own.rows:
        text += f"    rows = rows[:{recipe.train_size}]\n"
    text += (
        "\n    def standardise(values):\n"
        '        """Bring each column to mean 0 and spread 1; one that never changes is left."""\n'
        "        usual = values[rows]  # only training rows may say what is usual\n"
        "        mean, std = usual.mean(dim=0), usual.std(dim=0)\n"
        "        changes = std > 1e-6 * usual.abs().amax(dim=0)\n"
        "        return (values - mean) / torch.where(changes, std, torch.ones_like(std))\n\n"
        f"    x = standardise(x)\n{'' if labels else '    y = standardise(y)' + chr(10)}"
        "    held = [(x[rows], y[rows]) for rows in (validation, test)]\n"
        "    x, y = x[rows], y[rows]\n"
    )
    text += _lies(recipe, "draw") if recipe.label_noise else ""
    return text + _end(recipe, "held[0]", "held[1]")
