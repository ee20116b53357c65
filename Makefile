# Every target has one line in `make help`.
STACK  ?= dev
OUT    ?= .golive/preview-$(STACK).$(REPORT)
TOLD   := .golive/transcript-$(STACK).json
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup preview test check golden docs benchmark lock engine clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/ \t/' | expand -t 12

setup: $(READY)  ## make the virtual environment from requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "golive needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	@echo "setup: installing the locked packages into $(VENV) (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

preview: $(READY)  ## preview a stack with the guardrails: make preview STACK=prod, or with a report: REPORT=sarif OUT=preview.sarif
ifdef REPORT
	@mkdir -p .golive && rm -f '$(TOLD)' && : >'$(OUT)' || exit 2; code=0; \
	GOLIVE_TRANSCRIPT='$(CURDIR)/$(TOLD)' $(BIN)/python -m toolchain preview --stack $(STACK) || code=$$?; \
	$(BIN)/golive report '$(TOLD)' --exit-code $$code --format $(REPORT) --output '$(OUT)'; judged=$$?; \
	test ! -f '$(OUT)' || echo 'report: $(OUT)'; exit $$((code ? code : judged))
else
	@$(BIN)/python -m toolchain preview --stack $(STACK)
endif

engine: $(READY)  ## find, install or build the Pulumi engine and say which
	@$(BIN)/python -m toolchain engine

test: check  ## check, then run every test, the engine's included
	@$(BIN)/python -m toolchain engine
	@$(BIN)/python -m pytest

check: $(READY)  ## ruff, mypy --strict and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=policies $(BIN)/lint-imports

golden: $(READY)  ## rewrite the golden outlines after a wanted change
	@UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/test_golden.py

docs: $(READY)  ## renew docs/rules.md from the rules
	@$(BIN)/golive rules docs --output docs/rules.md

benchmark: $(READY)  ## measure golive check and previews beside the field's linters (some 15 minutes)
	@$(BIN)/python -m benchmarks

lock: $(READY)  ## pin every package again, with hashes
	@$(BIN)/pip-compile --quiet --no-header --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --allow-unsafe --strip-extras --output-file requirements.lock pyproject.toml

clean:  ## remove the virtual environment and the local state (the engine's cache stays)
	@rm -rf $(VENV) .golive *.egg-info
