"""The curve widget and what it is made of."""

from __future__ import annotations

from textual.app import App, ComposeResult

from tests.tui.fake import columns, run
from tests.tui.reading import text
from tutor.pictures.braille import Sheet
from tutor.tui.themes import THEMES
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.series import Series, frame, over_seeds


class Plot(App[None]):
    """One curve widget."""

    def __init__(self, *series: Series, share: bool = True, until: float | None = None, words: str = "") -> None:
        super().__init__()
        self.shown, self.share, self.until, self.words = series, share, until, words

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return THEMES[0].variables

    def compose(self) -> ComposeResult:
        yield Curves(waiting="nothing yet", words=self.words)

    def on_mount(self) -> None:
        self.query_one(Curves).show(self.shown, self.share, self.until, (0.75, "goal"))


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
    for words in ("100%", "0%", "━━ training", "╍╍ validation", "training 90%", "validation 40%", "night 30", "goal"):
        assert words in picture
    assert braille(picture)


def test_in_a_narrow_place_letters_stand_for_names() -> None:
    picture = drawn(Plot(TRAINING, VALIDATION), size=(43, 9))
    assert "T 90%" in picture and "V 40%" in picture and "V validation" in picture
    assert all(len(row) <= 43 for row in picture.splitlines())


def test_labels_at_one_height_do_not_cover_each_other() -> None:
    twin = Series("validation", [1, 2, 3], [0.2, 0.6, 0.9], tone="validation", sign="V")
    picture = drawn(Plot(TRAINING, twin))
    assert "training 90%" in picture and "validation 90%" in picture


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


def test_nothing_yet_says_so() -> None:
    assert "nothing yet" in drawn(Plot())


def test_no_size_breaks_it() -> None:
    for size in ((1, 1), (5, 2), (12, 4), (200, 60)):
        drawn(Plot(TRAINING, VALIDATION), size=size)
