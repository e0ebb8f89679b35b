"""The curve widget and what it is made of."""

from __future__ import annotations

from itertools import product

import pytest
from textual.app import App, ComposeResult

from tests.tui.fake import columns, run
from tests.tui.reading import text
from tutor.pictures.braille import Sheet
from tutor.tui.themes import THEMES
from tutor.tui.widgets.curves import Curves, _spread
from tutor.tui.widgets.series import Series, frame, over_seeds


class Plot(App[None]):
    """One curve widget."""

    def __init__(
        self,
        *series: Series,
        share: bool = True,
        until: float | None = None,
        words: str = "",
        mark: tuple[float, str] | None = (0.75, "goal"),
        waiting: str = "nothing yet",
    ) -> None:
        super().__init__()
        self.shown, self.share, self.until, self.words = series, share, until, words
        self.mark, self.waiting = mark, waiting

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return THEMES[0].variables

    def compose(self) -> ComposeResult:
        yield Curves(waiting=self.waiting, words=self.words)

    def on_mount(self) -> None:
        self.query_one(Curves).show(self.shown, self.share, self.until, self.mark)


def drawn(plot: Plot, size: tuple[int, int] = (80, 20)) -> str:
    """What the plot shows."""
    seen = []

    async def look() -> None:
        async with plot.run_test(size=size) as pilot:
            await pilot.pause()
            seen.append(text(plot))

    run(look())
    return seen[0]


def braille(picture: str) -> list[str]:
    return [glyph for glyph in picture if "\u2801" <= glyph <= "\u28ff"]


EMPTY = Series("training", [], [], tone="training", sign="T")
TRAINING = Series("training", [1, 2, 3], [0.2, 0.6, 0.9], tone="training", sign="T")
VALIDATION = Series("validation", [1, 2, 3], [0.2, 0.5, 0.4], dotted=True, tone="validation", sign="V")


def test_a_line_reaches_from_corner_to_corner() -> None:
    sheet = Sheet(4, 2)
    sheet.path([(0, 7), (7, 0)], ink=0)
    assert "".join(piece for piece, _ in sheet.row(0)).strip() == "⡠⠊"
    assert "".join(piece for piece, _ in sheet.row(1)).strip() == "⡠⠊"


def test_a_broken_line_leaves_gaps() -> None:
    full, broken = Sheet(20, 1), Sheet(20, 1)
    full.path([(0, 0), (39, 0)], ink=0)
    broken.path([(0, 0), (39, 0)], ink=0, dash=2)
    assert sum(mask > 0 for mask in full.masks[0]) == 20
    assert sum(mask > 0 for mask in broken.masks[0]) == 10


def test_dashes_may_be_longer_than_their_gaps() -> None:
    sheet = Sheet(6, 1)
    sheet.path([(0, 0), (11, 0)], ink=0, dash=4, gap=2)
    assert [mask > 0 for mask in sheet.masks[0]] == [True, True, False] * 2


def test_dots_off_the_sheet_are_dropped() -> None:
    sheet = Sheet(2, 1)
    sheet.path([(-5, -5), (50, 50)], ink=0)
    assert sheet.masks[0][0] > 0


def test_seeds_are_averaged_and_their_range_kept() -> None:
    epochs, mean, low, high = over_seeds({0: {"epoch": [1], "a": [0.2]}, 1: {"epoch": [1], "a": [0.4]}}, "a")
    assert (epochs, low, high) == ([1.0], [0.2], [0.4])
    assert mean[0] is not None and abs(mean[0] - 0.3) < 1e-9


def test_a_seed_that_left_the_numbers_takes_the_mean_along() -> None:
    _, mean, low, _ = over_seeds({0: {"epoch": [1], "a": [None]}, 1: {"epoch": [1], "a": [0.4]}}, "a")
    assert mean == [None] and low == [0.4]


def test_a_loss_axis_fits_and_a_share_axis_is_fixed() -> None:
    losses = Series("training", [1, 2], [2.3, 0.4])
    assert frame([losses], share=False).y1 == 2.5
    spike = Series("training", list(range(100)), [9.0, 5.0, *[0.2] * 98])
    assert frame([spike], share=False).y1 < 0.5
    assert frame([losses], share=True).y1 == 1.0
    assert frame([losses], share=True, until=30).x1 == 30


def test_names_values_axis_and_legend_are_told_without_colour() -> None:
    picture = drawn(Plot(TRAINING, VALIDATION, until=30))
    ends = ("training 90.0%", "validation 40.0%", "goal 75.0%")
    for words in ("100%", "0%", "━━ training", "╍╍ validation", "night 30", *ends):
        assert words in picture
    assert braille(picture)


