"""Seeded mutations of chapter files, for the fuzz tests."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.story.conftest import FIXTURES

BASES = [
    path.read_bytes()
    for path in (
        FIXTURES.parent / "broken" / "unbroken-two" / "01-the-well.md",
        FIXTURES.parent / "broken" / "unbroken-two" / "02-the-shaft.md",
        FIXTURES / "01-first.md",
        FIXTURES / "02-second.md",
    )
]


def _cut(text: str) -> list[str]:
    return text.split("¦")


TOKENS = [
    *_cut("# ¦## ¦### Why¦#### x¦```¦````¦~~~¦```toml chapter¦```toml lesson¦```toml quiz¦```toml mend¦```toml page"),
    *_cut("- ¦1. ¦> ¦    ¦\t¦***¦---¦===¦| a | b |¦<b>¦<!--¦-->¦&#x1b;¦&#0;¦\\¦![x](y)¦[x]: #rim¦[Go](<#a b>)"),
    *_cut("`if ¦`one of; if ¦`once; set x`¦`clear x`¦`set player = lucy`¦**D:** ¦**O:**¦[Go](#rim)¦[Go](../x.md)"),
    *_cut("{test_accuracy}¦{test_accuracy:.1%}¦{start.gap:.2f}¦{set.dropout}¦{prediction}¦{¦}¦{0}¦{player!r}¦{{"),
    *_cut("{a.__class__}¦{x:>99999999}¦not ¦ and ¦ or ¦tries > 2¦margin < 1e999¦[[goal]]¦[goal]¦[a.b.c]¦when = "),
    *_cut("pass = ¦goal = 3¦set = {}¦choices = []¦start = ¦= ¦job = 'plane'¦data = 'x.csv'¦recall = 'a/b'"),
    *_cut("right = 1¦fault = 0¦code = []¦#¦\"\"\"¦'''¦“¦”¦é¦𝔘¦\r¦\r\n¦\x00¦\x1b[2J¦\u00a0¦\u202e¦\u2028¦\ufeff¦\u200b"),
]
VALUES = [
    *_cut("nan¦-nan¦inf¦-inf¦1e999¦-0.0¦1e-320¦-1¦0¦1_0¦1000000000¦[1000000000]¦true¦false¦[]¦{}¦\"\"¦' '"),
    *_cut("2026-01-01¦2026-01-01T00:00:00Z¦07:32:00¦[[[[[[]]]]]]¦[1, 'a', 2.0, []]¦{ a = { b = { c = 1 } } }"),
    *_cut("\"\\u001b[31m\"¦\"\\U0010ffff\"¦'é̴'¦'{gap}'¦{ number = true }¦['rise', 'fall']¦['a', 'a']¦'''\nx\n'''"),
    *("0x" + "f" * 60, "9" * 30, "9" * 5000, "'" + "x" * 6000 + "'", "[" + "1," * 3000 + "]"),
]
NESTS = ["> ", "- ", "[", "*a ", "_a ", "![", "(", "`", "**", "<", "{", "  - ", "1. ", "\\[", "&#", "[a](", "~~"]


def mutated(seed: int) -> bytes:
    """A chapter file with one to five mutations."""
    dice = random.Random(seed)
    data = dice.choice(BASES)
    for _ in range(dice.choice([1, 1, 1, 2, 2, 3, 5])):
        data = dice.choice(MUTATIONS)(data, dice)
    return data


def _flip(data: bytes, dice: random.Random) -> bytes:
    bytes_ = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        if bytes_:
            bytes_[dice.randrange(len(bytes_))] = dice.randrange(256)
    return bytes(bytes_)


def _case(data: bytes, dice: random.Random) -> bytes:
    """A printable character for another: more of these can still be read."""
    bytes_ = bytearray(data)
    if bytes_:
        bytes_[dice.randrange(len(bytes_))] = dice.choice(b'abz019_-.,:;=#*`"[]{}()<>!|\\ \n')
    return bytes(bytes_)


def _lines(data: bytes, dice: random.Random) -> bytes:
    """Lines deleted, doubled, swapped, cut off or joined."""
    lines = data.split(b"\n")
    here, there = dice.randrange(len(lines)), dice.randrange(len(lines))
    how = dice.randrange(6)
    if how == 0:
        del lines[here : here + dice.randint(1, 5)]
    elif how == 1:
        lines[here:here] = lines[here : here + dice.randint(1, 12)]
    elif how == 2:
        lines[here], lines[there] = lines[there], lines[here]
    elif how == 3:
        lines[here] = lines[here][: dice.randint(0, len(lines[here]))]
    elif how == 4:
        lines[here : here + 2] = [b" ".join(lines[here : here + 2])]
    else:
        lines = lines[: here + 1]
    return b"\n".join(lines)


def _token(data: bytes, dice: random.Random) -> bytes:
    token = dice.choice(TOKENS).encode()
    if dice.random() < 0.5:
        token = b"\n" + token + b"\n"
    at = dice.randint(0, len(data))
    return data[:at] + token + data[at:]


def _value(data: bytes, dice: random.Random) -> bytes:
    """The value of a key replaced by an odd one."""
    lines = data.split(b"\n")
    keyed = [number for number, line in enumerate(lines) if b" = " in line]
    if not keyed:
        return data
    number = dice.choice(keyed)
    parts = lines[number].split(b" = ")
    place = dice.randrange(1, len(parts))
    parts[place] = dice.choice(VALUES).encode() + (dice.choice([b"", b" }", b", start"]) if len(parts) > 2 else b"")
    lines[number] = b" = ".join(parts)
    return b"\n".join(lines)


def _fence(data: bytes, dice: random.Random) -> bytes:
    """One fence mark deleted, made longer, or moved."""
    places = [number for number in range(len(data)) if data.startswith(b"```", number)]
    if not places:
        return data
    at = dice.choice(places)
    return (
        data[:at]
        + dice.choice([b"", b"``", b"````", b"~~~", b"  ```", b"    ```", b"> ```", b"- ```"])
        + data[at + 3 :]
    )


def _nest(data: bytes, dice: random.Random) -> bytes:
    nest = dice.choice(NESTS).encode() * dice.choice([3, 30, 300, 3000])
    at = data.find(b"\n\n", dice.randint(0, len(data))) + 2
    return data[:at] + nest + dice.choice([b"x\n\n", b"]" * 300 + b"\n\n", b"\n\n"]) + data[at:]


def _run(data: bytes, dice: random.Random) -> bytes:
    """A long run of one character."""
    at = dice.randint(0, len(data))
    return data[:at] + bytes([data[at - 1] if data else 32]) * dice.choice([50, 1000, 15000]) + data[at:]


def _splice(data: bytes, dice: random.Random) -> bytes:
    other = dice.choice(BASES)
    return data[: dice.randint(0, len(data))] + other[dice.randint(0, len(other)) :]


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [
    *(_flip, _lines, _lines, _token, _token, _value, _value, _fence, _nest, _run, _splice, *[_case] * 5)
]
