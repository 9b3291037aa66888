# parea-trace-logs: the contract, its client, its target, its conformance suite.
# Everything runs in .venv, which is made from requirements.lock (hashed) whenever that or pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# What `make conformance` judges; without BASE_URL the reference target with the bundled data.
BASE_URL ?=
API_KEY ?=
EXPERIMENT ?=
ARGS ?=
export PAREA_API_KEY ?=

REDOCLY := @redocly/cli@2.77.0
SPECTRAL := @stoplight/spectral-cli@6.16.3

.DEFAULT_GOAL := help
.PHONY: help generate check check-edits diff-contract coverage lint-contract docs quick test test-engines test-spark
.PHONY: test-postgres conformance serve faults false-alarms power fuzz-client lock clean
.PHONY: bench bench-decode bench-stream bench-tables bench-import bench-verdict bench-target

help:  ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Name another: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

generate: $(READY)  ## Write generated/, and what else follows from openapi.yaml
	$(BIN)/python scripts/generate.py

check: $(READY)  ## Verify generated files; check format, lint, types, and what changed since the release
	$(BIN)/python scripts/generate.py --check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy generated scripts tests
	$(BIN)/openapi-spec-validator openapi.yaml
	PYTHONPATH=scripts $(BIN)/python -m contract.diff --quiet
	PYTHONPATH=scripts:tests $(BIN)/python -m contract.meanings

diff-contract: $(READY)  ## Who breaks since the last release, or since BASE=<git ref or file> (ARGS=--json)
	@PYTHONPATH=scripts $(BIN)/python -m contract.diff $(BASE) $(ARGS)

coverage: $(READY)  ## Which requirements check each sentence of openapi.yaml, or why none does
	@PYTHONPATH=scripts $(BIN)/python -m contract.traceability

lint-contract:  ## Redocly's and Spectral's rules over openapi.yaml (needs Node)
	npx --yes $(REDOCLY) lint openapi.yaml
	npx --yes $(SPECTRAL) lint --fail-severity hint openapi.yaml

quick: $(READY)  ## What a small edit needs, in half a minute: generated files, lint, types, quick tests of what changed
	$(BIN)/python scripts/generate.py --check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy generated scripts tests
	$(BIN)/python scripts/quick.py

check-edits: $(READY)  ## Generate, check and judge copies of the tree after edits of the contract: minutes
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m edits

# Three at a time on two processors: some wait for servers and processes that they started.
test: $(READY)  ## The project's own tests
	$(BIN)/python -m pytest -n 3 --dist loadgroup

test-postgres: $(READY)  ## The target's tests and the suite on a real PostgreSQL; it is started for them
	@$(BIN)/python -c 'import psycopg' && { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null
	TARGET_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadgroup tests/checks/target

ENGINES := build/engines
$(ENGINES)/.ready: tests/engines/requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear $(ENGINES)
	$(ENGINES)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/engines/requirements.txt
	$(ENGINES)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[polars,pandas,target]'
	@touch $@

test-engines: $(ENGINES)/.ready  ## DataFusion, dlt and Spark (needs Java) read the target, in an environment of their own
	PYSPARK_PYTHON=$(CURDIR)/$(ENGINES)/bin/python $(ENGINES)/bin/python -m pytest tests/engines/engine_*.py

test-spark: $(ENGINES)/.ready  ## Of those, Spark alone (needs Java)
	PYSPARK_PYTHON=$(CURDIR)/$(ENGINES)/bin/python $(ENGINES)/bin/python -m pytest tests/engines/engine_spark.py

conformance: $(READY)  ## Judge the reference target, or BASE_URL=… API_KEY=… EXPERIMENT=…
	@if [ -n "$(BASE_URL)" ] && [ -z "$(EXPERIMENT)" ]; then \
	  echo "make conformance BASE_URL=… needs EXPERIMENT=<UUID of an experiment that has logs>" >&2; exit 2; \
	elif [ -n "$(BASE_URL)" ]; then \
	  PAREA_API_KEY="$${API_KEY:-$$PAREA_API_KEY}" $(BIN)/parea-conformance "$(BASE_URL)" --experiment "$(EXPERIMENT)" \
	    --report-dir reports $(ARGS); \
	else \
	  $(BIN)/python scripts/conformance.py --report-dir reports $(ARGS); \
	fi

serve: $(READY)  ## Start the reference target with the bundled data; PORT=… API_KEY=… ARGS=… on wish
	@$(BIN)/parea-target $(if $(PORT),--port "$(PORT)") $(if $(API_KEY),--api-key "$(API_KEY)") $(ARGS)

faults: $(READY)  ## Which requirement catches each deliberately wrong target
	$(BIN)/python -m faults $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m faults.answers)

false-alarms: $(READY)  ## Is one of two right servers accused at any of 50 seeds
	$(BIN)/python -m faults.alarms $(ARGS)

power: $(READY)  ## How much is found of what nobody thought of: areas left out, and stacks
	$(BIN)/python -m faults.power $(ARGS)

fuzz-client: $(READY)  ## Hostile answers made up by chance, against every way of calling the client
	PYTHONPATH=generated:tests $(BIN)/python -m checks.client.fuzz $(ARGS)

bench-verdict: $(READY)  ## The suite beside plain schemathesis, on the same right and wrong targets
	PYTHONPATH=scripts $(BIN)/python -m bench.verdict $(ARGS)

bench-target: $(READY)  ## The target under load beside a plain route, on SQLite and PostgreSQL; ARGS="--soak 10" on wish
	PYTHONPATH=scripts $(BIN)/python -m bench.target $(ARGS)

docs: $(READY)  ## build/docs: a page of the contract, the reference of the client (needs Node)
	$(BIN)/python scripts/docs.py

lock:  ## Resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --generate-hashes --python-version 3.11 --upgrade \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --output-file requirements.lock

clean:  ## Remove what was made
	rm -rf $(VENV) build reports dist

bench: bench-decode bench-stream bench-tables bench-import  ## Speed and memory of the client

bench-decode: $(READY)  ## Decoding, as a multiple of orjson.loads on the same bytes
	PYTHONPATH=scripts $(BIN)/python -m bench.decode

bench-stream: $(READY)  ## 1,000,000 logs as a stream, and the stream against the list
	PYTHONPATH=scripts $(BIN)/python -m bench.stream

bench-tables: $(READY)  ## 1,000,000 logs into a Parquet file: seconds and memory
	PYTHONPATH=scripts $(BIN)/python -m bench.tables $(ARGS)

bench-import: $(READY)  ## Importing the client, as a multiple of importing httpx
	PYTHONPATH=scripts $(BIN)/python -m bench.imports
