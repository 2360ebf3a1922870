# make run       the main job: its environment, the installation, then `treaty-sim run`
# make test      lint, types and all tests in one go (`make check` and `make pytest` are its halves)
# make test-full the same on every Python found, slow tests, oldest dependencies allowed
# make bench     the benchmark tables of experiments/benchmarks
# make gallery   the figures that the README shows, with their numbers
# make clean     removes what the above made, results excepted

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# Threads of the linear algebra library would compete with the simulator's own.
export OPENBLAS_NUM_THREADS ?= 1

# The first of these that runs, is 3.11 to 3.13 and can make virtual environments.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
  $$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
    >/dev/null 2>&1 && { command -v $$python; break; }; done)
NO_PYTHON = needs Python 3.11, 3.12 or 3.13 with its venv module (on Debian: apt-get install python3 python3-venv); \
  name one with: make PYTHON=/path/to/python

PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check
CONSTRAINTS ?= constraints.txt
PARTS = pyproject.toml $(CONSTRAINTS)

.PHONY: help run test check kernels pytest test-full bench gallery clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: $(VENV)/.installed
	$(BIN)/treaty-sim run $(ARGS)

# A run compiles its kernels while ruff and mypy keep another core busy, before two test workers compile the same.
test: $(VENV)/.installed-test
	@$(MAKE) --no-print-directory -j2 check kernels
	@$(MAKE) --no-print-directory pytest

kernels: $(VENV)/.installed-test
	@place=$$(mktemp -d) && $(BIN)/treaty-sim run engine=quick engine.draws=1 hydra.run.dir="$$place" >/dev/null \
	  && rm -rf "$$place"

check: $(VENV)/.installed-test
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy

pytest: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

test-full:
	@set -e; for version in 3.11 3.12 3.13; do \
	  if python$$version -c 'import ensurepip' >/dev/null 2>&1; then \
	    echo "== Python $$version"; \
	    $(MAKE) --no-print-directory test VENV=.venv-$$version PYTHON=python$$version ARGS="-m '' $(ARGS)"; \
	  else echo "== Python $$version: not found, left out"; fi; done
	@echo "== the oldest dependencies allowed"
	@$(MAKE) --no-print-directory pytest VENV=.venv-oldest CONSTRAINTS=.venv-oldest/constraints.txt \
	  ARGS="-W ignore::DeprecationWarning $(ARGS)"

# From the lower bounds of the requirements, so that there is no second list to keep.
.venv-oldest/constraints.txt: pyproject.toml | .venv-oldest/bin/python
	@.venv-oldest/bin/python -c 'import re, tomllib; \
	  wanted = tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]; \
	  print(*(re.match(r"[\w-]+>=[\d.]+", one)[0].replace(">=", "==") for one in wanted), sep="\n")' >$@

bench: $(VENV)/.installed-bench
	$(BIN)/python experiments/benchmarks/run.py $(ARGS)

gallery: $(VENV)/.installed
	$(BIN)/python experiments/gallery.py

clean:
	rm -rf $(VENV) .venv-3.11 .venv-3.12 .venv-3.13 .venv-oldest build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: treaty-sim $(NO_PYTHON)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "error: $(PYTHON) lacks venv: treaty-sim $(NO_PYTHON)" >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

# A stamp is newer than what it was made from, so that nothing is installed twice.
$(VENV)/.installed: $(PARTS) | $(BIN)/python
	@echo "installing treaty-sim and its dependencies (about a minute)"
	@$(PIP) install --constraint $(CONSTRAINTS) --editable .
	@touch $@

$(VENV)/.installed-test: $(PARTS) | $(BIN)/python
	@echo "installing treaty-sim, its dependencies and the test tools (about a minute)"
	@$(PIP) install "pip>=25.1"
	@$(PIP) install --constraint $(CONSTRAINTS) --editable . --group test
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(PARTS) | $(BIN)/python
	@echo "installing treaty-sim and what it is compared with (minutes, where pygambit must be compiled)"
	@$(PIP) install "pip>=25.1"
	@$(PIP) install --constraint $(CONSTRAINTS) --editable . --group bench
	@touch $@ $(VENV)/.installed
