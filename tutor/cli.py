"""The command line: what may be said, and which exit code answers it."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from pathlib import Path
from typing import NoReturn

from lessons.devices import DEVICES, check_device
from lessons.mistakes import Mistake, unknown
from tutor import __version__, home
from tutor.exits import BAD_INPUT, CRASHED, DONE, INTERRUPTED, LACKING, Lacking

LISTS = ("chapters", "jobs", "settings", "metrics")


class Parser(argparse.ArgumentParser):
    """Says a mistake in one line, and knows the nearest spelling of an option."""

    def error(self, message: str) -> NoReturn:
        raise Mistake(f"{message.rstrip('.')}. See {self.prog} --help.")

    def options(self) -> list[str]:
        """Every option that may be given."""
        return [word for action in self._actions for word in action.option_strings if word.startswith("--")]


def run(arguments: list[str]) -> int:
    """Carry out one command; the exit code."""
    _stand_in()
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()  # here, where a full disk can still be said
        return code
    except Mistake as error:
        for line in str(error).splitlines() or [""]:
            print(f"tutor: {line}", file=sys.stderr)
        return BAD_INPUT
    except Lacking as error:
        print(f"tutor: {error}", file=sys.stderr)
        return LACKING
    except KeyboardInterrupt:
        print("\ntutor: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            return _crashed(error)
        print(f"tutor: the output cannot be written ({error.strerror}).", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return LACKING
    except Exception as error:
        return _crashed(error)


def _crashed(error: Exception) -> int:
    path = home.crash_log(home.home(), error)
    where = f"What happened is written in {path}." if path else "The log of it could not be written."
    print(f"tutor: a fault of this program: {type(error).__name__}: {error}. {where}", file=sys.stderr)
    return CRASHED


def _stand_in() -> None:
    """Closed streams are replaced by nothing, and a terminal of few letters gets question marks."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (it lives as long as we do)
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _dispatch(arguments: list[str]) -> int:
    parser, commands = build()
    word = next((a for a in arguments if not a.startswith("-")), None)
    if word is None and arguments and arguments[0] not in ("-h", "--help", "--version"):
        raise unknown("option", arguments[0], parser.options())
    if not arguments:
        parser.print_help()
        return DONE
    if word is not None and word not in commands:
        raise unknown("command", word, commands)
    known, extra = parser.parse_known_args(arguments)
    if extra:
        options = commands[known.command].options()
        if extra[0].startswith("-"):
            raise unknown("option", extra[0].partition("=")[0], options)
        raise Mistake(f"tutor {known.command} does not take {extra[0]!r}. See tutor {known.command} --help.")
    if getattr(known, "home", None):
        os.environ["TUTOR_HOME"] = str(known.home)  # crash logs and the training process look there, too
    if getattr(known, "data", None):
        os.environ["TUTOR_DATA"] = str(known.data)
    return _COMMANDS[known.command](known)


def build() -> tuple[Parser, dict[str, Parser]]:
    """The parser, and the parser of each command."""
    parser = Parser(
        prog="tutor",
        description="Castle Dracula: learn how neural networks are made better, by really training them.",
        epilog="Exit codes: 0 done or passed, 1 goal not met or findings, 2 bad input, 3 the machine lacks something, "
        "70 a fault of this program, 130 interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"castle-dracula {__version__}")
    sub = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, required=True)
    commands: dict[str, Parser] = {}

    def command(name: str, words: str) -> Parser:
        commands[name] = sub.add_parser(name, help=words, description=words, allow_abbrev=False)
        return commands[name]

    play = command("play", "Play the tale, or one chapter file.")
    play.add_argument("chapter", nargs="?", type=Path, metavar="CHAPTER.md", help="a chapter file instead of the tale")
    play.add_argument("--plain", action="store_true", help="line by line, for pipes and screen readers")
    play.add_argument("--brief", action="store_true", help="only what the lessons need of the tale")
    play.add_argument("--slot", default="castle", metavar="NAME", help="which saved game (default: castle)")
    _machine(play)
    _places(play)

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

    check = command("check", "Lint chapters, then prove each lesson by training.")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="chapter files or folders (default: ours)")
    check.add_argument("--no-train", action="store_true", help="lint only")
    check.add_argument("--seeds", type=_whole(1, 10_000), metavar="N", help="seeds per setting (default: the lesson's)")
    check.add_argument("--first-seed", type=_whole(0, 2**31), default=1_000_000, metavar="S", help="default: 1000000")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    _machine(check)
    _places(check)

    listing = command("list", "List chapters, jobs, settings or metrics.")
    listing.add_argument("what", nargs="?", default="chapters", metavar="|".join(LISTS), help="default: chapters")
    listing.add_argument("--json", action="store_true", help="print one JSON list")

    export = command("export", "Write an experiment as a Python script or a notebook of its own.")
    _subject(export)
    _turning(export)
    export.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the .py or .ipynb file to write"
    )
    export.set_defaults(goal=None, seeds=None, first_seed=None, solution=False, start=False, trap=None)

    data = command("data", "List the data sets, or download a full one.")
    data.add_argument("name", nargs="?", metavar="mnist|fashion", help="the full set to download (default: list all)")
    data.add_argument("--json", action="store_true", help="print the list as JSON")
    _places(data)

    doctor = command("doctor", "Say what this machine has, and time one training step.")
    _machine(doctor)
    _places(doctor)
    return parser, commands


def _machine(parser: Parser) -> None:
    parser.add_argument(
        "--device", type=_device, default="auto", metavar="|".join(DEVICES), help="what trains (default: auto)"
    )
    parser.add_argument("--threads", type=_whole(1, 256), default=1, metavar="N", help="threads per run (default: 1)")


def _subject(parser: Parser) -> None:
    parser.add_argument(
        "job", nargs="?", metavar="JOB", help="a job, chapter-id/scene-id, or a CSV or .npz file of your own"
    )
    parser.add_argument("--from", dest="code", metavar="CODE", help="the share code of a run, instead of a JOB")


def _places(parser: Parser) -> None:
    parser.add_argument("--home", type=_folder, metavar="DIR", help="the save folder (or TUTOR_HOME)")
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


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty name is no folder")
    return Path(text).expanduser()


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


# Each command is imported when it is called: `tutor --help` must not wait for the others.


def _play(known: argparse.Namespace) -> int:
    from tutor.playing import play

    return play(known)


def _run(known: argparse.Namespace) -> int:
    from tutor.running import run_job

    return run_job(known)


def _check(known: argparse.Namespace) -> int:
    from tutor.checking import check

    return check(known)


def _list(known: argparse.Namespace) -> int:
    from tutor.listing import show

    if known.what not in LISTS:
        raise unknown("list", known.what, LISTS)
    return show(known.what, known.json)


def _export(known: argparse.Namespace) -> int:
    from lessons.fullsets import FULL
    from tutor.experiments import experiment
    from tutor.export import export

    recipe = experiment(known).recipe
    for path in export(recipe, known.output):
        print(path)
    if recipe.data in FULL:
        print(f"It reads {recipe.facts.title} from the folder that holds it: python {known.output} --folder DIR")
    return DONE


def _data(known: argparse.Namespace) -> int:
    from tutor.datasets import data

    return data(known)


def _doctor(known: argparse.Namespace) -> int:
    from tutor.doctor import examine

    return examine(known)


_COMMANDS = {
    "play": _play,
    "run": _run,
    "check": _check,
    "list": _list,
    "export": _export,
    "data": _data,
    "doctor": _doctor,
}
