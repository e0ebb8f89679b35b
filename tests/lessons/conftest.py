"""What tests of the experiments share."""

import warnings

import pytest


@pytest.fixture
def one_thread():
    """One thread, as in the lab, and the same chance for every test."""
    import torch  # a second and more, which not every test needs

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def no_warnings():
    """torch warns of a scheduler that is stepped too early or in a deprecated way."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
