"""Where each key of a TOML text stands."""

from __future__ import annotations

import tomllib

from story.places import key_lines

TEXT = (
    """# comment = 1
a = 1
b.c = "x # = \\" y"   # d = 2
"quoted key" = 'it"""
    + "'"
    + '''
text = """
e = 3
""\\"""" # after
list = [
  1, [2],
  { f = 1, g = [
    { h = 2 } ] },
]
[table.inner]
i = 1
[[many]]
j = 1
[[many]]
j = 2
'''
)


def test_lines() -> None:
    tomllib.loads(TEXT)
    assert key_lines(TEXT) == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 2,
        ("quoted key",): 3,
        ("text",): 4,
        ("list",): 7,
        ("list", 0): 8,
        ("list", 1): 8,
        ("list", 1, 0): 8,
        ("list", 2): 9,
        ("list", 2, "f"): 9,
        ("list", 2, "g"): 9,
        ("list", 2, "g", 0): 10,
        ("list", 2, "g", 0, "h"): 10,
        ("table",): 12,
        ("table", "inner"): 12,
        ("table", "inner", "i"): 13,
        ("many",): 14,
        ("many", 0): 14,
        ("many", 0, "j"): 15,
        ("many", 1): 16,
        ("many", 1, "j"): 17,
    }


def test_an_empty_text_has_no_keys() -> None:
    assert key_lines("") == {}
