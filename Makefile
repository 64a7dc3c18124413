# Everything happens in .venv, which the first target that needs it sets up from a lock file with hashes.
#
#   make demo     the whole life of a partnership on embedded mail servers, with pretend people; leaves convener-demo/ to look at
#   make test     all tests               make test ARGS="tests/parse -x"   some of them
#   make check    lint, format, types, import order
#   make bench    the figures
#   make lock     new lock files from pyproject.toml (needs uv)
#   make clean    away with all that was made here
#
# PYTHON=python3.12 chooses the interpreter of a new .venv. uv installs where it is found, pip else.

SHELL := /bin/sh
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$python; break; }; done)
UV ?= $(shell command -v uv 2>/dev/null)
ARGS ?=
BIN := .venv/bin

# where it is set, every process that the tests start compiles the whole program anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check bench lock clean

demo: .venv/.runtime
	@$(BIN)/convener demo $(ARGS)

test: .venv/.test
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: .venv/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/.test
	@$(BIN)/python -m tests.bench $(ARGS)

# The test lock holds the runtime lock's packages in the same versions, so a test environment is a runtime environment too.
.venv/.runtime: requirements.lock | $(BIN)/python
	@$(call install,requirements.lock)
	@touch $@

.venv/.test: requirements-test.lock requirements.lock | $(BIN)/python
	@$(call install,requirements-test.lock)
	@touch .venv/.runtime $@

# --without-pip works where ensurepip is missing (Debian without python3-venv); uv needs no pip.
$(BIN)/python:
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "convener needs Python 3.11 or newer, and none was found. Install one, or name it: make PYTHON=/path/to/python3.12"; \
		exit 1; fi
	@if [ -n "$(UV)" ]; then $(PYTHON) -m venv --without-pip .venv; \
	elif ! $(PYTHON) -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "This Python ($(PYTHON)) cannot make virtual environments: its package python3-venv is missing."; \
		echo "On Debian or Ubuntu:  apt install python$$version-venv   (or python3-venv). Then type make again."; \
		exit 1; \
	else $(PYTHON) -m venv .venv; fi

# The project itself is on the path by a .pth file: no build, and the same for uv and for any pip.
define install
	echo "Setting up .venv from $(1) ..."; \
	if [ -z "$(UV)" ] || ! $(UV) pip install -q --python $(BIN)/python --require-hashes -r $(1); then \
		$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null || exit 1; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(1) || exit 1; \
	fi; \
	pwd > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/convener.pth" && \
	printf '#!/bin/sh\nexec "%s/$(BIN)/python" -m mailer "$$@"\n' "$$(pwd)" > $(BIN)/convener && chmod +x $(BIN)/convener
endef

COMPILE = $(UV) pip compile -q pyproject.toml --extra postgres --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
lock:
	@[ -n "$(UV)" ] || { echo "make lock needs uv"; exit 1; }
	@$(COMPILE) -o requirements.lock $(ARGS)
	@$(COMPILE) --group test -c requirements.lock -o requirements-test.lock $(ARGS)

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
