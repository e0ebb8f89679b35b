"""The colours, each under the name of what it means, and the themes that fill them in."""

from __future__ import annotations

from textual.theme import Theme

DEFAULT = "castle"

MEANINGS = {
    "turned": "what the player turns",
    "count": "the Count, and failure",
    "met": "a goal that was met",
    "muted": "labels and rules: seen, not read first",
    "rule": "lines between the parts of a screen",
    "training": "the curve of the training rows",
    "validation": "the curve of the validation rows",
    "truth": "true labels",
    "falsehood": "false labels",
    "lit": "the ground under a line of code that a turned setting changed",
    "spoken": "the name of someone who speaks",
    "heading-bg": "the ground of the top line",
    "cursor-bg": "the ground under what has the focus",
}
"""Every colour of our own, and what it stands for. A theme gives a value to each."""


def _theme(name: str, *, dark: bool, ground: str, raised: str, text: str, **meanings: str) -> Theme:
    values = {key.replace("_", "-"): value for key, value in meanings.items()}
    return Theme(
        name=name,
        dark=dark,
        primary=values["turned"],
        secondary=values["training"],
        accent=values["turned"],
        warning=values["turned"],
        error=values["count"],
        success=values["met"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=raised,
        variables={
            **values,
            "block-cursor-background": values["turned"],
            "block-cursor-foreground": ground,
            "scrollbar": values["rule"],
            "scrollbar-hover": values["muted"],
            "scrollbar-active": values["turned"],
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
            "footer-background": raised,
        },
    )


THEMES = (
    _theme(
        "castle",
        dark=True,
        ground="#15100c",
        raised="#211811",
        text="#e9dec6",
        turned="#e5a23c",
        count="#e46e60",
        met="#a9bd7c",
        muted="#a8987f",
        rule="#4d3d2e",
        training="#7fa3bd",
        validation="#f0e3c0",
        truth="#a9bd7c",
        falsehood="#b48ab0",
        lit="#402c0e",
        spoken="#c9b68e",
        heading_bg="#2a1c14",
        cursor_bg="#34261a",
    ),
    _theme(
        "castle-by-day",
        dark=False,
        ground="#f4ecd9",
        raised="#eadfc8",
        text="#2a2018",
        turned="#824a00",
        count="#a3231a",
        met="#3f5c17",
        muted="#635541",
        rule="#c2b08e",
        training="#2a5d84",
        validation="#4a3320",
        truth="#3f5c17",
        falsehood="#7a3d75",
        lit="#f3d28f",
        spoken="#6a4c1c",
        heading_bg="#e6d9bd",
        cursor_bg="#e8dbbe",
    ),
    _theme(
        "castle-high-contrast",
        dark=True,
        ground="#000000",
        raised="#000000",
        text="#ffffff",
        turned="#ffcb1f",
        count="#ff968a",
        met="#9dff6b",
        muted="#d0d0d0",
        rule="#8a8a8a",
        training="#7fd6ff",
        validation="#ffffff",
        truth="#9dff6b",
        falsehood="#ffadf7",
        lit="#332600",
        spoken="#ffe9a8",
        heading_bg="#1c1c1c",
        cursor_bg="#262626",
    ),
)
