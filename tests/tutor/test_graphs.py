"""``tutor graph``: every scene once, every choice, in three languages; also of chapters with errors."""

import re
from collections import Counter
from pathlib import Path

import pytest

from story.reading import read_tale, shipped
from tutor.author import graph_dot, graph_mermaid, graph_text
from tutor.author.graph_order import order
from tutor.author.graphs import make, read_map
from tutor.cli import run

FIXTURES = Path(__file__).resolve().parents[1] / "story" / "fixtures"
ODD = r"""# The "Odd" [Title] \ # {x} & < c

```toml chapter
format = 1
id = "odd"
ends = ["end"]
```

## 1-first

Hello.

- [Say "no" \\ [maybe] # 35; &amp; 50% | < i é](#end) `once; if seen`
- [Call {player} and *stay* `a|b`](#subgraph)
- [1. Go](#nowhere)
- [Leave](no-file.md#x)
- [Next door](other.md)

## end

Over.

## subgraph

No way on.

## A-b

- [back](#a-B)
- [back](#end) `set seen`

## a-B

- [back](#A-b) `clear seen; set player = lucy`
"""
OTHER = '# Other\n\n```toml chapter\nformat = 1\nid = "other"\nends = ["door"]\n```\n\n## door\n\nShut.\n'


@pytest.fixture
def odd(tmp_path):
    """A chapter that reads, and has about everything that a label must survive and a linter would refuse."""
    (tmp_path / "odd.md").write_text(ODD, encoding="utf-8")
    (tmp_path / "other.md").write_text(OTHER, encoding="utf-8")
    return tmp_path / "odd.md"


def verdicts(tale):
    """From where to where each verdict leads: a lesson may be passed in several ways."""
    lessons = [(s.id, s.lesson.challenge) for c in tale.chapters for s in c.scenes if s.lesson]
    return [(id, to) for id, challenge in lessons for to in (*(w.to for w in challenge.ways), challenge.fail)]


def drawn(capsys, *words):
    assert run(["graph", *map(str, words)]) == 0
    return capsys.readouterr().out


# Text.


def places(text):
    """The lines that are scenes: nothing but an id."""
    found = re.findall(r"^[│├└─ ]*── ([A-Za-z0-9-]+)$", text, re.MULTILINE)
    return [name for name in found if name]


def test_the_tree_of_a_chapter_is_drawn_as_it_reads(capsys):
    assert drawn(capsys, FIXTURES / "01-first.md").splitlines()[:11] == [
        "The First (01-first.md, 6 scenes)",
        "├── gate",
        '│   ├── "As Jonathan" -> hall [set player = jonathan; set knocked]',
        '│   └── "As Lucy" -> hall [set player = lucy]',
        "├── hall",
        '│   ├── "Look at the clock" -> hall [once; set looked]',
        '│   ├── "Forget the knock" -> hall [clear knocked; if knocked]',
        '│   ├── "Go up" -> forge',
        '│   └── "Go down" -> cellar [if looked]',
        "│       └── cellar",
        "│           └── the tale may end here",
    ]


def test_a_lesson_shows_its_goal_and_both_verdicts(capsys):
    text = drawn(capsys, FIXTURES / "01-first.md")
    for line in (
        "lesson: test_accuracy >= 0.75 and gap <= 0.2 (turn dropout, epochs)",
        "passed -> freed",
        "failed -> starved",
        "reason reason-freed",
        "quiz what",
        "grimoire: dropout",
        '"On" -> second/arrival',
    ):
        assert f"── {line}\n" in text
    assert "asks again first/what\n" in drawn(capsys, FIXTURES / "02-second.md")


def test_every_shipped_scene_is_drawn_once_and_every_line_fits(capsys):
    text = drawn(capsys)
    tale = read_tale(shipped())
    assert sorted(places(text)) == sorted(scene.id for chapter in tale.chapters for scene in chapter.scenes)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "Never reached" not in text and "nowhere" not in text and "\x1b" not in text
    choices = sum(len(scene.choices) for chapter in tale.chapters for scene in chapter.scenes)
    assert len(re.findall(r'── ".*" ?->|── "', text)) == choices


