# Every target can be run twice; each says what it does while it takes long.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
CLUSTER ?= $(or $(TELELENS_CLUSTER),telelens)
LOCALKUBE := PYTHONPATH=tests/cluster $(BIN)/python -m localkube
IMAGES := PYTHONPATH=cluster/images $(BIN)/python -m imagebuilder
CACHE := $${XDG_CACHE_HOME:-$$HOME/.cache}/telelens
EDITOR := PYTHONPATH=tests/cluster:tests/editor $(BIN)/python -m realeditor
NPM := npm --prefix vscode-extension
VSIX := dist/telelens.vsix
# Three workers, each with a cluster of its own, in the order of tests/conftest.py: while one waits for pods, two keep two
# processors busy. Another's cluster is used by one at a time.
WORKERS := $(if $(TELELENS_KUBECONFIG),,--numprocesses=3 --dist=loadfile --no-loadscope-reorder)
STAMP := .venv/.set-up-from-$(shell cat requirements.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)

NODE_STAMP := vscode-extension/node_modules/.set-up-from-$(shell sha256sum < vscode-extension/package-lock.json | cut -c1-16)

.PHONY: help setup demo test check test-unit explore vsix cluster cluster-down cluster-load images bench-intercept bench-lsp generate template-cases lock

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

setup: $(STAMP) $(NODE_STAMP)  ## .venv, node modules and the editor of the tests: everything the project needs
	@$(EDITOR)

$(STAMP): requirements.lock pyproject.toml
	@echo "setup: installing $$(grep -c == requirements.lock) locked packages into .venv (half a minute)" >&2
	@for tool in go cc make; do command -v $$tool >/dev/null || { echo "setup: $$tool is missing" >&2; exit 1; }; done
	@go version | grep -qE ' go1\.(2[1-9]|[3-9][0-9])' || { echo "setup: Go 1.21 or newer is needed, this is $$(go version)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("setup: Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@$(LOCALKUBE) packages
	@rm -f .venv/.set-up-from-*; touch $@

$(NODE_STAMP): vscode-extension/package-lock.json
	@echo "setup: installing the extension's node modules (half a minute)" >&2
	@for tool in node npm; do command -v $$tool >/dev/null || { echo "setup: $$tool is missing (node 20 or newer)" >&2; exit 1; }; done
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || { echo "setup: node 20 or newer is needed, this is $$(node --version)" >&2; exit 1; }
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

demo: cluster images  ## a cluster if none is at hand, the sample application, an intercept, proof that it works
	@$(BIN)/telelens demo

test: setup  ## everything: checks, unit tests, tests on the real cluster and in a real editor
	@$(MAKE) --jobs=2 --output-sync=target check images vsix
	@$(NPM) test --silent
	@TELELENS_CLUSTER=$(CLUSTER) $(BIN)/pytest $(WORKERS)

check: setup  ## ruff, mypy strict, import-linter; tsc, eslint, prettier
	@$(BIN)/ruff format --check -q . || { echo "check: run .venv/bin/ruff format" >&2; exit 1; }
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@$(NPM) run --silent check

test-unit: setup  ## unit tests: some minutes, without cluster and editor
	@$(NPM) test --silent
	@$(BIN)/pytest tests/unit --numprocesses=3 --dist=worksteal

explore: setup  ## property tests with other examples than `make test` has, different ones each time
	@HYPOTHESIS_PROFILE=exploring $(BIN)/pytest tests/unit -m hypothesis --numprocesses=2 --dist=worksteal

vsix: setup  ## the extension as a file to install, with all that it needs; says its size
	@$(BIN)/python vscode-extension/vsix.py $(VSIX)

cluster: setup  ## a real Kubernetes; the last line is KUBECONFIG=<path>
	@if [ -n "$${TELELENS_KUBECONFIG:-}" ]; then echo "KUBECONFIG=$$TELELENS_KUBECONFIG"; \
	else $(LOCALKUBE) up --name $(CLUSTER); fi

cluster-down: setup  ## ends it and leaves nothing behind
	@$(LOCALKUBE) down --name $(CLUSTER)
	@$(LOCALKUBE) down --name $(CLUSTER)-beside1
	@$(LOCALKUBE) down --name $(CLUSTER)-beside2

cluster-load: setup  ## IMAGE=x.tar: puts an image on the cluster's node
	@$(LOCALKUBE) load --name $(CLUSTER) $(IMAGE)

images: cluster  ## the project's images, without Docker, loaded into the project's own cluster
	@mkdir -p $(CACHE)
	@$(IMAGES) build --out $(CACHE)/images.tar >/dev/null
	@if [ -n "$${TELELENS_KUBECONFIG:-}" ]; then echo "images: $(CACHE)/images.tar; put it on your cluster's nodes" >&2; \
	else $(LOCALKUBE) load --name $(CLUSTER) $(CACHE)/images.tar >/dev/null; fi

bench-intercept: cluster images  ## what an intercept costs, as a table and as JSON
	@$(BIN)/python -m tests.bench.intercept

PEER := tests/bench/lsp
PEER_STAMP := $(PEER)/node_modules/.set-up-from-$(shell cat $(PEER)/package*.json | sha256sum | cut -c1-16)

bench-lsp: setup $(PEER_STAMP)  ## what an editor waits for, beside yaml-language-server, as tables and as JSON
	@$(BIN)/python -m tests.bench.lsp

$(PEER_STAMP): $(PEER)/package-lock.json
	@echo "bench: installing yaml-language-server (a few seconds)" >&2
	@npm --prefix $(PEER) ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

generate: setup  ## protobuf modules, CRDs and the server's capabilities from their sources
	@$(BIN)/python schemas/generate.py
	@$(BIN)/python -m telelens_schemas.resources
	@$(BIN)/python -m telelens_schemas.specification.published
	@$(BIN)/python -m telelens_server.handshake

template-cases:  ## the table of template cases, expanded by Go (wants Go)
	@cd tests/unit/schemas/templates/golang && go run . table cases table.json

lock: setup  ## requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --all-extras --python-version 3.11 pyproject.toml -o requirements.lock
	@$(IMAGES) lock
