# Two commands matter: `make demo` and `make test`. Each does its own set-up.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY := $(VENV)/.ready
OUTPUT ?= release
# One worker per processor, at most four: the suite is small.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); [ $$n -gt 4 ] && echo 4 || echo $$n)

# Compiled modules are kept: some containers forbid it, and each process that a test starts would compile them again.
export PYTHONDONTWRITEBYTECODE :=
TESTS = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# One after another: many stop a part of the one CKAN that all use.
SERVERS = $(BIN)/python -m pytest tests/servers

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all nightly readers clients eurio check bench fuzz docs lock sbom audit clean ckan ckan-stop ckan-reset

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) $(VENV)/.texts  ## install the locked dependencies and this project into .venv

$(READY): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || { echo "Making the environment $(VENV)"; "$(PYTHON)" -m venv $(VENV); } || { echo "Python's venv module is missing (Debian: apt install python3-venv)" >&2; exit 2; }
	@echo "Installing the locked dependencies ($$(grep -c == requirements.lock) packages, about a minute)"
	@$(PIP) --require-hashes -r requirements.lock
	@echo "Installing st-opendata"
	@$(PIP) --no-deps --no-build-isolation -e '.[all]'
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.texts: $(READY) $(wildcard src/st_opendata/messages/locale/*/LC_MESSAGES/*.po)
	@$(BIN)/python tools/texts.py --compile
	@touch $@

demo: setup  ## build the Smarter Together catalogue, ask it three questions, say where the release is
	$(BIN)/st-opendata demo --output $(OUTPUT)

test: setup  ## run the tests but for the slow ones (about two minutes on two processors)
	@echo "Running the tests with $(WORKERS) workers; those marked slow are left to make test-all"
	@$(TESTS) -m 'not slow' --ignore tests/servers

test-all: setup  ## run all tests, with many examples of each property
	@ST_FULL=1 $(TESTS) --ignore tests/servers
	@ST_FULL=1 $(SERVERS)

nightly: setup  ## run all tests with full numbers of kills and examples, and the road of 35,000 projects (two hours)
	@ST_FULL=1 ST_PAIRS=1 ST_EXAMPLES=1000 ST_DRAFTS=1000 $(TESTS) --timeout 3000 --ignore tests/servers
	@$(BIN)/python bench/road.py --projects 35000 --slack 2
	@ST_FULL=1 ST_KILLS=100 ST_WORKER_KILLS=25 $(SERVERS)

readers: setup  ## read the portal's downloads with pandas, polars, mlcroissant and others, which this installs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-readers.lock
	ST_REQUIRE=readers $(BIN)/python -m pytest -m readers tests/unit

clients: setup  ## ask with Jena, RDF4J and Comunica, which this fetches (needs Java and Maven)
	$(BIN)/python services/clients
	ST_REQUIRE=clients $(BIN)/python -m pytest tests/servers/test_clients.py tests/servers/test_jena.py

eurio: setup  ## get the queries that others published for CORDIS from GitHub (or FROM=...), and ask our facts
	$(BIN)/python tests/docs/eurio.py $(if $(FROM),--from "$(FROM)")
	$(BIN)/python -m pytest -rs tests/docs/test_eurio.py

check: setup  ## lint, types, import layers, budgets, generated documents
	$(BIN)/ruff check src tests bench services tools browser hatch_build.py
	$(BIN)/ruff format --check src tests bench services tools browser hatch_build.py
	$(BIN)/mypy
	$(BIN)/mypy services/ckan/*.py
	$(BIN)/mypy services/clients/*.py
	$(BIN)/mypy tools/*.py
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest --quiet tests/architecture
	$(BIN)/python docs/generate.py --check

docs: setup  ## write the generated documents again: commands, findings, the model
	$(BIN)/python docs/generate.py

bench: setup  ## run all benchmarks; each prints ratios against its peers
	@failed=; for bench in bench/*.py bench/encodings/*.py; do echo "== $$bench"; $(BIN)/python $$bench || failed="$$failed $$bench"; done; \
	  test -z "$$failed" || { echo "Missed its goals or failed:$$failed" >&2; exit 1; }

fuzz: setup  ## fuzz every reader with 10,000 inputs of each kind and engine (some hours on 2 processors)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'atheris>=3'
	nice -n 5 $(BIN)/python tests/fuzz/run.py

lock: setup  ## write requirements.lock and requirements-readers.lock again, with the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra all pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --constraint requirements.lock --extra readers pyproject.toml \
	  --output-file requirements-readers.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --constraint requirements.lock --extra audit pyproject.toml \
	  --output-file requirements-audit.lock

AUDIT := build/audit
$(AUDIT)/.ready: requirements-audit.lock $(READY)
	@test -x $(AUDIT)/bin/python || $(BIN)/python -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@

sbom: setup $(AUDIT)/.ready  ## write build/sbom.cdx.json: what is locked, as a CycloneDX bill of materials
	@$(AUDIT)/bin/python tools/sbom.py --packages "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" --output build/sbom.cdx.json

audit: setup $(AUDIT)/.ready  ## ask for known advisories against what is locked, where the network allows
	@$(AUDIT)/bin/python tools/audit.py

ckan: setup  ## start a CKAN at http://127.0.0.1:5000, installed if need be; publish Smarter Together there and verify it
	@"$(PYTHON)" services/ckan start
	@$(BIN)/st-opendata build --output build/ckan-release
	@"$(PYTHON)" services/ckan/publish.py $(BIN)/st-opendata build/ckan-release

ckan-stop:  ## stop it
	@"$(PYTHON)" services/ckan stop

ckan-reset: setup  ## empty it and start it again
	@"$(PYTHON)" services/ckan reset

clean:  ## remove what make and the tools made
	rm -rf $(VENV) build dist release .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
