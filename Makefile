# Every target has one line in `make help`.
STACK  ?= dev
OUT    ?= .golive/preview-$(STACK).$(REPORT)
FORMATS := text json sarif junit markdown
TOLD   := .golive/transcript-$(STACK).json
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ROOMS  := __main__.py settings catalog stack components golive toolchain policies

.DEFAULT_GOAL := help
.PHONY: help setup preview up refresh down cluster cluster-status cluster-down test e2e check golden docs benchmark lock engine prometheus clean

help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/ \t/' | expand -t 16

setup: $(READY)  ## make the virtual environment from requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "golive needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	@echo "setup: installing the locked packages into $(VENV) (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q $(ROOMS)
	@touch $@

preview: $(READY)  ## preview a stack with the guardrails: make preview STACK=prod, or with a report: REPORT=sarif OUT=preview.sarif
ifdef REPORT
	$(if $(filter $(REPORT),$(FORMATS)),,$(error REPORT=$(REPORT) is no format; write one of $(FORMATS)))
	@mkdir -p .golive && rm -f '$(TOLD)' && : >'$(OUT)' || exit 2; code=0; \
	GOLIVE_TRANSCRIPT='$(CURDIR)/$(TOLD)' $(BIN)/python -m toolchain preview --stack $(STACK) || code=$$?; \
	$(BIN)/golive report '$(TOLD)' --exit-code $$code --format $(REPORT) --output '$(OUT)'; judged=$$?; \
	test ! -s '$(OUT)' || echo 'report: $(OUT)'; exit $$((code ? code : judged))
else
	@$(BIN)/python -m toolchain preview --stack $(STACK)
endif

up: $(READY)  ## deploy a stack with the guardrails; dev needs no account: it goes to this checkout's own cluster
	@$(BIN)/python -m toolchain up --stack $(STACK) $(if $(YES),--yes)

refresh: $(READY)  ## show what was changed behind the program's back, and take note of it
	@$(BIN)/python -m toolchain refresh --stack $(STACK) $(if $(YES),--yes)

down: $(READY)  ## delete what make up has deployed to this checkout's own cluster
	@$(BIN)/python -m toolchain down --stack $(STACK)

cluster: $(READY)  ## start this checkout's own Kubernetes; the first time it is built, in some 20 minutes
	@$(BIN)/python -m toolchain cluster up

cluster-status: $(READY)  ## show each of its components; fails unless all are well
	@$(BIN)/python -m toolchain cluster status

cluster-down: $(READY)  ## stop it; what it remembers stays for the next start
	@$(BIN)/python -m toolchain cluster down

engine: $(READY)  ## find, install or build the Pulumi engine and say which
	@$(BIN)/python -m toolchain engine

prometheus: $(READY)  ## find Prometheus on PATH, or build it; print where it is
	@$(BIN)/python -m toolchain prometheus

test: check  ## check, then run every test, the engine's included
	@$(BIN)/python -m toolchain engine
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

e2e: $(READY)  ## run the tests that need a real cluster and the real engine (minutes)
	@$(BIN)/python -m toolchain cluster build
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder tests/e2e

check: $(READY)  ## ruff, mypy --strict and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=policies $(BIN)/lint-imports

golden: $(READY)  ## rewrite the golden outlines after a wanted change
	@UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/stack/test_golden.py

docs: $(READY)  ## renew docs/rules.md from the rules
	@$(BIN)/golive rules docs --output docs/rules.md

benchmark: $(READY)  ## measure golive check and previews beside the field's linters (some 15 minutes; REPETITIONS=1 for a third of it)
	@$(BIN)/python -m compileall -q $(ROOMS)
	@$(BIN)/python -m benchmarks $(if $(REPETITIONS),--repetitions $(REPETITIONS))

lock: $(READY)  ## pin every package again, with hashes
	@$(BIN)/pip-compile --quiet --no-header --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --no-annotate --allow-unsafe --strip-extras --output-file requirements.lock pyproject.toml

clean:  ## stop the cluster, remove it, the virtual environment and the local state (what was built stays)
	@-test ! -d .golive/cluster -o ! -x $(BIN)/python || $(BIN)/python -m toolchain cluster down
	@rm -rf .golive $(VENV) *.egg-info