def test_errors_of_a_chapter_are_drawn(odd, capsys):
    text = drawn(capsys, odd)
    assert '"1. Go" -> nowhere: #nowhere\n' in text and '"Leave" -> nowhere: no-file.md#x\n' in text
    assert "── subgraph\n" in text and "dead end: it leads nowhere and is not in 'ends'\n" in text
    assert '"Next door" -> other/door\n' in text
    never = text.partition("Never reached\n")[2]
    assert places(never) == ["A-b", "a-B"]
    assert '"back" -> A-b [set player = lucy; clear seen]\n' in never
    assert sorted(places(text)) == ["1-first", "A-b", "a-B", "end", "subgraph"]


def test_a_scene_that_only_another_chapter_leads_to_is_not_called_lost(odd, capsys):
    text = OTHER.replace("Shut.\n", "Shut.\n\n- [Back](odd.md#A-b)\n")
    (odd.parent / "other.md").write_text(text, encoding="utf-8")
    text = drawn(capsys, odd)
    assert places(text.partition("Entered from another chapter\n")[2]) == ["A-b", "a-B"]
    assert "Never reached" not in text


def test_two_chapters_of_one_id_are_drawn_each_for_itself(odd, capsys):
    (odd.parent / "other.md").write_text(OTHER.replace('"other"', '"odd"').replace("door", "gate"), encoding="utf-8")
    text = drawn(capsys, odd.parent)
    assert places(text).count("gate") == 1 and '"Next door" -> odd/gate\n' in text


def test_a_long_chapter_stays_narrow(tmp_path):
    """Four hundred scenes in a row, each with a side room, stand at two depths."""
    scenes = [f"## s{n}\n\n- [on](#s{n + 1})\n- [aside](#r{n})\n\n## r{n}\n\n- [back](#s{n})\n" for n in range(240)]
    path = tmp_path / "long.md"
    facts = '# Long\n\n```toml chapter\nformat = 1\nid = "long"\nends = ["s240"]\n```\n\n'
    path.write_text(facts + "\n".join(scenes) + "\n## s240\n\nDone.\n", encoding="utf-8")
    text = graph_text.draw(read_map([path]))
    assert len(places(text)) == 481
    assert max(len(line) - len(line.lstrip("│├└─ ")) for line in text.splitlines()) <= 16


# The order of scenes.


def test_a_scene_stands_inside_the_nearest_that_all_ways_go_through():
    after = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e", "a"], "e": ["d"], "x": ["a"]}
    found = order("a", after)
    assert found.inside == {"a": ("b", "c", "d"), "b": (), "c": (), "d": ("e",), "e": ()}
    assert found.size == {"a": 5, "b": 1, "c": 1, "d": 2, "e": 1}
    assert found.main("a") == "d" and found.main("d") == "e" and found.main("e") is None
    assert order("x", after).inside["x"] == ("a",)


def test_between_ways_of_one_size_none_is_the_main_one():
    assert order("a", {"a": ["b", "c"], "b": [], "c": []}).main("a") is None


# DOT: the part of the grammar that is used, strictly.

QUOTED = r'"(?:[^"\\\n]|\\["\\n])*"'
ATTRIBUTE = rf"[a-z]+=(?:{QUOTED}|[a-z0-9]+)"
ATTRIBUTES = rf"\[{ATTRIBUTE}(?:, {ATTRIBUTE})*\]"
DOT = [
    rf"{ATTRIBUTE};",
    rf"(?:node|edge) {ATTRIBUTES};",
    rf"{QUOTED} {ATTRIBUTES};",
    rf"{QUOTED} -> {QUOTED} {ATTRIBUTES};",
    r"subgraph cluster_\d+ \{",
    r"\}",
]


def check_dot(text):
    """Nodes with their attributes, and arrows; fails where a line is not of the language."""
    lines = text.splitlines()
    assert lines[0] == "digraph tale {" and lines[-1] == "}"
    depth, nodes, arrows = 1, {}, []
    for line in lines[1:]:
        assert any(re.fullmatch(form, line.strip()) for form in DOT), line
        depth += line.strip().endswith("{") - (line.strip() == "}")
        if match := re.fullmatch(rf"({QUOTED}) -> ({QUOTED}) (.*);", line.strip()):
            arrows.append(match.groups())
        elif match := re.fullmatch(rf"({QUOTED}) (.*);", line.strip()):
            assert match[1] not in nodes
            nodes[match[1]] = match[2]
    assert depth == 0
    assert all(end in nodes for arrow in arrows for end in arrow[:2])
    return nodes, arrows


