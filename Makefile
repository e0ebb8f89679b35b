# make play   set up if needed, and open the game
# make test   set up if needed, lint, and run every test
# make bench  set up if needed, and measure every speed side by side (ARGS="--data DIR" for the full MNIST)
# make measured   judge every set-up behind the lessons twenty times; goes on where it was broken off

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# PyTorch's own index of CPU builds: a tenth of the download.
CPU_INDEX := https://download.pytorch.org/whl/cpu
ARGS ?=
# Each test process may start torch: four of them are enough for any machine. Few tests at a time, so that none waits
# alone for the long ones, which are first.
PYTEST = $(BIN)/python -m pytest -n auto --maxprocesses 4 --maxschedchunk 8

.PHONY: play test test-fast lint check setup pictures bench measured clean
.DELETE_ON_ERROR:

play: setup
	@$(BIN)/tutor play $(ARGS)

setup: $(VENV)/.ready

test: $(VENV)/.ready-test lint
	@$(PYTEST) $(ARGS)

test-fast: $(VENV)/.ready-test lint
	@$(PYTEST) -m "not slow" $(ARGS)

lint: $(VENV)/.ready-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYTHONPATH=. $(BIN)/lint-imports

check: setup
	@$(BIN)/tutor check $(ARGS)

pictures: setup
	@$(BIN)/python -m tests.pictures docs/pictures

measured: $(VENV)/.ready-test
	@$(BIN)/python -m tests.benchmarks.measured $(ARGS)

bench: $(VENV)/.ready-bench
	@$(BIN)/python -m tests.benchmarks $(ARGS)

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Castle Dracula needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 3; }
	@$(PYTHON) -m venv $(VENV)

# The stamps make a second call start without installing again.
$(VENV)/.ready: pyproject.toml | $(VENV)/bin/pip
	@echo "Setting up $(VENV): PyTorch and a few small packages. Minutes, once."
	@$(BIN)/python -c 'import torch, torchvision' 2>/dev/null || $(MAKE) --no-print-directory .torch
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-test: pyproject.toml $(VENV)/.ready
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

# Without the others' libraries their lines say so, and the rest is measured.
$(VENV)/.ready-bench: pyproject.toml $(VENV)/.ready
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,bench]' && touch $@ \
	  || echo "Lightning and skorch could not be installed: they are left out." >&2

# On Linux without an NVIDIA GPU the CPU build does; elsewhere plain pip already brings the right one.
.PHONY: .torch
.torch:
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null 2>&1 \
	  && $(BIN)/python -c 'import urllib.request as u; u.urlopen("$(CPU_INDEX)/torch/", timeout=5)' 2>/dev/null; then \
	  echo "No NVIDIA GPU found: taking PyTorch's CPU build."; \
	  $(BIN)/pip install --quiet --disable-pip-version-check --index-url $(CPU_INDEX) 'torch>=2.6,<3' 'torchvision>=0.21,<1' \
	  || $(BIN)/pip install --quiet --disable-pip-version-check 'torch>=2.6,<3' 'torchvision>=0.21,<1'; \
	else \
	  $(BIN)/pip install --quiet --disable-pip-version-check 'torch>=2.6,<3' 'torchvision>=0.21,<1'; \
	fi

clean:
	rm -rf $(VENV) build dist *.egg-info