def test_in_a_narrow_place_letters_stand_for_names() -> None:
    picture = drawn(Plot(TRAINING, VALIDATION), size=(43, 9))
    assert "T 90.0%" in picture and "V 40.0%" in picture and "V validation" in picture
    assert all(len(row) <= 43 for row in picture.splitlines())


def test_labels_at_one_height_do_not_cover_each_other() -> None:
    twin = Series("validation", [1, 2, 3], [0.2, 0.6, 0.9], tone="validation", sign="V")
    picture = drawn(Plot(TRAINING, twin))
    assert "training 90.0%" in picture and "validation 90.0%" in picture


def test_several_seeds_get_a_band() -> None:
    epochs, mean, low, high = over_seeds({0: columns(20), 1: columns(20, -0.3)}, "train_accuracy")
    bare = drawn(Plot(Series("training", epochs, mean)))
    banded = drawn(Plot(Series("training", epochs, mean, low, high)))
    assert len(braille(banded)) > len(braille(bare))


def test_a_value_beyond_number_ends_the_line() -> None:
    picture = drawn(Plot(Series("training", [1, 2, 3], [0.5, 0.6, None], sign="T")))
    assert "training lost" in picture


def test_a_sentence_stands_under_the_curves_where_there_is_room() -> None:
    said = "Accuracy after each night: the lines are the apprentices' mean, the hatching their range."
    plot = Plot(TRAINING, VALIDATION, words=said)
    assert said in " ".join(drawn(plot, (50, 14)).split())
    assert "after each night" not in drawn(Plot(TRAINING, VALIDATION, words=said), (50, 9))


def test_a_broken_line_is_mostly_drawn() -> None:
    level = Series("validation", [1, 2], [0.5, 0.5], dotted=True, tone="validation", sign="V")
    (row,) = [row for row in drawn(Plot(level, mark=None)).splitlines() if "validation 50.0%" in row]
    line = row.partition("┤")[2].partition(" validation")[0]
    assert 0 < line.count(" ") == len(line) // 3, line


def rows(picture: str) -> list[str]:
    """The rows of the plot itself, between the legend and the nights."""
    return [row for row in picture.splitlines() if "┤" in row or "│" in row]


@pytest.mark.parametrize("height", [7, 9, 14, 24])
@pytest.mark.parametrize("goal", [0.0, 0.5, 0.6, 0.7, 0.75, 1.0])
def test_the_goal_is_drawn_as_exactly_as_a_curve(goal: float, height: int) -> None:
    level = Series("validation", [1, 2], [goal, goal], tone="validation", sign="V")
    curve, line = (
        next(row for row in rows(drawn(plot, (80, height))) if braille(row))
        for plot in (Plot(level, mark=None), Plot(EMPTY, mark=(goal, "goal"), waiting=""))
    )
    assert ord(braille(line)[0]) & ord(braille(curve)[0]) == ord(braille(line)[0]), "the dots are at one height"
    assert line.split()[-2:] == ["goal", f"{goal:.1%}"]


def test_the_goal_gives_way_to_a_curve_that_runs_through_the_same_cells() -> None:
    level = Series("training", [1, 2], [0.73, 0.73], tone="training", sign="T")
    assert braille(drawn(Plot(level))) == braille(drawn(Plot(level, mark=None)))
    assert len(braille(drawn(Plot(level, mark=(0.9, "goal"))))) == 2 * len(braille(drawn(Plot(level))))


def test_labels_stand_in_the_order_of_their_values() -> None:
    high = Series("training", [1, 2], [0.2, 0.76], tone="training", sign="T")
    low = Series("validation", [1, 2], [0.2, 0.745], dotted=True, tone="validation", sign="V")
    for size in ((43, 9), (43, 24), (80, 9), (80, 30)):
        for shown in ((high, low), (low, high)):
            labels = [row.split()[-2:] for row in rows(drawn(Plot(*shown), size)) if row[-1] in "%l"]
            names = [next(word for word in words if word[0] in "TVtvg")[0].lower() for words in labels]
            assert names == ["t", "g", "v"], (size, labels)


def test_labels_never_leave_the_plot() -> None:
    for number in range(1, 5):
        for wishes in product(range(4), repeat=number):
            wanted = dict(enumerate(sorted(wishes)))
            placed = _spread(wanted, 4)
            assert sorted(placed) == list(placed) and set(placed) <= set(range(4))
            assert list(placed.values()) == list(wanted)
            if len(set(wishes)) == number:
                assert placed == {row: n for n, row in wanted.items()}, "what has room stands where it wishes"
    assert list(_spread({2: 0, 0: 1, 1: 1}, 2).values()) == [0, 1], "without room the goal goes first"


