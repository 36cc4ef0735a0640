# The two commands: make run, make test. Everything installs into .venv; nothing else is touched.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
CONFIG ?= config

.DEFAULT_GOAL := help
PYTEST := $(BIN)/pytest --numprocesses auto --dist worksteal
LATER  := exhaustive or postgres or browser

.PHONY: help run demo test test-all check format clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

run: $(VENV)/.installed  ## Run the service on config/, with embedded SQLite
	@$(BIN)/aggregator run --config $(CONFIG)

demo: $(VENV)/.installed  ## Run the service on a built-in sample newsroom; needs no network
	@$(BIN)/aggregator demo

test: $(VENV)/.installed-dev  ## Run the tests, in about three minutes; needs no network, PostgreSQL or browser
	@$(PYTEST) -m "not ($(LATER))"

test-all: test  ## Run make test, then all that it leaves out: all cases, PostgreSQL, browser, crashes
	@$(PYTEST) --exhaustive -m "$(LATER) or sampled"

check: $(VENV)/.installed-dev  ## Formatter, linter, types, dependencies, tests with warnings as errors, migration drift
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/deptry aggregator migrations
	@$(BIN)/deptry tests benchmarks --ignore DEP002,DEP004
	@$(if $(TESTED),,$(MAKE) test)

format: $(VENV)/.installed-dev  ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:  ## Remove the environment and what tools left behind; the database stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "aggregator needs Python 3.11 or newer; name one with: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
