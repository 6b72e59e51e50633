# Two commands from a fresh clone: `make demo` and `make test`. They share one environment, .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test quick lint wheel-test docs clean

demo: $(READY)
	$(BIN)/wfm demo

test: $(READY)
	$(BIN)/python -m pytest -n 2

quick: $(READY)
	$(BIN)/python -m pytest -n 2 -m "not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)
	$(BIN)/python docs/build.py

# The suite against the built wheel, in an environment of its own, with the sources out of the way.
wheel-test:
	$(PYTHON) .ci/wheel_test.py

$(READY): pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)) and 'wfm needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 ...')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $(READY)

clean:
	rm -rf $(VENV) dist build wfm-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
