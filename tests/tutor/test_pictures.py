"""The pictures of a network: what they draw is what there is, and the characters alone tell it."""

import dataclasses
import re
from types import SimpleNamespace

import pytest

from lessons.views import Mask
from tests.tutor import sights
from tests.tutor.sights import DIGITS, HEIGHTS, POINTS, full, grid, histogram, layer, misread, sight
from tutor.pictures import boundary, digits, layers, lines, units, weights
from tutor.pictures.picture import Picture, Sight

NOTHING = Sight(DIGITS)


def rows(picture):
    return picture.text.split("\n")


def inked(picture, ink):
    """What is drawn with that ink."""
    return "".join(text for row in picture.rows for text, used in row if used.split("/")[0].split(" ")[0] == ink)


# the plane


def plane(value, points=(), recipe=POINTS, width=40, height=10):
    return boundary.draw(sight(recipe, plane=grid(value, points)), width, height, "")


def test_a_known_boundary_lies_where_it_is():
    picture = plane(lambda x, y: float(x > 0))
    # Two cells wide for each that is high, since the plane is a square.
    assert [len(row) for row in rows(picture)] == [20] * 10
    for row in rows(picture):
        assert row[:9].strip("· ") == "" and set(row[11:]) <= {"░", "▒"} and row[-5:] == "▒" * 5


def test_y_points_upwards_and_the_edge_runs_through_half_cells():
    upper = rows(plane(lambda x, y: 1.0 if y > 0.125 else 0.0))
    assert upper[0] == "▒" * 20 and upper[-1] == ""
    # 0.125 lies between the upper and the lower half of the fifth row of ten.
    assert upper[4] == "▀" * 20
    lower = rows(plane(lambda x, y: 1.0 if y < 0.125 else 0.0))
    assert lower[4] == "▄" * 20 and lower[-1] == "▒" * 20


def test_unsure_and_sure_differ_without_colour():
    shades = {p: rows(plane(lambda x, y, p=p: p))[0][:1] or " " for p in (0.05, 0.4, 0.6, 0.95)}
    assert list(shades.values()) == [" ", "·", "░", "▒"]


def test_training_rows_have_the_shape_of_their_class_and_those_astray_are_counted():
    points = [(-0.95, 0.95, 0), (0.95, 0.95, 1), (-0.95, -0.95, 1), (0.95, -0.95, 0), (0.5, 0.1, 1)]
    picture = plane(lambda x, y: float(x > 0), points)
    top, bottom = rows(picture)[0], rows(picture)[9]
    assert (top[0], top[19], bottom[0], bottom[19]) == ("o", "x", "x", "o")
    assert picture.text.count("o") == 2 and picture.text.count("x") == 3
    assert "of the first 5 training rows about 2 lie on the wrong side" in picture.words


