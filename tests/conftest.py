"""What every test begins with."""

import signal
import sys

import pytest

# A shell that starts the tests in the background makes them deaf to ctrl+c, and with them all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """The long tests first: begun last, each would keep one core busy while the others wait."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def _denormals():
    """Training in this process flushes the smallest numbers to zero; the next test must have them again."""
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_flush_denormal(False)
