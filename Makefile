# Dulcet: `make serve` starts the server, `make test` passes all tests; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup
PORT ?= 8000
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: setup serve test lint bench clean browser

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Dulcet needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "No virtual environment could be made: install the venv module (Debian: python3-venv)"; exit 1; }
	@echo "Installing what Dulcet needs into $(VENV) (minutes at first, nothing later)"
	$(PIP) install -c constraints.txt torch==$$(sed -n 's/^torch==//p' constraints.txt)
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

serve: setup
	$(BIN)/dulcet serve --port $(PORT)

# Node 20 and Chromium are for the JavaScript and browser tests; where they can't be had those are skipped.
browser: setup
	@$(BIN)/python tests/browser/provide.py

test: setup browser
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@if command -v npm >/dev/null; then $(MAKE) -s -C web lint; else echo "skipped: tsc --checkJs (no npm)"; fi

bench: setup
	$(BIN)/dulcet bench

clean:
	rm -rf $(VENV) dist build web/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
