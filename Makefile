# The door to everything: `make help`. Needs python3 (3.11 or newer) and, for some checks, root.
# Another index than the default one: set UV_DEFAULT_INDEX outside; it is never written down here.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The system's own before one in somebody's home, where the users that services run as cannot look.
PYTHON ?= $(firstword $(shell for each in /usr/bin/python3 python3; do \
  "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each"; \
  done; true) python3)
BIN := .venv/bin

export VIRTUAL_ENV := $(CURDIR)/.venv
# Absolute, because Ansible ignores the ansible.cfg of a folder that everyone may write to.
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
# The machine's own certificates: uv's built-in ones fail behind a TLS proxy.
export UV_SYSTEM_CERTS := 1

# uv reads no pip settings: where only pip was told of a mirror, tell uv of it. Empty: the default.
AT_INDEX = UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip \
  config get global.index-url 2>/dev/null || true)}}"

# Namespaces need root; where this is root already, nothing is put before.
AS_ROOT = $(if $(filter 0,$(shell id -u)),,sudo --)

.PHONY: help
help: ## show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1 \2/p' $(MAKEFILE_LIST) | \
	  while read -r target text; do printf 'make %-16s%s\n' "$$target" "$$text"; done

.PHONY: run
run: .venv/.done ## set up, then build the province, prove it and report; the second time in seconds
	@scripts/install-debian.sh --optional
	@$(BIN)/telemed build

.PHONY: setup
setup: .venv/.done ## set up only: .venv, and the Debian packages of the native checks
	@scripts/install-debian.sh --optional

.PHONY: demo
demo: .venv/.done ## lose a data centre and see it taken over, with real processes; needs root
	@scripts/install-debian.sh --optional
	@$(AS_ROOT) $(BIN)/telemed-failover demo

.PHONY: test
test: setup ## set up and run all tests
	$(BIN)/pytest -n 3 --dist loadgroup --no-loadscope-reorder

.PHONY: check
check: .venv/.done ## format, lint, types, imports, house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(wildcard telemed_infra failover monitoring tests benchmarks)
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_tidy.py

.PHONY: format
format: .venv/.done ## rewrite the layout of the Python files
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

.PHONY: bench
bench: .venv/.done ## measure, and print the tables
	$(BIN)/python -m benchmarks

.PHONY: bench-failover
bench-failover: .venv/.done ## measure take-over, pauses and fences in the laboratory; needs root
	@scripts/install-debian.sh --peers
	@$(AS_ROOT) $(BIN)/python -m benchmarks.failover

.PHONY: mutate
mutate: .venv/.done ## change what decides a failover and see that the tests notice: some minutes
	@$(BIN)/python scripts/mutate.py

.PHONY: lock
lock: .venv/.done ## choose the newest versions again: pins and hashes, no addresses
	@$(AT_INDEX) $(BIN)/uv pip compile -q --upgrade --universal --fork-strategy fewest \
	  --python-version 3.11 --all-extras --group dev --generate-hashes --no-annotate --no-header \
	  -o requirements.lock pyproject.toml
	@! grep -nE '://|^-' requirements.lock

.PHONY: clean
clean: ## remove what the tools made: .venv and caches; a build folder stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis htmlcov dist
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# pip brings uv (pinned and hashed), uv brings the rest; the project itself is installed editable.
# Build dependencies are locked too, so nothing is downloaded outside the lock.
.venv/.done: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "error: '$(PYTHON)' is not Python 3.11 or newer" >&2; \
	  echo "hint: name another one, for example 'make PYTHON=python3.12 run'" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "installing python3-venv (Debian)"; \
	  if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  $$as_root apt-get -qq update; \
	  $$as_root apt-get -qq -y install --no-install-recommends python3-venv; }
	@[ -x $(BIN)/uv ] || { echo "making .venv"; $(PYTHON) -m venv .venv; \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
	    -r <(sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ /p}' requirements.lock); }
	@echo "installing the locked Python packages"
	@$(AT_INDEX) $(BIN)/uv pip sync -q --require-hashes requirements.lock
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@
