"""What every test begins with."""

import signal
import sys
from pathlib import Path

import pytest

# A shell that starts the tests in the background makes them deaf to ctrl+c, and with them all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """The long tests first: begun last, each would keep one core busy while the others wait."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def _shipped_chapters_are_read_once():
    """All of them take a third of a second, and hundreds of tests play them; one that was edited is read again."""
    from story import reading

    read, kept = reading.read_chapter, {}

    def read_chapter(path):
        path = Path(path)
        if path.parent != reading.SHIPPED or not path.is_file():
            return read(path)
        key = path, path.stat().st_mtime_ns
        if key not in kept:
            kept[key] = read(path)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_chapter", read_chapter)
        yield


@pytest.fixture(autouse=True)
def _denormals():
    """Training in this process flushes the smallest numbers to zero; the next test must have them again."""
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_flush_denormal(False)
