# Every target sets up what it needs in .venv; a second run installs nothing.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo studio test test-all lint bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: .venv/.demo ## choose, fit, draw and save a mixture of Old Faithful into out/
	$(BIN)/mixtura select faithful -k 1:9 --output-dir out

studio: .venv/.studio ## open the studio in a browser
	$(BIN)/mixtura studio

test: lint ## lint, then the test-suite (PYTHON=python3.x picks the Python of a new .venv)
	$(BIN)/python -m pytest -n 2

test-all: lint .venv/.spark ## lint, then every test, the slow ones too
	$(BIN)/python -m pytest -n 2 -m "slow or not slow"

lint: .venv/.dev ## ruff, mypy, and the layers of ARCHITECTURE.md
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/.bench ## scikit-learn, oneDAL and Mixtura side by side
	$(BIN)/python -m benchmarks.run

clean: ## remove .venv, out/ and caches
	rm -rf .venv out dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp a set of extras, renewed when pyproject.toml changes.
.venv/.dev: pyproject.toml | .venv/.made .venv/.browser
	$(PIP) -e '.[all,dev]'
	@touch .venv/.demo .venv/.studio $@

.venv/.studio: pyproject.toml | .venv/.made
	$(PIP) -e '.[studio]'
	@touch .venv/.demo $@

.venv/.spark: pyproject.toml | .venv/.dev .venv/.java
	$(PIP) -e '.[spark]'
	@touch $@

.venv/.demo: pyproject.toml | .venv/.made
	$(PIP) -e '.[plot,tables]'
	@touch $@

.venv/.bench: pyproject.toml | .venv/.made
	$(PIP) -e '.[all,bench]'
	@touch .venv/.demo $@

# Node runs the tests of the studio's JavaScript, Chromium those of its screens.
.venv/.browser: | .venv/.made
	@{ command -v node && command -v chromium && fc-list :lang=zh | grep -q .; } >/dev/null 2>&1 || { \
	  test "$$(id -u)" = 0 && apt-get -qq update && \
	  apt-get -qq install -y --no-install-recommends nodejs chromium fonts-noto-cjk fontconfig >/dev/null; } || { \
	  echo "the tests need these; type: sudo apt install nodejs chromium fonts-noto-cjk" >&2; exit 1; }
	@touch $@

# Spark runs in Java.
.venv/.java: | .venv/.made
	@command -v java >/dev/null || { \
	  test "$$(id -u)" = 0 && apt-get -qq update && \
	  apt-get -qq install -y --no-install-recommends openjdk-17-jre-headless >/dev/null; } || { \
	  echo "the tests of Spark need Java 17; type: sudo apt install openjdk-17-jre-headless" >&2; exit 1; }
	@touch $@

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Mixtura needs Python >= 3.11, and \`$(PYTHON)\` is not; type: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  test "$$(id -u)" = 0 && apt-get -qq update && apt-get -qq install -y python3-venv; } || { \
	  echo "\`$(PYTHON)\` cannot make a virtual environment; type: sudo apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@
