"""What stands in the rooms of the castle: one row of it, or as much as there is room for."""

from __future__ import annotations

SMALL = {
    "gate": "┼┼┼┼┼┼┼",
    "moor": "≈ ~ ◎ ~ ≈",
    "tower": "▁▂▃▄▅▆▇",
    "north wall": "▐▌   ▟█▙",
    "dining hall": "▛▀▀▀▀▀▀▀▜",
    "forge": "▝▜██▛▀",
    "larder": "╰╴ ╰╴ ╰╴",
    "copying room": "╽ ╽ ╽ ╽ ╽",
    "great hall": "▙▖ ▲ ▗▟",
    "ballroom": "(└╴)",
    "archive": "▌▐▍▐▎▌▐▌",
    "inn": "▫ ▪ ▫",
    "boarding house": "▫ ▫ ▪",
}
"""In one row."""
LARGE = {
    "gate": ("┌┬┬┬┬┬┐", "├┼┼┼┼┼┤", "╵╵╵╵╵╵╵"),
    "tower": ("        ▁▄█", "    ▁▄█████", "▁▄█████████"),
    "north wall": ("▗▖     ▄▞▚▖", "▐▌    ▞█▛█▚", "▐▌     ▐▘▝▌"),
    "dining hall": ("∘ ∘ ∘   ∘ ∘", "▀█▀▀▀▀▀▀▀█▀", " ▐       ▌ "),
    "forge": ("▂▄▄▄▄▄▖", " ▝▜█▛▘ ", " ▄▟█▙▄ "),
    "larder": ("┬───┬───┬ ", "│   │   │ ", "╰╴  ╰╴  ╰╴"),
    "copying room": ("╷     ╷   ", "▐  ╷  ▐  ╷", "▐  ▐  ▐  ▐"),
    "great hall": ("▌   ▴   ▐", "▙▖ ▟█▙ ▗▟", "▌▌ ▔▔▔ ▐▐"),
    "ballroom": ("╭───╮", "│ └╴│", "╰─┬─╯"),
    "archive": ("▌▐▍▐▎▌▐▌▐", "▔▔▔▔▔▔▔▔▔", "▐▌▎▐▌▐▍▌▐"),
}
"""In three rows."""
GALLERIES = 6
"""Of the choir, one above another."""


def furniture(place: str, width: int, height: int) -> tuple[str, ...]:
    """What fits into so much of a room."""
    if place == "chapel":
        return ("∩ ∩ ∩ ∩ ∩ ∩",) * min(height, GALLERIES)
    if height >= 3 and place in LARGE:
        return LARGE[place]
    small = SMALL.get(place, "")
    return (small,) if height >= 1 and small and len(small) <= width else ()
