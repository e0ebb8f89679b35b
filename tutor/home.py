"""Where things are kept on this machine: the save book, the logs, the data sets."""

from __future__ import annotations

import os
import traceback
from datetime import datetime
from pathlib import Path

from tutor.preferences import Preferences

APP = "castle-dracula"


def home(given: str | Path | None = None) -> Path:
    """The folder of the save book and the logs: ``--home``, else TUTOR_HOME, else the platform's."""
    chosen = given or os.environ.get("TUTOR_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path  # costs a few milliseconds, and only here

    return user_data_path(APP, appauthor=False)


def data(given: str | Path | None = None) -> Path:
    """The folder of data sets that do not ship: ``--data``, else TUTOR_DATA, the setting, one beside the save book."""
    chosen = given or os.environ.get("TUTOR_DATA") or Preferences(home())["data"]
    return Path(chosen).expanduser() if chosen else home() / "data"


def lab_log(folder: Path) -> Path:
    """Where the training process's complaints go."""
    return folder / "logs" / "training.log"


def crash_log(folder: Path, error: BaseException) -> Path | None:
    """Write down a crash; the path of the log, or None where even that failed."""
    path = folder / "logs" / f"crash-{datetime.now():%Y%m%d-%H%M%S}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return None
    return path
