"""Carries out a command; which exit code answers it."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from contextlib import suppress

from lessons.mistakes import Mistake, unknown
from tutor import home
from tutor.arguments import GRAPHS, GRIMOIRE, LISTS, build
from tutor.exits import BAD_INPUT, CRASHED, DONE, INTERRUPTED, LACKING, UNHEARD, Lacking


def run(arguments: list[str]) -> int:
    """Carry out one command; the exit code."""
    _stand_in()
    try:
        code = _dispatch(arguments)
    except Mistake as error:
        return _told(BAD_INPUT, *(f"tutor: {line}" for line in str(error).splitlines() or [""]))
    except Lacking as error:
        return _told(LACKING, f"tutor: {error}")
    except KeyboardInterrupt:
        return _told(INTERRUPTED, "", "tutor: interrupted.")
    except BrokenPipeError:
        return _unheard(UNHEARD)
    except OSError as error:
        return _crashed(error) if error.errno not in FULL else _full(error)
    except Exception as error:
        return _crashed(error)
    try:
        sys.stdout.flush()  # here, where a full disk can still be said
    except BrokenPipeError:
        return _unheard(code)  # what the command has found holds, whether somebody heard all of it or not
    except OSError as error:
        return _full(error)
    return code


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What a disk says that takes no more."""


def _told(code: int, *lines: str) -> int:
    """The exit code, after these lines on stderr; where nobody can hear them, the code still tells."""
    with suppress(OSError):
        print(*lines, sep="\n", file=sys.stderr, flush=True)
    return code


def _unheard(code: int) -> int:
    """The exit code; what is printed from here on goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _full(error: OSError) -> int:
    return _unheard(_told(LACKING, f"tutor: the output cannot be written ({error.strerror})."))


def _crashed(error: Exception) -> int:
    path = home.crash_log(home.home(), error)
    where = f"What happened is written in {path}." if path else "The log of it could not be written."
    return _told(CRASHED, f"tutor: a fault of this program: {type(error).__name__}: {error}. {where}")


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


# Each command is imported when it is called: `tutor --help` must not wait for the others.


def _play(known: argparse.Namespace) -> int:
    from tutor.playing import play

    return play(known)


def _run(known: argparse.Namespace) -> int:
    from tutor.running import run_job

    return run_job(known)


def _check(known: argparse.Namespace) -> int:
    from tutor.check.command import check

    return check(known)


def _calibrate(known: argparse.Namespace) -> int:
    from tutor.calibrate.command import calibrate

    return calibrate(known)


def _new(known: argparse.Namespace) -> int:
    from tutor.author.new import new

    return new(known)


def _graph(known: argparse.Namespace) -> int:
    from tutor.author.graphs import graph

    if known.format is not None and known.format not in GRAPHS:
        raise unknown("format", known.format, GRAPHS)
    return graph(known)


def _stats(known: argparse.Namespace) -> int:
    from tutor.author.stats import stats

    return stats(known)


def _reference(known: argparse.Namespace) -> int:
    from tutor.author.reference import reference

    return reference(known)


def _list(known: argparse.Namespace) -> int:
    from tutor.listing import show

    if known.what not in LISTS:
        raise unknown("list", known.what, LISTS)
    return show(known.what, known.json)


def _export(known: argparse.Namespace) -> int:
    from lessons.fullsets import FULL
    from tutor.experiments import experiment
    from tutor.export import export

    if known.job == GRIMOIRE:
        return _grimoire(known)

    recipe = experiment(known).recipe
    for path in export(recipe, known.output):
        print(path)
    if recipe.data in FULL:
        print(f"It reads {recipe.facts.title} from the folder that holds it: python {known.output} --folder DIR")
    return DONE


def _grimoire(known: argparse.Namespace) -> int:
    from tutor.grimoire import write
    from tutor.savebook import SaveBook

    book = SaveBook(home.home(known.home), known.slot)
    try:
        pages = book.pages()
    finally:
        book.close()
    write(pages, known.output)
    print(known.output)
    return DONE


def _journal(known: argparse.Namespace) -> int:
    from tutor.journal_command import journal

    return journal(known)


def _data(known: argparse.Namespace) -> int:
    from tutor.datasets import data

    return data(known)


def _settings(known: argparse.Namespace) -> int:
    from tutor.settings import settings

    return settings(known)


def _doctor(known: argparse.Namespace) -> int:
    from tutor.doctor import examine

    return examine(known)


_COMMANDS = {
    "play": _play,
    "run": _run,
    "check": _check,
    "calibrate": _calibrate,
    "new": _new,
    "graph": _graph,
    "stats": _stats,
    "reference": _reference,
    "list": _list,
    "export": _export,
    "journal": _journal,
    "data": _data,
    "settings": _settings,
    "doctor": _doctor,
}
