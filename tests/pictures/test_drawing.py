"""What is drawn of a screen: shapes that fill what their letters fill, and a film of nothing but its shots."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.pictures.drawing import Run, Shot, film, still
from tests.pictures.shapes import SHAPES, Box

SVG = "{http://www.w3.org/2000/svg}"


def area(boxes: list[Box]) -> float:
    return sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)


@pytest.mark.parametrize(
    ("letters", "shares"),
    [
        ("▁▂▃▄▅▆▇█", [n / 8 for n in range(1, 9)]),
        ("▏▎▍▌▋▊▉█", [n / 8 for n in range(1, 9)]),
        ("▀▐▔▕", [1 / 2, 1 / 2, 1 / 8, 1 / 8]),
        ("░▒▓", [1 / 4, 1 / 2, 3 / 4]),
        ("▖▗▘▝▚▞▙▛▜▟", [1 / 4] * 4 + [1 / 2] * 2 + [3 / 4] * 4),
    ],
)
def test_a_block_fills_its_share_of_the_cell(letters: str, shares: list[float]) -> None:
    assert [area(SHAPES[letter]) for letter in letters] == pytest.approx(shares)


def test_shapes_stay_in_their_cell_and_never_overlap() -> None:
    for letter, boxes in SHAPES.items():
        for place, (left, top, right, bottom) in enumerate(boxes):
            assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1, letter
            for other in boxes[:place]:
                apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
                assert apart, letter


def test_braille_has_the_dots_of_its_code_point() -> None:
    """Dots 1, 2, 3 and 7 go down the left, 4, 5, 6 and 8 down the right."""
    centres = {letter: [((a + c) / 2, (b + d) / 2) for a, b, c, d in SHAPES[letter]] for letter in "⠀⠁⠄⡀⢀⠸⣿"}
    assert centres["⠀"] == []
    assert centres["⠁"] == pytest.approx([(0.25, 0.125)]) and centres["⠄"] == pytest.approx([(0.25, 0.625)])
    assert centres["⡀"] == pytest.approx([(0.25, 0.875)]) and centres["⢀"] == pytest.approx([(0.75, 0.875)])
    assert centres["⠸"] == pytest.approx([(0.75, 0.125), (0.75, 0.375), (0.75, 0.625)])
    assert len(set(centres["⣿"])) == 8


def test_a_still_has_words_where_they_stand_and_shapes_for_the_rest() -> None:
    row = (Run(0, "ab  c⣿▄", "#ff0000", "#000000", "b"), Run(7, " <&>", "#00ff00", "#000000"))
    tree = ElementTree.fromstring(still((row,), "#000000"))
    texts = [(int(node.get("x", "")), int(node.get("textLength", "")), node.text) for node in tree.iter(f"{SVG}text")]
    assert texts == [(0, 20, "ab"), (40, 10, "c"), (80, 30, "<&>")]
    (path,) = tree.iter(f"{SVG}path")
    corners = re.findall(r"M([\d.]+) ([\d.]+)", path.get("d", ""))
    assert len(corners) == 9 and corners[-1] == ("60", "9.5")


def test_a_film_shows_each_shot_for_its_time_and_keeps_what_stays() -> None:
    def shot(word: str, seconds: float) -> Shot:
        return Shot(((Run(0, "always", "#ffffff", "#000000"),), (Run(0, word, "#ffffff", "#000000"),)), seconds)

    text = film([shot("one", 1), shot("two", 2), shot("one", 1)], "#000000", 1)
    tree = ElementTree.fromstring(text)
    assert [node.text for node in tree.iter(f"{SVG}text")].count("always") == 1
    groups = {node[0].text: node.get("class", "").split() for node in tree.iter(f"{SVG}g") if node.get("class")}
    assert "p" in groups["two"] and "p" not in groups["one"]
    moments = {name: re.findall(r"([\d.]+)%\{visibility:(\w+)", rule) for name, rule in frames(text)}
    assert moments[groups["one"][-1]] == [("0", "visible"), ("25", "hidden"), ("75", "visible")]
    assert moments[groups["two"][-1]] == [("0", "hidden"), ("25", "visible"), ("75", "hidden")]
    assert "animation-duration:4.00s" in text


def frames(text: str) -> list[tuple[str, str]]:
    return re.findall(r"@keyframes (\w+)\{((?:[^{}]*\{[^{}]*\})*)\}", text)
