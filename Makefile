# Each target sets up what it needs: a virtual environment of its own, with pinned versions.
VENV ?= .venv
BIN := $(VENV)/bin
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
FIND_PYTHON = for p in "$(PYTHON)" python3 python3.13 python3.12 python3.11 python; do \
	[ -n "$$p" ] && "$$p" -c '$(IN_RANGE)' 2>/dev/null && { echo "$$p"; exit 0; }; done; exit 1
# Other libraries have pins of their own, so they get an environment of their own, unless RECO_PEERS_PYTHON names one.
PEERS := $(if $(RECO_PEERS_PYTHON),,.venv-bench/.installed)
PEER_NAMES = import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"])
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test bench lint audit clean

help:
	@echo "make run     open the app on the embedded demo dataset"
	@echo "make test    unit, page and browser tests"
	@echo "make bench   measure speed and quality beside other libraries; RECO_TEST_DATA names a folder with ml-100k.zip,"
	@echo "             ARGS=\"learning ranking\" some of the sections"
	@echo "make lint    style, safety (ruff's S rules) and types"
	@echo "make audit   known vulnerabilities of the pinned versions; asks PyPI"
	@echo "make clean   remove the virtual environments"

run: $(VENV)/.installed
	$(BIN)/reco app

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

bench: $(VENV)/.installed-test $(PEERS)
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# Of every version in constraints.txt; --strict fails where PyPI has no answer for one.
audit: .venv-audit/.installed
	.venv-audit/bin/pip-audit --strict --disable-pip --no-deps --progress-spinner off --requirement constraints.txt

clean:
	rm -rf $(VENV) .venv-bench .venv-audit

$(BIN)/python:
	@python=$$($(FIND_PYTHON)) || { echo "Python 3.11, 3.12 or 3.13 is needed; none was found. Name one: make run PYTHON=/path/to/python3"; exit 1; }; \
	echo "Making $(VENV) with $$($$python --version) ..."; \
	$$python -m venv $(VENV) || { rm -rf $(VENV); echo "The venv module is needed (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing (about two minutes the first time; TensorFlow is large) ..."
	$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PIP_INSTALL) --editable '.[test]'
	@touch $@

.venv-audit/.installed: | $(BIN)/python
	@$(BIN)/python -m venv .venv-audit && .venv-audit/bin/python -m pip install --quiet --disable-pip-version-check \
		"pip-audit>=2.10,<3" && touch $@

# Without them the bench still runs, and says that their rows are missing.
.venv-bench/.installed: pyproject.toml constraints-bench.txt | $(BIN)/python
	@echo "Installing the libraries to compare with (PyTorch, which LensKit needs, is large) ..."
	@$(BIN)/python -m venv .venv-bench && .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints-bench.txt $$($(BIN)/python -c '$(PEER_NAMES)') && touch $@ \
		|| { rm -rf .venv-bench; echo "They could not be installed: their rows will be missing."; }