def test_points_leave_the_plane_in_sight():
    crowd = [(-1 + n % 50 / 25, -1 + n // 50 / 2, n % 2) for n in range(200)]
    picture = plane(lambda x, y: 0.0, crowd)
    assert 20 <= sum(picture.text.count(sign) for sign in "ox") <= 20 * 10 / boundary.CROWD + 1


def test_a_legend_stands_beside_the_plane_where_there_is_room():
    assert "row of class 1" in plane(lambda x, y: 0.9, width=80).text
    assert "class" not in plane(lambda x, y: 0.9, width=30).text


def test_a_wide_plane_keeps_its_proportions():
    wide = dataclasses.replace(grid(lambda x, y: 0.9), x_low=-3.0, x_high=3.0)
    picture = boundary.draw(sight(POINTS, plane=wide), 100, 10, "")
    assert len(rows(picture)[-1]) == 60
    assert len(rows(boundary.draw(sight(POINTS, plane=wide), 36, 10, ""))) == 6


def test_a_height_is_told_by_density():
    picture = plane(lambda x, y: x, [(-0.9, 0.9, -0.5), (0.9, 0.9, 0.5), (0.9, 0.8, 0.6)], HEIGHTS, width=80)
    line = rows(picture)[5][:20]
    assert line == "".join(sorted(line, key=boundary.SHADES.index)) and len(set(line)) == 5
    assert "from -1 to 1" in picture.words and inked(picture, "turned").startswith("x")
    assert set(plane(lambda x, y: 0.25, recipe=HEIGHTS).text) <= {"\n"}


def test_three_classes_have_three_shades_and_nothing_between():
    facts = SimpleNamespace(inputs=2, outputs=3)
    recipe = SimpleNamespace(task="classification", facts=facts)
    seen = Sight(recipe, sights.view(plane=grid(lambda x, y: 0 if x < 0 else 2, [(0.9, 0.0, 2), (0.9, 0.5, 1)])))
    picture = boundary.draw(seen, 80, 10, "")
    assert set("".join(row[:20] for row in rows(picture))) == {" ", "░", "+", "x"}
    assert "class 2, where ░░░" in picture.text and "class 1" not in picture.text
    assert "2 classes in sight" in picture.words and "about 1 lies in another's" in picture.words


def test_what_is_no_number_is_a_question_mark():
    assert set(plane(lambda x, y: None).text) == {"?", "\n"}
    assert boundary.draw(NOTHING, 40, 10, "").rows == ()
    assert "784 numbers a row" in boundary.draw(full(), 40, 10, "").words
    assert "as soon as a run has begun" in boundary.draw(Sight(POINTS), 40, 10, "").words


# the weights


def bars(counts, height=9, width=60, **parts):
    return weights.draw(sight(weights=histogram(counts, **parts)), width, height, "t")


def test_known_counts_make_bars_of_known_height():
    picture = bars([0] * 10 + [80] + [0] * 9 + [40] + [0] * 9 + [10] + [1] + [0] * 8)
    left = rows(picture)[0].index("│") + 1
    assert rows(picture)[0].startswith("80 │") and rows(picture)[-2].startswith(" 0 │")

    def column(bin):
        return "".join((row + " " * 60)[left + bin] for row in rows(picture)[:-1]).strip()

    assert column(10) == "█" * 8 and column(20) == "█" * 4 and column(30) == "█"
    assert column(31) == "▁" and column(5) == ""  # whatever is not nothing can be seen
    assert rows(picture)[-1].split() == ["-2", "0", "2"]


def test_the_sentence_has_norm_small_weights_and_zeros():
    seen = sight(layers=[layer(norm=3.0), layer(2, dead="", norm=4.0)], weights=histogram([5] * 40, 50, 80))
    words = weights.draw(seen, 60, 9, "").words
    assert "200 weights" in words and "norm is 5," in words
    assert "40.0% are smaller than 0.001 and 25.0% exactly 0" in words
    lost = dataclasses.replace(histogram(), total=43)
    assert weights.draw(sight(weights=lost), 60, 9, "").words.endswith(" exactly 0 and 3 are no numbers any more.")
    lost = dataclasses.replace(histogram(), total=41)
    assert weights.draw(sight(weights=lost), 60, 9, "").words.endswith(" exactly 0 and 1 is no number any more.")
    beyond = sight(layers=[layer(norm=None), layer(2, dead="")])
    assert "their norm is lost" in weights.draw(beyond, 60, 9, "").words


def test_zeros_are_heaped_apart_and_do_not_flatten_the_rest():
    small = bars([16] * 20 + [8] + [16] * 19, zeros=4)
    zero = rows(small)[0].index("│") + 1 + 20
    assert "".join(row[zero] for row in rows(small)[:-1]) == "    ▒▒██"
    heaped = [4] * 20 + [1004] + [4] * 19
    cut = bars(heaped, zeros=1000)
    assert rows(cut)[0].count("█") == 39 and "▲" in rows(cut)[0] and "▒" not in rows(cut)[0]
    every = bars([0] * 20 + [12] + [0] * 19, zeros=12)
    assert (
        rows(every)[0].startswith("12 │")
        and "100.0% exactly 0" in every.words
        and set(inked(every, "falsehood")) == {"▒"}
    )


def test_bins_go_together_where_there_is_little_room():
    narrow = bars([1] * 20 + [3] * 20, width=28)
    assert rows(narrow)[0].startswith("6 │") and rows(narrow)[-2].count("█") == 20
    wide = bars([1] * 40, width=90)
    assert rows(wide)[0].count("█") == 80


# layer by layer


def test_a_decade_is_as_long_everywhere():
    seen = sight(layers=[layer(n, dead="", gradient=10.0**-n, spread=10.0 * n) for n in range(1, 5)])
    picture = layers.draw(seen, 80, 8, "")
    lengths = [row.count("█") for row in rows(picture)[1:]]
    assert lengths[0] - lengths[1] == pytest.approx(lengths[1] - lengths[2], abs=1) and lengths[3] <= 1
    assert "gradient 0.0001..0.1" in rows(picture)[0] and "2: Linear 4-4" in rows(picture)[2]
    assert "From layer 4 back to layer 1 the gradient grows from 0.0001 to 0.1" in picture.words
    assert "spread by 10 after layer 1 and by 40 after the last" in picture.words


def test_layers_in_the_middle_give_way():
    seen = sight(layers=[layer(n, dead="") for n in range(1, 22)])
    picture = layers.draw(seen, 30, 8, "")
    assert [row.split()[0] for row in rows(picture)[1:]] == ["1", "2", "3", "4", "...", "20", "21"]
    assert "15 more between" in picture.text and "stays near 0.1" in picture.words


def test_nothing_and_what_is_no_number_have_no_bar():
    picture = layers.draw(sight(layers=[layer(1, gradient=0.0), layer(2, dead="", gradient=None)]), 60, 4, "")
    assert "█" not in picture.text and "lost" in rows(picture)[2] and "lost among numbers too large" in picture.words
    assert "The one layer" in layers.draw(sight(layers=[layer(1)]), 60, 4, "").words


# the units


def test_a_dead_unit_is_crossed_out_in_its_place():
    seen = sight(layers=[layer(1, 6, "000100"), layer(2, 5, "10001"), layer(3, 10, "")])
    picture = units.dead(seen, 40, 8, "")
    assert rows(picture)[1] == "···×··" and rows(picture)[3] == "×···×"
    assert rows(picture)[0] == "1: Linear 6-6  1 of 6 dead" and len(picture.rows) == 4
    assert picture.words.startswith("3 of 11 hidden units put out the same for every row")
    tight = units.dead(seen, 40, 2, "")
    assert [row.split() for row in rows(tight)] == [["1", "···×··", "1", "of", "6"], ["2", "×···×", "2", "of", "5"]]


def test_what_has_no_room_is_cut_and_still_counted():
    seen = sight(layers=[*(layer(n, 400, "0" * 255 + "1") for n in range(1, 9)), layer(9, 10, "")])
    picture = units.dead(seen, 30, 4, "")
    assert all("…" in row and row.endswith("2 of 400") for row in rows(picture)[:3])
    assert rows(picture)[3] == "... 5 more: 10 of 2,000 dead"
    assert "16 of 3,200" in picture.words


def test_none_dead_no_units_and_no_numbers():
    assert units.dead(sight(), 40, 8, "").words.startswith("None of 4 hidden units is dead")
    assert units.dead(sight(layers=[layer(1, dead="")]), 40, 8, "").words == units.NO_UNITS
    lost = sight(layers=[layer(1, dead="", spread=None), layer(2, dead="", spread=None)])
    assert "no number any more" in units.dead(lost, 40, 8, "").words


def test_the_mask_has_its_gaps_where_units_were_struck_out():
    seen = sight(masks=[Mask(1, 0.5, 6, 3, "010110"), Mask(2, 0.25, 4, 1, "1000")])
    picture = units.mask(seen, 60, 8, "")
    assert rows(picture) == [
        "after layer 1, rate 0.5  3 of 6 struck out",
        "■·■··■",
        "after layer 2, rate 0.25  1 of 4 struck out",
        "·■■■",
    ]
    assert rows(units.mask(seen, 30, 8, ""))[0] == "layer 1  3 of 6 struck out"
    assert rows(units.mask(seen, 22, 8, ""))[0] == "layer 1  3 of 6"
    assert "goes without 3 of 6 units after layer 1 and 1 of 4 units after layer 2" in picture.words
    assert picture.words.endswith("the next row misses others, an examined row none.")
    awake = dataclasses.replace(seen, recipe=DIGITS.turned(eval_mode=False))
    assert units.mask(awake, 40, 8, "").words.endswith("misses others, and without eval() an examined row, too.")
    many = sight(masks=[Mask(n, 0.5, 8, n, "0" * 8) for n in (1, 2, 3)])
    assert "6 of 24 units after 3 layers" in units.mask(many, 40, 8, "").words


def test_without_dropout_there_is_no_mask():
    assert units.mask(sight(), 40, 8, "") == Picture("", (), units.OFF)
    assert units.mask(NOTHING, 40, 8, "").words == units.OFF
    assert units.mask(Sight(DIGITS.turned(dropout=0.5)), 40, 8, "").words == units.WAITING_MASK


# the misread digits


def test_known_pixels_are_lit_where_they_are():
    # Bright: the upper left quarter, and the lowest row but one of the right half.
    one = misread(lambda r, c: 255 if (r < 14 and c < 14) or (r in (26, 27) and c >= 14) else 0)
    small = rows(digits.draw(sight(images=[one] * 8), 40, 9, ""))
    # Fourteen pixels a side: seven lit above, the seventh row alone in its cell.
    assert small[0][:14] == "███████" + " " * 7 and small[3][:14] == "▀▀▀▀▀▀▀" + " " * 7
    assert small[6][:14] == " " * 7 + "▄▄▄▄▄▄▄" and small[4][:14].strip() == ""
    large = rows(digits.draw(sight(images=[one]), 40, 16, ""))
    assert large[0].rstrip() == "█" * 14 and large[6].rstrip() == "█" * 14 and large[7] == ""
    assert large[13] == " " * 14 + "█" * 14


def test_greys_are_inks_and_the_edge_of_light_is_drawn():
    dim = digits.draw(sight(images=[misread(lambda r, c: 60)] * 8), 40, 9, "")
    assert rows(dim)[0] == "" and any(text and ink.startswith("/foreground") for text, ink in dim.rows[0])
    half = digits.draw(sight(images=[misread(lambda r, c: 128)] * 8), 40, 9, "")
    assert rows(half)[0][:14] == "█" * 14
    assert half.rows[0][0][1] != digits.draw(sight(images=[misread(lambda r, c: 255)] * 8), 40, 9, "").rows[0][0][1]


def test_truth_and_answer_stand_below_side_by_side():
    images = [misread(lambda r, c: r, n, 9 - n, 0.9 - n / 10) for n in range(8)]
    picture = digits.draw(sight(images=images), 76, 20, "")
    assert re.findall(r"(\d), it says (\d)", rows(picture)[7]) == [("0", "9"), ("1", "8"), ("2", "7"), ("3", "6")]
    assert "90% sure" in rows(picture)[8] and "4, it says 5" in rows(picture)[16]
    assert "first is a 0, and it says 9, 90% sure" in picture.words
    assert digits.draw(sight(images=images), 30, 9, "").text.count("it says") == 2


def test_none_misread_not_yet_looked_for_and_no_images():
    assert digits.draw(sight(accuracy=1.0), 40, 9, "").words == digits.NONE
    assert digits.draw(sight(accuracy=0.9), 40, 9, "").words == digits.WAITING
    assert digits.draw(NOTHING, 40, 9, "").words == digits.WAITING
    assert digits.draw(sight(POINTS), 40, 9, "").words == digits.NO_IMAGES


# the curves


def test_the_learning_rate_is_drawn_and_told():
    picture = lines.rate(sight(rates=[(1, 0.02), (50, 0.1), (100, 0.05)]), 40, 9, "")
    assert "began at 0.02, rose to 0.1 by step 50 and ended at 0.05, after 100 steps" in picture.words
    assert rows(picture)[0].lstrip().startswith("0.1 ┤") and rows(picture)[-1].split() == ["1", "step", "100"]
    ends = [n for n, row in enumerate(rows(picture)) if row.endswith(" 0.05")]
    assert ends == [4]  # of eight rows, from above
    top = rows(picture)[0]
    peak = [n for n, glyph in enumerate(top) if "⠀" < glyph <= "⣿"]
    assert abs(sum(peak) / len(peak) - (len("0.1 ┤") + 29 * 49 / 99)) < 2
    falling = lines.rate(sight(rates=[(1, 0.1), (2, 0.01)]), 40, 9, "").words
    assert "began at its highest, 0.1 and ended at 0.01" in falling
    assert "was 0.1 at each of 2 steps" in lines.rate(sight(rates=[(1, 0.1), (2, 0.1)]), 40, 9, "").words
    assert lines.rate(NOTHING, 40, 9, "").words == lines.WAITING_RATE


def test_labels_are_told_apart_by_dotting_and_by_their_ends():
    nights = [(n, 0.9, 0.3) for n in range(1, 31)]
    picture = lines.labels(sight(nights=nights), 60, 11, "")
    true = next(row for row in rows(picture) if row.endswith("true 90%"))
    false = next(row for row in rows(picture) if row.endswith("false 30%"))
    drawn = [sum("⠀" < glyph <= "⣿" for glyph in row) for row in (true, false)]
    dots = [sum(bin(ord(glyph) - 0x2800).count("1") for glyph in row if "⠀" < glyph <= "⣿") for row in (true, false)]
    assert drawn[0] > 30 and dots[1] == pytest.approx(dots[0] / 2, abs=2)
    assert rows(picture).index(true) == 1 and rows(picture).index(false) == 6
    assert "After night 30 it repeats 90.0% of the true labels, and 30.0% of the false ones" in picture.words


def test_curves_that_end_together_keep_both_their_labels():
    picture = lines.labels(sight(nights=[(1, 0.5, 0.5), (2, 0.5, 0.5)]), 50, 9, "")
    assert "true 50%" in picture.text and "false 50%" in picture.text


def test_labels_that_are_lost_absent_or_all_true():
    assert "true lost" in lines.labels(sight(nights=[(1, 0.5, 0.5), (2, None, 0.4)]), 50, 9, "").text
    assert lines.labels(NOTHING, 50, 9, "").words == lines.WAITING_LABELS
    assert lines.labels(full(DIGITS.turned(label_noise=0.0)), 50, 9, "").words == lines.NO_NOISE


# what whoever does not see the rows is told besides


def test_every_image_is_named_that_the_sentence_leaves_out():
    images = [misread(lambda r, c: r, n, 9 - n, 0.9 - n / 10) for n in range(3)]
    told = digits.draw(sight(images=images), 30, 9, "").detail
    assert told == "After it: a 1 read as 8, 80% sure; a 2 read as 7, 70% sure."
    assert digits.draw(sight(images=images[:1]), 30, 9, "").detail == ""


def test_the_worst_layer_is_named_wherever_it_lies():
    gradients, spreads = [0.1, 0.02, 1e-6, 0.3, 0.1], [1.0, 1.0, None, 4.0, 1.0]
    seen = [layer(n, dead="", gradient=g, spread=s) for n, (g, s) in enumerate(zip(gradients, spreads, strict=True), 1)]
    told = layers.draw(sight(layers=seen), 80, 8, "").detail
    assert "the gradient is least, 1e-06, in layer 3 and most, 0.3, in layer 4" in told
    assert "the spread is least, 1, in layer 2 and most, 4, in layer 4" in told
    assert told.endswith("lost among numbers too large: layer 3.")
    alike = layers.draw(sight(layers=[layer(n, dead="") for n in range(1, 5)]), 80, 8, "").detail
    assert alike == "Between them, the gradient is 0.1; the spread is 1."
    assert layers.draw(sight(layers=[layer(1), layer(2)]), 80, 8, "").detail == ""


def test_labels_tell_the_nights_before():
    nights = [(n, n / 10, 0.05) for n in range(1, 10)]
    told = lines.labels(sight(nights=nights), 60, 11, "").detail
    assert re.findall(r"night (\d), ([\d.]+)%", told) == [("1", "10.0"), ("3", "30.0"), ("5", "50.0"), ("7", "70.0")]
    assert "30.0% of the true, 5.0% of the false" in told
    assert "lost of the true" in lines.labels(sight(nights=[(1, None, 0.1), (2, 0.2, 0.3)]), 60, 11, "").detail
    assert lines.labels(sight(nights=nights[:1]), 60, 11, "").detail == ""


def test_units_are_counted_layer_by_layer():
    seen = sight(layers=[layer(1, 6, "000100"), layer(2, 5, "10001"), layer(3, 10, "")])
    assert units.dead(seen, 40, 8, "").detail == "One by one: layer 1, 1 of 6; layer 2, 2 of 5."
    assert units.dead(sight(), 40, 8, "").detail == ""
    masks = sight(masks=[Mask(n, 0.5, 8, n, "0" * 8) for n in (1, 2, 3)])
    assert units.mask(masks, 40, 8, "").detail == "One by one: layer 1, 1 of 8; layer 2, 2 of 8; layer 3, 3 of 8."


def test_the_plane_is_told_by_its_quarters():
    told = plane(lambda x, y: float(x > 0 and y > 0)).detail
    assert "x in 0% of the upper left, 100% of the upper right, 0% of the lower left and 0% of the lower" in told
    assert plane(lambda x, y: None).detail == ""
