# Everything a person needs to type. `make sandbox` and `make test` set themselves up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPEED ?= 1
PORT ?= 8700
HISTORIES ?= 2000
SEED ?= 7

.PHONY: sandbox test check format openapi prove pictures bench clean

$(VENV)/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tocsin needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

sandbox: $(VENV)/.installed  ## the product running, with a Slack workspace in a browser tab
	$(BIN)/python app.py sandbox --speed $(SPEED) --port $(PORT)

test: $(VENV)/.installed  ## the whole suite, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/.installed  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed  ## mend what can be mended without thinking
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: $(VENV)/.installed  ## write docs/openapi.json anew, from the endpoints
	$(BIN)/python app.py openapi > docs/openapi.json

prove: $(VENV)/.installed  ## two thousand histories that try to break the promise
	$(BIN)/python app.py prove --histories $(HISTORIES) --seed $(SEED)
	$(BIN)/python -m pytest -n 2 -m long

pictures: $(VENV)/.installed  ## take the README's pictures anew; needs Chromium and emoji
	$(BIN)/python -m tests.browser.pictures

bench: $(VENV)/.installed  ## how long a declared incident takes to reach somebody
	$(BIN)/python -m bench

clean:  ## forget the environment and what was built
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
