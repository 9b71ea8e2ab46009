# Everything runs in .venv, made on first use.  Another interpreter: make PYTHON=python3.12 test

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Where the files of MNIST are, if they are there; else they are fetched.
DATA ?= ../shared/data/mnist

# What each set of tools installs: $(VENV)/NAME.installed stands for .[EXTRAS_NAME].
EXTRAS_demo := native,plot,progress,render
EXTRAS_experiments := data,native,plot,progress,scipy
EXTRAS_dev := dev
EXTRAS_bench := dev,bench
EXTRAS_docs := docs

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SECONDARY:
.PHONY: help demo experiments quick test full fuzz lint types docs versions dist bench figures
.PHONY: format clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/demo.installed  ## train the HH19 network, results in out/
	$(BIN)/python -m examples.netbp --out out

experiments: $(VENV)/experiments.installed  ## every experiment of the notes, expected beside obtained
	$(BIN)/python -m examples.experiments --out out $(addprefix --data ,$(wildcard $(DATA)))

quick: lint types  ## what catches most, in a minute or two
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -q -n auto -m 'not slow' --most 2

test: lint types  ## everything that must pass: lint, types, pytest
	$(BIN)/python -m pytest -n auto

fuzz: $(VENV)/dev.installed  ## random programs at the borders of NumPy: make fuzz FUZZ=20000
	FUZZ=$(or $(FUZZ),10000) $(BIN)/python -m pytest -q -n auto tests/core/test_fuzz.py

full: lint types  ## the same with 200 examples a property, half an hour
	HYPOTHESIS_PROFILE=full $(BIN)/python -m pytest -n auto

lint: $(VENV)/dev.installed  ## ruff: errors and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.installed  ## mypy: the engine and nn
	$(BIN)/mypy

docs: $(VENV)/docs.installed  ## build the site into out/site, its notebooks executed
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

versions: $(BIN)/python  ## the quick tests on every Python there is, oldest and newest packages
	$(BIN)/python -m tests.support.versions --folder $(VENV)/versions

dist: $(VENV)/dev.installed  ## sdist and wheel in dist/, each tested as its users get it
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	HYPOTHESIS_PROFILE=full DIST=dist $(BIN)/python -m pytest -q tests/house/test_distributions.py

bench: $(VENV)/bench.installed  ## time the engine against others
	$(BIN)/python -m benchmarks

figures: $(VENV)/demo.installed  ## make the figures of README anew
	$(BIN)/python -m examples.netbp --out out
	cp out/netbp-cost.png out/netbp-decision.png docs/figures/
	$(BIN)/python -m examples.figures --out docs/figures
	$(BIN)/python -m docs.rooms

format: $(VENV)/dev.installed  ## rewrite the code as ruff wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove everything made here but .venv
	rm -rf out build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(VENV)/%.installed: pyproject.toml | $(BIN)/python
	@echo "Installing autograd_lite[$(EXTRAS_$*)] into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --editable '.[$(EXTRAS_$*)]'
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "autograd_lite needs Python 3.11 or newer, and '$(PYTHON)' is not:" \
	        "try make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)
