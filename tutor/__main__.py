"""``python -m tutor`` and the ``tutor`` script."""

import sys


def main() -> int:
    """Run the command line; the exit code is the command's."""
    from tutor.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
