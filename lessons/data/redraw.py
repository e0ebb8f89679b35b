"""Draws the embedded digits anew from MNIST and proves that they are equal to the shipped ones.

    python -m lessons.data.redraw MNIST_FOLDER [-o digits.npz]

MNIST_FOLDER holds the four original files (``train-images-idx3-ubyte`` ...), plain or with ``.gz``;
torchvision puts them under ``MNIST/raw``.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np

SHIPPED = Path(__file__).with_name("digits.npz")


def read_idx(path: Path) -> np.ndarray:
    """An array in MNIST's own format: two zero bytes, the type (8 is uint8), the rank, then the sizes."""
    zipped = path.with_name(path.name + ".gz")
    raw = path.read_bytes() if path.exists() else gzip.decompress(zipped.read_bytes())
    if raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an MNIST file of bytes")
    sizes = np.frombuffer(raw, ">i4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(sizes)


def redraw(mnist: Path, shipped: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Images and labels taken from MNIST by the shipped row numbers; the noise is carried over."""
    files = {"tr": "train", "va": "train", "te": "t10k"}
    drawn = {name: shipped[name] for name in shipped if not name.startswith(("x", "y"))}
    for part, file in files.items():
        rows = shipped[f"idx_{part}"]
        drawn[f"x{part}"] = read_idx(mnist / f"{file}-images-idx3-ubyte")[rows]
        drawn[f"y{part}"] = read_idx(mnist / f"{file}-labels-idx1-ubyte")[rows]
    return drawn


def differences(drawn: dict[str, np.ndarray], shipped: dict[str, np.ndarray]) -> list[str]:
    """What is wrong with the shipped file; empty when everything is as it should be."""
    wrong = [name for name in shipped if not np.array_equal(drawn[name], shipped[name])]
    found = [f"{name} differs from MNIST" for name in wrong]
    if set(shipped["idx_tr"]) & set(shipped["idx_va"]):
        found.append("a row is in both training and validation")
    for part in ("tr", "va", "te"):
        if len(set(shipped[f"idx_{part}"])) != len(shipped[f"idx_{part}"]):
            found.append(f"a row is twice in {part}")
        if not np.array_equal(shipped[f"y{part}"], np.arange(len(shipped[f"y{part}"])) % 10):
            found.append(f"the classes do not take turns in {part}")
    if (shipped["noise_lab"] == shipped["ytr"]).any() or shipped["noise_lab"].max() > 9:
        found.append("a wrong label is true, or is no digit")
    return found


def main() -> int:
    """0 when the shipped file is what MNIST says, 1 otherwise."""
    parser = argparse.ArgumentParser(description="Draw the embedded digits anew from MNIST and compare.")
    parser.add_argument("mnist", type=Path, help="the folder of the four original files")
    parser.add_argument("-o", "--output", type=Path, help="write the drawn file here")
    known = parser.parse_args()
    with np.load(SHIPPED) as file:
        shipped = {name: file[name] for name in file.files}
    drawn = redraw(known.mnist, shipped)
    found = differences(drawn, shipped)
    print("\n".join(found) or f"equal: {', '.join(f'{name} {shipped[name].shape}' for name in sorted(shipped))}")
    if known.output:
        np.savez_compressed(known.output, **drawn)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
