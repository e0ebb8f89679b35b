"""The devices that may be asked for, by name; what a machine has is for the training process to say."""

from __future__ import annotations

from lessons.mistakes import unknown

DEVICES = ("auto", "cpu", "cuda", "mps")


def check_device(name: str) -> str:
    """The name, if it is a device's; a ``Mistake`` names the nearest."""
    if name not in DEVICES:
        raise unknown("device", name, DEVICES)
    return name
