"""``tutor new``: begin a chapter, or a job for one, with files that work as they are."""

from __future__ import annotations

import argparse
import re
import shlex
import unicodedata
from pathlib import Path

from lessons.jobs import NAME, job_names
from lessons.mistakes import Mistake, clip, unknown
from tutor.exits import DONE

TEMPLATES = Path(__file__).parent / "templates"
KINDS = {"chapter": (".md", ".walk"), "job": (".toml",)}
"""What may be begun, and how the names of its files end."""

NEXT = {
    "chapter": """\
Play it, and see what you save at once:   tutor play {file} --watch
Prove it (it trains, for some seconds):   tutor check {file}
Look up what may stand in it:             tutor reference""",
    "job": """\
Train it:                 tutor run {file}
Name it in a lesson:      job = "{name}"     (the chapter lies in the same folder)""",
}


def new(known: argparse.Namespace) -> int:
    """Write the files, and say what to do next."""
    if known.kind not in KINDS:
        raise unknown("what to begin", known.kind, KINDS)
    written = begin(known.kind, known.name, known.folder)
    for path in written:
        print(f"written: {path}")
    print()
    print(NEXT[known.kind].format(file=shlex.quote(str(written[0])), name=known.name))
    return DONE


def begin(kind: str, name: str, folder: Path) -> list[Path]:
    """Writes the files of a new chapter or job; a ``Mistake`` says why it cannot, and then nothing is written."""
    if not NAME.fullmatch(name):
        such = _name_like(name)
        raise Mistake(f"{clip(name)} is not a name. Use letters a to z, digits and hyphens, such as {such}.")
    if kind == "job" and name in job_names():
        raise Mistake(f"job {name!r} ships with the program. Choose another name.")
    if kind == "chapter" and name.lower() == "readme":
        raise Mistake("a chapter cannot be called readme. Choose another name.")
    paths = {suffix: folder / f"{name}{suffix}" for suffix in KINDS[kind]}
    for path in paths.values():
        if path.exists() or path.is_symlink():
            raise Mistake(f"{path} is there already. Choose another name, or remove it.")
    # A number before the name puts the files of a tale in order; it is no part of the chapter's id.
    id = re.sub(r"^[0-9]+-", "", name) if kind == "chapter" else name
    title = id.replace("-", " ").strip().capitalize()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, path in paths.items():
            text = (TEMPLATES / f"{kind}{suffix}").read_text(encoding="utf-8")
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(filled(text, id, title))
    except OSError as error:
        words = f"{error.filename or folder} cannot be written ({error.strerror}). Name another folder: --folder DIR."
        raise Mistake(words) from None
    return list(paths.values())


def filled(text: str, id: str, title: str) -> str:
    """A template with its id and title; what stands in columns after the id stays there."""
    text = re.sub(r'"\{\{id\}\}" +', lambda found: f'"{id}" '.ljust(len(found[0])), text)
    return text.replace("{{id}}", id).replace("{{title}}", title)


def _name_like(name: str) -> str:
    """A name that may be taken in place of one that may not."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words)[:60].strip("-") or "the-well"
