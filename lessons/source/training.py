"""The section that examines and trains the network."""

from __future__ import annotations

from lessons.recipe import Recipe
from lessons.settings.training import OPTIMIZERS
from lessons.source.layout import block, call, fitted, listed

SHUFFLE, CHANCE, AUGMENT, MIX = (f"seed + {n}0_000_000" for n in (1, 2, 3, 5))
"""One stream of chance for each purpose, so that turning one technique leaves the others' draws alone."""


def augment(recipe: Recipe) -> str:
    """The functions that change each training image on its way in; empty where none does."""
    parts = []
    if recipe.shift or recipe.rotate:
        parts.append("BLACK = -MEAN / STD  # what an empty pixel has become\n")
    if recipe.shift:
        parts.append(_shift(recipe.shift))
    if recipe.rotate:
        parts.append(_rotate(recipe.rotate))
    return "\n\n".join(parts)


def _shift(most: int) -> str:
    return f'''\
def shift(images, draw):
    """Move each image by up to {most} pixels, each its own way; (n, 784) in and out."""
    n, device = len(images), images.device
    frame = ({most}, {most}, {most}, {most})
    framed = F.pad(images.view(n, 28, 28), frame, value=BLACK)
    down, right = torch.randint(0, {2 * most + 1}, (2, n, 1), generator=draw).to(device)
    rows = down + torch.arange(28, device=device)  # (n, 28)
    columns = right + torch.arange(28, device=device)
    image = torch.arange(n, device=device)[:, None, None]
    return framed[image, rows[:, :, None], columns[:, None, :]].flatten(start_dim=1)
'''


def _rotate(most: float) -> str:
    return f'''\
def rotate(images, draw):
    """Turn each image, (n, 784), by up to {most:g} degrees, each its own way."""
    n = len(images)
    most = math.radians({most!r})
    angle = most * (2 * torch.rand(n, generator=draw) - 1)
    cos, sin, none = angle.cos(), angle.sin(), torch.zeros(n)
    turn = torch.stack((cos, -sin, none, sin, cos, none), dim=1).view(n, 2, 3)
    size = (n, 1, 28, 28)
    grid = F.affine_grid(turn.to(images.device), size, align_corners=False)
    # What is turned in from outside is 0, so black must be 0 meanwhile.
    turned = F.grid_sample(images.view(size) - BLACK, grid, align_corners=False)
    return (turned + BLACK).flatten(start_dim=1)
'''


EVALUATED = 4_000_000
"""Numbers that the layers may put out at once in an evaluation: 16 MB, which a processor's cache almost holds."""


