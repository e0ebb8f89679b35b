"""The command line: every command and what may be said with it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from lessons.devices import DEVICES, check_device
from lessons.mistakes import Mistake
from tutor import __version__
from tutor.preferences import PREFERENCES, Preference

LISTS = ("chapters", "jobs", "settings", "metrics")
GRAPHS = ("text", "dot", "mermaid")
GRIMOIRE = "grimoire"
"""What `export` writes instead of an experiment."""


class Parser(argparse.ArgumentParser):
    """Says a mistake in one line, and knows the nearest spelling of an option."""

    def error(self, message: str) -> NoReturn:
        raise Mistake(f"{message.rstrip('.')}. See {self.prog} --help.")

    def options(self) -> list[str]:
        """Every option that may be given."""
        return [word for action in self._actions for word in action.option_strings if word.startswith("--")]


def build() -> tuple[Parser, dict[str, Parser]]:
    """The parser, and the parser of each command."""
    parser = Parser(
        prog="tutor",
        description="Castle Dracula: learn how neural networks are made better, by really training them.",
        epilog="Exit codes: 0 done or passed, 1 goal not met or findings, 2 bad input, 3 the machine lacks something, "
        "70 a fault of this program, 130 interrupted, 141 whoever read the output went away.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"castle-dracula {__version__}")
    sub = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, required=True)
    commands: dict[str, Parser] = {}

    def command(name: str, words: str) -> Parser:
        commands[name] = sub.add_parser(name, help=words, description=words, allow_abbrev=False)
        return commands[name]

    play = command("play", "Play the tale, or one chapter file.")
    play.add_argument(
        "chapter", nargs="?", type=_path, metavar="CHAPTER.md", help="a chapter file (or a folder) instead of the tale"
    )
    play.add_argument("--watch", action="store_true", help="for authors: what is saved in the file appears")
    play.add_argument("--scene", metavar="NAME", help="for authors: begin at this scene (or chapter/scene)")
    play.add_argument("--plain", action="store_true", help="line by line, for pipes and screen readers")
    play.add_argument("--brief", action="store_true", help="only what the lessons need of the tale")
    play.add_argument("--slot", default="castle", metavar="NAME", help="which saved game (default: castle)")
    _machine(play)
    _places(play)
    for preference in PREFERENCES:
        if f"--{preference.name}" not in play.options():
            play.add_argument(
                f"--{preference.name}",
                type=_preferred(preference),
                metavar="|".join(map(str, preference.choices)),
                help=f"{preference.words[0].lower()}{preference.words[1:].rstrip('.')}, this time",
            )
    play.set_defaults(device=None, threads=None)  # what is not said is as in the settings

    one = command("run", "Carry out one experiment, without the tale.")
    _subject(one)
    _turning(one)
    one.add_argument("--goal", action="append", metavar='"..."', help='such as "test_accuracy >= 0.75 and gap <= 0.1"')
    one.add_argument("--seeds", type=_whole(1, 10_000), metavar="N", help="how many seeds (default: 1; a scene's own)")
    one.add_argument(
        "--first-seed", type=_whole(0, 2**31), metavar="S", help="the first of them (default: 0, or the code's)"
    )
    author = one.add_mutually_exclusive_group()
    author.add_argument("--solution", action="store_true", help="the author's solution of the scene")
    author.add_argument("--start", action="store_true", help="the scene's start settings (as without an option)")
    author.add_argument("--trap", type=_whole(1, 1000), metavar="N", help="the author's trap number N")
    one.add_argument("--json", action="store_true", help="print one JSON object")
    _machine(one)
    _places(one)

    check = command("check", "Lint chapters, prove each lesson by training, and play their walks.")
    _chapters(check)
    check.add_argument("--no-train", action="store_true", help="only what needs no training")
    check.add_argument("--full", action="store_true", help="prove lessons on the full MNIST or FashionMNIST, too")
    check.add_argument("--seeds", type=_whole(1, 10_000), metavar="N", help="seeds per setting (default: the lesson's)")
    check.add_argument("--first-seed", type=_whole(0, 2**31), default=1_000_000, metavar="S", help="default: 1000000")
    check.add_argument("--wander", type=_whole(1, 1_000_000), metavar="N", help="play N random playthroughs, as well")
    check.add_argument("--strict", action="store_true", help="a warning fails the check, too")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.add_argument("--junit", type=_path, metavar="FILE", help="write a JUnit XML report, as well")
    check.add_argument("--github", action="store_true", help="print findings as GitHub annotations, as well")
    _machine(check)
    _places(check)

    calibrate = command("calibrate", "Train a lesson over its settings; propose its goal, solution and traps.")
    calibrate.add_argument("lesson", metavar="CHAPTER.md[/SCENE]", help="a chapter file, or one of ours by its id")
    calibrate.add_argument("--seeds", type=_whole(5, 1000), default=20, metavar="N", help="per setting (default: 20)")
    calibrate.add_argument("--most", type=_whole(2, 10_000), default=100, metavar="N", help="settings (default: 100)")
    calibrate.add_argument("--fresh", action="store_true", help="forget what an earlier call has measured")
    calibrate.add_argument("--json", action="store_true", help="print one JSON object")
    _machine(calibrate)
    _places(calibrate)

    new = command("new", "Begin a chapter, or a job for one: writes a file that works, and says what to do next.")
    new.add_argument("kind", metavar="chapter|job", help="what to begin")
    new.add_argument("name", metavar="NAME", help="letters, digits and hyphens, such as the-well or 05-the-well")
    new.add_argument("--folder", type=_folder, default=Path(), metavar="DIR", help="where (default: this folder)")

    graph = command("graph", "Draw the scenes of chapters and what leads where.")
    _chapters(graph)
    graph.add_argument("--format", metavar="|".join(GRAPHS), help="default: as FILE ends (.dot, .mmd), else text")
    graph.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there (default: print it)")

    stats = command("stats", "Count words, scenes, choices and lessons of chapters.")
    _chapters(stats)
    stats.add_argument("--json", action="store_true", help="print one JSON object")

    command("reference", "Print what may stand in a chapter file, as Markdown.")

    listing = command("list", "List chapters, jobs, settings or metrics.")
    listing.add_argument("what", nargs="?", default="chapters", metavar="|".join(LISTS), help="default: chapters")
    listing.add_argument("--json", action="store_true", help="print one JSON list")

    export = command("export", "Write an experiment, or the grimoire of what was won, as Python of its own.")
    _subject(export, ", or grimoire: what was won")
    _turning(export)
    export.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the .py or .ipynb file to write"
    )
    export.add_argument("--slot", default="castle", metavar="NAME", help="whose grimoire (default: castle)")
    _places(export)
    export.set_defaults(goal=None, seeds=None, first_seed=None, solution=False, start=False, trap=None)

    journal = command("journal", "List every run of a saved game; compare two, delete one or bring it back.")
    journal.add_argument(
        "filter", nargs="*", metavar="WORD", help="runs with all of these words, such as: dropout passed"
    )
    one_of = journal.add_mutually_exclusive_group()
    one_of.add_argument("--show", type=_whole(1, 2**62), metavar="N", help="run N in full, with its share code")
    one_of.add_argument("--compare", type=_whole(1, 2**62), nargs=2, metavar=("A", "B"), help="two runs side by side")
    one_of.add_argument("--delete", type=_whole(1, 2**62), metavar="N", help="take run N out of the journal")
    one_of.add_argument("--restore", type=_whole(1, 2**62), metavar="N", help="bring a deleted run back")
    journal.add_argument("--sort", default="time", metavar="time|METRIC", help="the best first (default: the newest)")
    journal.add_argument("--most", type=_whole(1, 10**6), metavar="N", help="runs at most (default: 20; --json: all)")
    journal.add_argument("--slot", default="castle", metavar="NAME", help="whose journal (default: castle)")
    journal.add_argument("--home", type=_folder, metavar="DIR", help="the save folder (or TUTOR_HOME)")
    journal.add_argument("--json", action="store_true", help="print JSON")

    data = command("data", "List the data sets, or download a full one.")
    data.add_argument("name", nargs="?", metavar="mnist|fashion", help="the full set to download (default: list all)")
    data.add_argument("--json", action="store_true", help="print the list as JSON")
    _places(data)

    preferred = command("settings", "Show what is preferred, or change it: colours, pace, device, keys.")
    preferred.add_argument("name", nargs="?", metavar="NAME", help="one of them, such as theme or keys.train")
    preferred.add_argument("value", nargs="?", metavar="VALUE", help="what it is to be; default takes it back")
    _home(preferred)

    doctor = command("doctor", "Say what this machine has, and time one training step.")
    _machine(doctor)
    _places(doctor)
    return parser, commands


def _chapters(parser: Parser) -> None:
    parser.add_argument("paths", nargs="*", type=_path, metavar="PATH", help="chapter files or folders (default: ours)")


def _machine(parser: Parser) -> None:
    parser.add_argument(
        "--device", type=_device, default="auto", metavar="|".join(DEVICES), help="what trains (default: auto)"
    )
    parser.add_argument("--threads", type=_whole(1, 256), default=1, metavar="N", help="threads per run (default: 1)")


def _subject(parser: Parser, more: str = "") -> None:
    parser.add_argument(
        "job",
        nargs="?",
        metavar="JOB",
        help=f"a job, chapter-id/scene-id, or a job (.toml), CSV or .npz file of your own{more}",
    )
    parser.add_argument("--from", dest="code", metavar="CODE", help="the share code of a run, instead of a JOB")


def _home(parser: Parser) -> None:
    parser.add_argument("--home", type=_folder, metavar="DIR", help="the save folder (or TUTOR_HOME)")


def _places(parser: Parser) -> None:
    _home(parser)
    parser.add_argument("--data", type=_folder, metavar="DIR", help="data sets that do not ship (or TUTOR_DATA)")


def _turning(parser: Parser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="turn a setting")
    parser.add_argument(
        "--with",
        action="append",
        default=[],
        dest="fixed",
        metavar="NAME=VALUE",
        help="turn a setting, whether the lesson offers it or not; wins over --set",
    )


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty name is no file and no folder")
    return Path(text)


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty name is no folder")
    return Path(text).expanduser()


def _preferred(preference: Preference):  # type: ignore[no-untyped-def]
    def parse(text: str) -> object:
        try:
            return preference.read(text)
        except Mistake as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def _device(name: str) -> str:
    try:
        return check_device(name)
    except Mistake as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _whole(low: int, high: int):  # type: ignore[no-untyped-def]
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return number

    return parse
