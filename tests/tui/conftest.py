"""What the tests of the screens share."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.tui.staging import perform


@pytest.fixture
def stage(tmp_path: Path) -> Callable[..., None]:
    """Plays a test on a chapter that is edited while it is on the screen."""
    return partial(perform, tmp_path)


@pytest.fixture(autouse=True)
def _brisk(brisk: None) -> None:
    """Every screen is played without pauses."""
