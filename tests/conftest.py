"""What every test begins with."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

SMALLEST = (80, 24)

# A shell that starts the tests in the background makes them deaf to ctrl+c, and with them all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The long tests first: begun last, each would keep one core busy while the others wait.

    A screen at another size than the smallest that is played on is one of them.
    """
    for item in items:
        if getattr(item, "callspec", None) and item.callspec.params.get("size", SMALLEST) != SMALLEST:
            item.add_marker(pytest.mark.slow)
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


@pytest.fixture
def brisk(monkeypatch):
    """Textual's pilot waits after each key until the processor has rested; now, until nothing is left to be done."""

    async def idle(min_sleep=0, max_sleep=1):
        loop = asyncio.get_running_loop()
        until = loop.time() + max_sleep
        for _ in range(2):
            quiet = 0
            while quiet < 3 and loop.time() < until:
                await asyncio.sleep(0)
                quiet = 0 if loop._ready else quiet + 1
            await asyncio.sleep(0.001)  # what stands waiting in threads and in timers of no time

    for place in ("textual.app.wait_for_idle", "textual.pilot.wait_for_idle"):
        monkeypatch.setattr(place, idle)
