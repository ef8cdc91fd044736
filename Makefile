# make demo: the app on http://127.0.0.1:7860.  make test: every check.  make help: the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APP_READY := $(VENV)/.installed-requirements
TESTS_READY := $(VENV)/.installed-requirements-dev
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input

.NOTPARALLEL:
.PHONY: help demo test lint browser clean

help:
	@echo 'make demo    install what the app needs into $(VENV) and start it on port 7860'
	@echo 'make test    install the test tools and a browser, then lint and run the tests'
	@echo 'make lint    ruff, mypy and the order of the wings only'
	@echo 'make clean   remove $(VENV) and caches; weights/ and runs/ stay'
	@echo 'Another Python: make demo PYTHON=python3.12'

demo: $(APP_READY)
	$(BIN)/python app.py

test: browser lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(TESTS_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

browser: $(TESTS_READY)
	$(BIN)/python -m tests.install_chromium

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build amgan.egg-info
	find amgan tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# A half-made environment is removed again, so that the next make starts anew.
$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo '$(PYTHON) not found: install Python 3.10 or newer, or say make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "$$($(PYTHON) --version) is too old: install Python 3.10 or newer, or say make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo '$(PYTHON) has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(APP_READY): requirements.txt | $(VENV)/pyvenv.cfg
	$(PIP_INSTALL) -r requirements.txt
	touch $@

# requirements-dev.txt includes requirements.txt: one install makes both ready.
$(TESTS_READY): requirements.txt requirements-dev.txt | $(VENV)/pyvenv.cfg
	$(PIP_INSTALL) -r requirements-dev.txt
	touch $(APP_READY) $@
