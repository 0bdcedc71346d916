# What people do here; 'make help' lists it. Needs Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Without a Helm on PATH the embedded engine checks the charts.
EXTRA  := $(if $(shell command -v helm 2>/dev/null),,[helm])
# Further arguments of the command behind a target: make charts ARGS="--jobs 1 openim-api"
ARGS   ?=
# Where 'make publish' puts the charts: the branch that GitHub Pages serves.
TO     ?= git+$(shell git remote get-url origin 2>/dev/null)\#gh-pages

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help charts lint test golden docs bench publish serve dev clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

charts: $(VENV)/tool ## Build the Helm repository in dist/charts/
	@$(BIN)/openim-charts build $(ARGS)

lint: $(VENV)/dev ## Check style and types of the code, then all charts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/openim-charts lint $(ARGS)

test: $(VENV)/dev ## Run all tests; those for a cluster need KUBECONFIG
	$(BIN)/pytest -n 3 --dist loadgroup $(ARGS)

golden: $(VENV)/dev ## Accept charts, manifests and notes as they are now, and say what changed
	$(BIN)/pytest -n 2 -q --update-golden --snapshot-update tests/product/charts/test_golden.py \
		tests/product/charts/test_manifests.py tests/product/features/test_notes.py \
		tests/product/middleware/test_preset_sizes.py tests/imports $(ARGS)
	@git add --intent-to-add tests/golden && git --no-pager diff --stat -- tests README.md

docs: $(VENV)/dev ## Write the documents that are made from schemas, values and rules
	$(BIN)/python scripts/make-docs

bench: $(VENV)/dev ## Measure builds side by side with the Helm command line
	$(BIN)/python scripts/bench $(ARGS)

publish: $(VENV)/tool charts ## Merge dist/charts/ into the published repository
	@$(BIN)/openim-charts publish --to "$(TO)" $(ARGS)

serve: $(VENV)/tool charts ## Serve dist/charts/ on loopback
	@$(BIN)/openim-charts serve $(ARGS)

dev: $(VENV)/dev ## Install the tool and what its developers need in .venv/

clean: ## Remove everything that was made here
	rm -rf $(VENV) dist build *.egg-info .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A stamp for each set of packages; pyproject.toml decides when it is out of date.
$(VENV)/tool: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.$(EXTRA)'
	@touch $@

$(VENV)/dev: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[helm,sign,browser,dev]'
	@touch $@ $(VENV)/tool

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
