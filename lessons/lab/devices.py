"""Which device trains, and the warming that is paid once."""

from __future__ import annotations

import torch

from lessons.devices import DEVICES, check_device
from lessons.mistakes import Mistake


class Lacking(Exception):
    """The machine lacks what was asked for."""


def devices() -> list[str]:
    """What can train here, the preferred one first."""
    if torch.accelerator.is_available():
        accelerator = torch.accelerator.current_accelerator()
        if accelerator is not None and accelerator.type in DEVICES:
            return [accelerator.type, "cpu"]
    return ["cpu"]


def choose(asked: str) -> str:
    """The device for a request; ``auto`` takes the accelerator where there is one."""
    there = devices()
    if check_device(asked) == "auto":
        return there[0]
    if asked not in there:
        raise Lacking(f"device {asked!r} is not on this machine. There is: {', '.join(there)}.")
    return asked


def warm() -> None:
    """Pay for what torch loads on first use. Gradients are made by hand: ``backward()`` starts
    threads of its own, and a process forked after that hangs in its first backward pass."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    layer = torch.nn.Linear(2, 2)
    with torch.no_grad():
        layer(torch.zeros(1, 2))
    for make in (torch.optim.Adam, torch.optim.SGD):
        for parameter in layer.parameters():
            parameter.grad = torch.zeros_like(parameter)
        make(layer.parameters(), lr=0.1, fused=True).step()


def require(threads: int) -> int:
    """The number of threads, if it is one that torch takes."""
    if not 1 <= threads <= 256:
        raise Mistake(f"threads cannot be {threads}. Allowed: 1 to 256.")
    return threads
