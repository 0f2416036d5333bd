# make app    the page, at http://127.0.0.1:7860        make test   every test
# make check  lint and types                            make lock   renew the lock files
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# torch's wheel differs from place to place (CPU, CUDA): it is not in the lock files, and pip's own
# settings (PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS) choose where it comes from.
TORCH := torch==2.13.0
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# pip compiles on one core, compileall on all; some packages ship templates that do not compile.
COMPILE := $(BIN)/python -m compileall -q -j 0 -x '/tests?/'
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-package torch --no-annotate --custom-compile-command "make lock"

.PHONY: app test check lock clean

app: $(VENV)/app
	$(BIN)/footnote serve

test: $(VENV)/dev
	$(BIN)/python -m pytest

check: $(VENV)/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

$(VENV)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make: found Python %d.%d, expected 3.11 or newer; run: make PYTHON=python3.11" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/app: $(VENV)/python requirements.lock pyproject.toml
	@echo "Installing (2 GB on disk, or 7 with a CUDA torch; a minute or two) ..."
	$(PIP) $(TORCH)
	$(PIP) --no-deps --require-hashes -r requirements.lock
	$(PIP) --no-deps --editable .
	$(COMPILE) $(VENV)/lib >/dev/null || true
	$(COMPILE) ingest index assistant app.py
	touch $@

$(VENV)/dev: $(VENV)/app requirements-dev.lock
	$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	$(COMPILE) $(VENV)/lib >/dev/null || true
	touch $@

lock: $(VENV)/app
	$(PIP) uv
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --output-file requirements-dev.lock

clean:
	rm -rf $(VENV)