def evaluate(recipe: Recipe) -> str:
    """The function that examines the network on some rows; a few at a time where there are many."""
    called = "    model.eval()  # dropout rests, batch norm uses its running averages\n" if recipe.eval_mode else ""
    most = max(recipe.train_size, *recipe.facts.held_back)
    at_once = max(100, EVALUATED // max(1, recipe.outputs) // 100 * 100)
    parts = "" if at_once >= most else f"        parts = x.tensor_split(len(x) // {at_once} + 1)\n"
    output = "model(x)" if at_once >= most else "torch.cat([model(part) for part in parts])"
    if recipe.task == "classification":
        body = (
            "    with torch.inference_mode():\n"
            f"{parts}        logits = {output}\n"
            "        loss = F.cross_entropy(logits, y).item()\n"
            "        correct = (logits.argmax(dim=1) == y).sum().item()\n"
            "    return loss, correct / len(y)\n"
        )
        says = "Return the mean loss and the accuracy."
    else:
        body = (
            "    with torch.inference_mode():\n"
            f"{parts}        outputs = {output}\n"
            "        return (F.mse_loss(outputs, y).item(),)\n"
        )
        says = "Return the mean squared error, alone in a tuple."
    return f'def evaluate(model, x, y):\n    """{says}"""\n{called}{body}'


def train(recipe: Recipe) -> str:
    """The generator that trains."""
    full = not recipe.batch_size
    text = (
        "def train(model, data, seed):\n"
        '    """Train, and yield the epoch and its mean training loss after each epoch."""\n'
        '    x, y = data["train"]\n' + _parameters(recipe) + _optimizer(recipe) + _scheduler(recipe)
    )
    text += "" if full else f"    shuffle = torch.Generator().manual_seed({SHUFFLE})\n"
    text += _chance(recipe)
    if _stops(recipe):
        begin = 'float("inf")' if recipe.watch == "loss" else "-1.0"
        text += f"    best, waited = {begin}, 0\n" if recipe.patience else f"    best = {begin}\n"
        text += "    best_weights = copy.deepcopy(model.state_dict())\n" if recipe.restore else ""
    text += f"    for epoch in range(1, {recipe.epochs} + 1):\n        model.train()\n"
    if full:
        text += block(_step(recipe, "x", "y"), 8) + "        yield epoch, loss.item()\n"
    else:
        text += (
            "        total = torch.zeros((), device=x.device)\n"
            "        order = torch.randperm(len(x), generator=shuffle).to(x.device)\n"
            f"        for batch in order.split({recipe.batch_size}):\n"
            + block([*_step(recipe, "x[batch]", "y[batch]"), "total += loss.detach() * len(batch)"], 12)
            + "        yield epoch, total.item() / len(x)\n"
        )
    return text + block(_after_epoch(recipe), 8) + _after_all(recipe)


def _stops(recipe: Recipe) -> bool:
    """Whether the training keeps an eye on its best epoch."""
    return bool(recipe.patience or recipe.restore)


def _parameters(recipe: Recipe) -> str:
    """The lists of parameters that a penalty is about."""
    only = recipe.weight_decay and recipe.decay_on == "weights"
    text = ""
    if only or (recipe.l1 and recipe.l1_on == "weights"):
        text += "    weights = [p for p in model.parameters() if p.ndim > 1]\n"
    if only:
        text += "    others = [p for p in model.parameters() if p.ndim < 2]  # biases and norms\n"
    return text


def _optimizer(recipe: Recipe) -> str:
    parts = ["model.parameters()", f"lr={recipe.lr!r}"]
    if recipe.momentum and not recipe.idle("momentum"):
        parts.append(f"momentum={recipe.momentum!r}")
    if recipe.nesterov and not recipe.idle("nesterov"):
        parts.append("nesterov=True")
    if recipe.weight_decay and recipe.decay_on == "weights":
        decayed = f'{{"params": weights, "weight_decay": {recipe.weight_decay!r}}}'
        before = listed("groups = ", [decayed, '{"params": others}'], at=4)
        parts[0] = "groups"
        if recipe.optimizer == "adamw":  # it decays by 0.01 unless told
            parts.append("weight_decay=0.0")
    else:
        before = ""
        if recipe.weight_decay or recipe.optimizer == "adamw":
            parts.append(f"weight_decay={recipe.weight_decay!r}")
    if recipe.optimizer != "rmsprop":  # it has no fused version
        parts.append("fused=True")
    return before + call(f"optimizer = {OPTIMIZERS[recipe.optimizer]}(", parts, at=4)


def _scheduler(recipe: Recipe) -> str:
    name, arguments = _schedule(recipe)
    rate = "torch.optim.lr_scheduler."
    if not recipe.warmup:
        return call(f"scheduler = {rate}{name}(", ["optimizer", *arguments], at=4) if name else ""
    warm = ["optimizer", "start_factor=0.01", f"total_iters={recipe.warmup}"]
    if not name:
        return call(f"scheduler = {rate}LinearLR(", warm, at=4)
    return (
        call(f"warmup = {rate}LinearLR(", warm, at=4)
        + call(f"after = {rate}{name}(", ["optimizer", *arguments], at=4)
        + call(
            f"scheduler = {rate}SequentialLR(",
            ["optimizer", "[warmup, after]", f"milestones=[{recipe.warmup}]"],
            at=4,
        )
    )


def _schedule(recipe: Recipe) -> tuple[str, list[str]]:
    """The scheduler's class and what it takes; an empty name for a constant rate."""
    steps, lr, gamma = recipe.steps, recipe.lr, f"gamma={recipe.gamma!r}"
    span = recipe.epochs * (steps if recipe.stepped == "step" else 1) - recipe.warmup
    lowest = float(f"{recipe.gamma * lr:.12g}")  # without the noise of the last digits
    fixed = [] if recipe.cycle_momentum else ["cycle_momentum=False"]
    # As it must be laid out where each argument has a line of its own, which ends with a comma.
    milestones = listed("milestones=", [str(n) for n in recipe.milestones], ",", at=8).strip().removesuffix(",")
    return {
        "constant": ("", []),
        "step": ("StepLR", [f"step_size={recipe.step_size}", gamma]),
        "multistep": ("MultiStepLR", [milestones, gamma]),
        "exponential": ("ExponentialLR", [gamma]),
        "cosine": ("CosineAnnealingLR", [f"T_max={span}"]),
        "onecycle": ("OneCycleLR", [f"max_lr={lr!r}", f"total_steps={recipe.epochs * steps}", *fixed]),
        "plateau": ("ReduceLROnPlateau", [f"factor={recipe.gamma!r}", f"patience={recipe.lr_patience}"]),
        "cyclic": (
            "CyclicLR",
            [f"base_lr={lowest!r}", f"max_lr={lr!r}", f"step_size_up={recipe.step_size * steps}", *fixed],
        ),
    }[recipe.schedule]


def _chance(recipe: Recipe) -> str:
    text = f"    torch.manual_seed({CHANCE})  # dropout draws from here\n" if any(recipe.rates) else ""
    if recipe.shift or recipe.rotate:
        text += f"    draw = torch.Generator().manual_seed({AUGMENT})\n"
    if recipe.mixup:
        text += f"    mix = np.random.default_rng({MIX})\n"
    return text


def _step(recipe: Recipe, x: str, y: str) -> list[str]:
    """The lines of one optimiser step."""
    lines, rows, at = [], *(("len(batch)", 12) if recipe.batch_size else ("len(y)", 8))
    for name in ("shift", "rotate"):
        if getattr(recipe, name):
            lines.append(f"images = {name}({x}, draw)")
            x = "images"
    if recipe.mixup:
        lines += [
            f"share = mix.beta({recipe.mixup!r}, {recipe.mixup!r})",
            f"other = torch.from_numpy(mix.permutation({rows})).to(y.device)",
            f"inputs, targets = {x}, {y}",
            "mixed = share * inputs + (1 - share) * inputs[other]",
        ]
        lines += _mixed_loss(recipe, at)
    else:
        lines.append(_loss(recipe, "loss", f"model({x})", y, at))
    backward = "loss.backward()"
    if recipe.l1 and recipe.l1_step == "loss":
        over = "weights" if recipe.l1_on == "weights" else "model.parameters()"
        lines.append(fitted(f"penalty = {recipe.l1!r} * sum(", [f"p.abs().sum() for p in {over}"], at=at))
        backward = "(loss + penalty).backward()"
    lines += ["optimizer.zero_grad()", backward]
    if recipe.clip:
        lines.append(f"nn.utils.clip_grad_norm_(model.parameters(), {recipe.clip!r})")
    lines.append("optimizer.step()")
    if recipe.l1 and recipe.l1_step == "proximal":
        lines += _proximal(recipe)
    if _steps_each(recipe) == "step":
        lines.append("scheduler.step()")
    return lines


def _loss(recipe: Recipe, name: str, outputs: str, targets: str, at: int) -> str:
    if recipe.task == "regression":
        return f"{name} = F.mse_loss({outputs}, {targets})"
    smooth = [f"label_smoothing={recipe.label_smoothing!r}"] if recipe.label_smoothing else []
    return fitted(f"{name} = F.cross_entropy(", [outputs, targets, *smooth], at=at)


def _mixed_loss(recipe: Recipe, at: int) -> list[str]:
    if recipe.task == "regression":
        return [
            "targets = share * targets + (1 - share) * targets[other]",
            _loss(recipe, "loss", "model(mixed)", "targets", at),
        ]
    return [
        "outputs = model(mixed)",
        _loss(recipe, "one", "outputs", "targets", at),
        _loss(recipe, "two", "outputs", "targets[other]", at),
        "loss = share * one + (1 - share) * two",
    ]


def _proximal(recipe: Recipe) -> list[str]:
    over = "weights" if recipe.l1_on == "weights" else "model.parameters()"
    return [
        f'threshold = optimizer.param_groups[0]["lr"] * {recipe.l1!r}',
        "with torch.no_grad():  # whatever is smaller than the threshold becomes 0",
        f"    for p in {over}:",
        "        p.copy_(F.softshrink(p, threshold))",
    ]


def _steps_each(recipe: Recipe) -> str:
    """After what the scheduler moves on: ``epoch``, ``step``, or nothing."""
    if recipe.schedule in ("onecycle", "cyclic"):
        return "step"
    if recipe.schedule == "plateau":
        return "epoch"
    return recipe.stepped if recipe.schedule != "constant" or recipe.warmup else ""


def _after_epoch(recipe: Recipe) -> list[str]:
    lines, plateau = [], recipe.schedule == "plateau"
    if _stops(recipe) or plateau:
        accuracy = "validation_accuracy" if _stops(recipe) and recipe.watch == "accuracy" else "_"
        loss = "validation_loss" if plateau or recipe.watch == "loss" else "_"
        names = f"{loss}, {accuracy}" if recipe.task == "classification" else f"({loss},)"
        lines.append(f'{names} = evaluate(model, *data["validation"])')
    if _steps_each(recipe) == "epoch":
        lines.append("scheduler.step(validation_loss)" if plateau else "scheduler.step()")
    if _stops(recipe):
        lines += _look(recipe)
    return lines


def _look(recipe: Recipe) -> list[str]:
    """The lines that compare an epoch with the best so far."""
    if recipe.watch == "loss":
        value, bound = "validation_loss", f"best - {recipe.min_delta!r}" if recipe.min_delta else "best"
        lines = [f"if {value} < {bound}:"]
    else:
        value, bound = "validation_accuracy", f"best + {recipe.min_delta!r}" if recipe.min_delta else "best"
        lines = [f"if {value} > {bound}:"]
    lines.append(f"    best, waited = {value}, 0" if recipe.patience else f"    best = {value}")
    if recipe.restore:
        lines.append("    best_weights = copy.deepcopy(model.state_dict())")
    if recipe.patience:
        lines += ["else:", "    waited += 1", f"    if waited == {recipe.patience}:", "        break"]
    return lines


def _after_all(recipe: Recipe) -> str:
    if not recipe.restore:
        return ""
    return "    model.load_state_dict(best_weights)  # the best epoch's, not the last one's\n"