def test_dot_of_odd_words_is_of_the_language(odd):
    nodes, arrows = check_dot(graph_dot.draw(read_map([odd])))
    assert nodes['"1/end"'] == r'[label="end\nthe tale may end here", shape=doubleoctagon]'
    assert "color=grey" in nodes['"1/A-b"'] and "color=grey" not in nodes['"1/end"']
    assert len(nodes) == 5 + 2 + 1 and len(arrows) == 8
    first = next(looks for start, to, looks in arrows if to == '"1/end"' and start == '"1/1-first"')
    assert first == (r'[label="\"Say \"no\" \\ [maybe] # 35; &amp; 50% | < i é\"\nonce\nif seen", style=dashed]')


def test_dot_of_the_shipped_tale_has_its_scenes_and_verdicts():
    tale = read_tale(shipped())
    nodes, arrows = check_dot(graph_dot.draw(read_map([])))
    scenes = [scene for chapter in tale.chapters for scene in chapter.scenes]
    assert len(nodes) == len(scenes)
    assert len(arrows) == sum(len(s.choices) for s in scenes) + len(verdicts(tale))
    lessons = [s.lesson.challenge for s in scenes if s.lesson]
    assert sum("shape=hexagon" in looks for looks in nodes.values()) == len(lessons)
    several = [way for challenge in lessons for way in challenge.ways if len(challenge.ways) > 1]
    assert several and sum(r'label="passed\n' in looks for _, _, looks in arrows) == len(several)
    passed, failed = (sum(f'label="{word}"' in looks for _, _, looks in arrows) for word in ("passed", "failed"))
    assert failed == len(lessons) == len(verdicts(tale)) - passed - len(several)
    ends = [(start.strip('"').partition("/")[2], to.strip('"').partition("/")[2]) for start, to, _ in arrows]
    assert not Counter(verdicts(tale)) - Counter(ends)


def test_the_strict_check_finds_a_label_that_is_not_escaped():
    with pytest.raises(AssertionError):
        check_dot('digraph tale {\n  "a" [label="say "no""];\n}')


# Mermaid: the same.

WORD = r'"(?:[^\W_]|[ ,.:?!()\'=+-]|#\d+;|<br/>)*"'
NODE = r"[a-zA-Z]+\d+_\w+"
MERMAID = [
    rf"subgraph chapter\d+ \[{WORD}\]",
    r"end",
    rf"{NODE}(?:\[{WORD}\]|\{{\{{{WORD}\}}\}}|\[/{WORD}/\]|\(\[{WORD}\]\)|>{WORD}\]|\[\[{WORD}\]\])",
    rf"{NODE} (?:-->|-\.->|==>)\|{WORD}\| {NODE}",
]


def check_mermaid(text):
    """Names of nodes, and arrows; fails where a line is not of the language."""
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "flowchart TD"
    nodes, arrows = [], []
    for line in lines[1:]:
        assert any(re.fullmatch(form, line) for form in MERMAID), line
        if match := re.fullmatch(rf"({NODE}) (-->|-\.->|==>)\|({WORD})\| ({NODE})", line):
            arrows.append(match.groups())
        elif line != "end" and not line.startswith("subgraph"):
            nodes.append(re.match(NODE, line)[0])
    assert len(nodes) == len(set(nodes))
    assert all({start, to} <= set(nodes) for start, _, _, to in arrows)
    return nodes, arrows


def test_mermaid_of_odd_words_is_of_the_language(odd):
    nodes, arrows = check_mermaid(graph_mermaid.draw(read_map([odd])))
    assert {"c1_1_first", "c1_end", "c1_subgraph", "c1_A_b", "c1_a_B"} < set(nodes)
    assert len(nodes) == 5 + 2 + 1 and len(arrows) == 8
    assert [kind for start, kind, _, to in arrows if (start, to) == ("c1_1_first", "c1_end")] == ["-.->"]
    assert "#34;Say #34;no#34; #92; #91;maybe#93; #35; 35#59; #38;" in arrows[0][2]