def test_a_goal_beyond_the_frame_has_no_label() -> None:
    losses = Series("training", [1, 2], [2.3, 0.4], tone="training", sign="T")
    assert "goal" not in drawn(Plot(losses, share=False, mark=(3.0, "goal")))
    assert "goal 0.750" in drawn(Plot(losses, share=False))


@pytest.mark.parametrize(
    ("height", "ticks"), [(6, "100% 0%"), (8, "100% 50% 0%"), (13, "100% 50% 0%"), (14, "100% 75% 50% 25% 0%")]
)
def test_an_axis_has_as_many_numbers_as_it_has_room_for(height: int, ticks: str) -> None:
    found = [row.split()[0] for row in rows(drawn(Plot(TRAINING), (80, height))) if "┤" in row]
    assert " ".join(found) == ticks


def test_the_numbers_of_a_loss_stand_at_their_heights() -> None:
    losses = Series("training", [1, 2], [2.3, 0.4], tone="training", sign="T")
    found = [row.split()[0] for row in rows(drawn(Plot(losses, share=False), (80, 20))) if "┤" in row]
    assert found == ["2.5", "1.875", "1.25", "0.625", "0"]


def test_a_legend_without_room_gives_up_the_band_before_the_names() -> None:
    band = ([0.1, 0.5, 0.8], [0.3, 0.7, 1.0])
    plot = [Series(s.name, s.x, s.y, *band, s.dotted, s.tone, s.sign) for s in (TRAINING, VALIDATION)]
    for width, legend in (
        (60, "━━ training ╍╍ validation ⡐⠄ between the seeds"),
        (40, "━━ T training ╍╍ V validation ⡐⠄ seeds"),
        (33, "━━ T training ╍╍ V validation"),
        (24, "━━ T ╍╍ V"),
    ):
        assert drawn(Plot(*plot), (width, 9)).splitlines()[0].split() == legend.split()


def test_a_line_that_left_the_numbers_is_named_where_it_ended() -> None:
    lost = Series("training", [1, 2, 3], [0.5, 0.99, None], tone="training", sign="T")
    assert "training lost" in rows(drawn(Plot(lost)))[0]


def test_nothing_yet_says_so() -> None:
    assert "nothing yet" in drawn(Plot())


def test_before_the_first_run_axes_and_goal_are_drawn_around_the_words() -> None:
    picture = drawn(Plot(EMPTY))
    for words in ("100%", "50%", "0%", "━━ training", "goal 75.0%"):
        assert words in picture
    middle = next(row for row in rows(picture) if "nothing yet" in row)
    assert abs(rows(picture).index(middle) - len(rows(picture)) // 2) <= 1 and "night" not in picture
    through = next(row for row in rows(drawn(Plot(EMPTY, mark=(0.5, "goal")))) if "nothing yet" in row)
    assert " nothing yet " in through and braille(through), "the words have room on the goal's own line"


def test_long_words_of_an_empty_plot_are_folded_and_never_cut() -> None:
    waiting = "nothing trained here yet: t trains the first one"
    for size in ((80, 20), (40, 9), (33, 13), (30, 6), (20, 5), (12, 5)):
        picture = drawn(Plot(EMPTY, waiting=waiting), size)
        words = "".join(glyph for glyph in picture if glyph.isascii())
        assert all(word in words for word in waiting.split()), (size, picture)
        assert all(len(row) <= size[0] for row in picture.splitlines())


def test_the_words_of_an_empty_plot_go_as_soon_as_a_run_begins() -> None:
    picture = drawn(Plot(EMPTY, until=30))
    assert "nothing yet" not in picture and "night 30" in picture and "goal 75.0%" in picture


def test_of_a_loss_that_nobody_has_seen_only_the_goal_is_known() -> None:
    picture = drawn(Plot(EMPTY, share=False, mark=(0.3, "goal")), (80, 9))
    assert [row.split()[0] for row in rows(picture) if "┤" in row] == ["0.6", "0.3", "0"]
    assert "┤" not in drawn(Plot(EMPTY, share=False, mark=None))


def test_no_size_breaks_it() -> None:
    for size in ((1, 1), (5, 2), (12, 4), (200, 60)):
        drawn(Plot(TRAINING, VALIDATION), size=size)
