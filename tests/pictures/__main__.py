"""Makes the README's pictures, from the real program and real runs: ``python -m tests.pictures FOLDER``."""

import sys
from pathlib import Path

from tests.pictures import album, lesson


def main() -> None:
    """Write the pictures into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in (lesson.make, album.make):
        for path in make(folder):
            print(f"{path}  {path.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