def test_mermaid_of_the_shipped_tale_has_its_scenes():
    tale = read_tale(shipped())
    nodes, arrows = check_mermaid(graph_mermaid.draw(read_map([])))
    assert len(nodes) == sum(len(chapter.scenes) for chapter in tale.chapters)
    assert sum(kind == "==>" for _, kind, _, _ in arrows) == len(verdicts(tale))


def test_ids_that_differ_in_a_hyphen_stay_two(tmp_path):
    path = tmp_path / "t.md"
    text = (
        ODD.replace("## A-b", "## Ab").replace("(#A-b)", "(#Ab)").replace("a-B", "A-b").replace("(other.md)", "(#Ab)")
    )
    path.write_text(text, encoding="utf-8")
    nodes, _ = check_mermaid(graph_mermaid.draw(read_map([path])))
    assert {"c1_Ab", "c1_A_b"} < set(nodes)


# The command.


def test_every_way_to_pass_is_drawn(tmp_path):
    text = (FIXTURES / "01-first.md").read_text(encoding="utf-8")
    single = 'goal = "test_accuracy >= 0.75 and gap <= 0.2"\n'
    ways = (
        '[[goal]]\nwhen = "test_accuracy >= 0.9"\npass = "freed"\nsolution = { dropout = 0.5 }\n'
        '[[goal]]\nwhen = "test_accuracy >= 0.7"\npass = "cellar"\nsolution = { dropout = 0.9 }\n'
    )
    assert single in text and 'pass = "freed"\nfail = "starved"\n' in text
    text = text.replace(single, "").replace('pass = "freed"\nfail = "starved"\n', 'fail = "starved"\n' + ways)
    text = text.replace("solution = { dropout = 0.5 }\ntraps", "traps")
    (tmp_path / "01-first.md").write_text(text, encoding="utf-8")
    drawing = graph_text.draw(read_map([tmp_path / "01-first.md"]))
    assert "passed (test_accuracy >= 0.9) -> freed\n" in drawing
    assert "passed (test_accuracy >= 0.7) -> cellar\n" in drawing


@pytest.mark.parametrize("form", ["text", "dot", "mermaid"])
def test_a_file_is_written_as_it_is_printed(form, odd, tmp_path, capsys):
    printed = drawn(capsys, odd, "--format", form)
    target = tmp_path / "out.txt"
    assert drawn(capsys, odd, "--format", form, "-o", target) == f"{target}\n"
    assert target.read_text(encoding="utf-8") == printed


@pytest.mark.parametrize(
    "name, form",
    [
        ("x.dot", "dot"),
        ("x.GV", "dot"),
        ("x.mmd", "mermaid"),
        ("x.mermaid", "mermaid"),
        ("x.txt", "text"),
        ("x", "text"),
    ],
)
def test_the_files_ending_asks_for_a_format_and_a_named_one_wins(name, form, odd, tmp_path, capsys):
    target = tmp_path / name
    drawn(capsys, odd, "-o", target)
    assert target.read_text(encoding="utf-8") == drawn(capsys, odd, "--format", form)
    for other in ("text", "dot", "mermaid"):
        drawn(capsys, odd, "-o", target, "--format", other)
        assert target.read_text(encoding="utf-8") == drawn(capsys, odd, "--format", other)
    assert drawn(capsys, odd) == drawn(capsys, odd, "--format", "text")


def test_a_file_that_cannot_be_written_is_a_mistake(odd, tmp_path, capsys):
    assert run(["graph", str(odd), "-o", str(tmp_path / "none" / "out.dot")]) == 2
    assert "cannot be written (No such file or directory). Check the folder" in capsys.readouterr().err


def test_a_chapter_that_cannot_be_read_says_why(odd, capsys):
    odd.write_text(ODD.replace("format = 1", "format = 1.5"), encoding="utf-8")
    assert run(["graph", str(odd)]) == 2
    assert "odd.md:4: format cannot be 1.5" in capsys.readouterr().err


def test_an_unknown_format_names_the_nearest(capsys):
    assert run(["graph", "--format", "mermade"]) == 2
    assert "mermaid" in capsys.readouterr().err


def test_what_lies_beside_a_chapter_does_not_change_its_names(odd):
    alone = make(read_tale([odd]), [odd])
    assert [alone.code(number) for number in alone.drawn] == [1]
    assert read_map([odd]).code(read_map([odd]).drawn[0]) == 1
