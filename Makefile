# `make` alone lists what can be made.  Nothing but Python 3.11, its venv module and make has to be there.
SHELL := /bin/sh
PORT ?= 8000
PY := .venv/bin/python
NODE_PATHS := PATH="$(CURDIR)/.venv/node-bin:$$PATH"
PACKAGES := app core evaluation indicators nlp sms staff telephony tickets web
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev tools run test test-long check check-python check-page fix bench bench-full ui lock screens clean

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything the product needs into .venv and build the page
	@sh deploy/setup/venv.sh run
	@sh deploy/setup/page.sh build

run: setup ## serve the demo city with the built-in telephone exchange (PORT=8000)
	@exec .venv/bin/hotline demo --port $(PORT)

test: setup-dev tools check ## everything: checks, the page's tests, both databases, Asterisk, RabbitMQ, a browser
	@cd web/ui && $(NODE_PATHS) npm run --silent test
	@$(PY) deploy/setup/suite.py

test-long: setup-dev tools ## the long walks and kill tables as well
	@$(PY) deploy/setup/suite.py --long

check: setup-dev check-python check-page ## format, lint, types, imports; both languages

fix: setup-dev ## mend what the tools can mend
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@cd web/ui && $(NODE_PATHS) npm run --silent types && $(NODE_PATHS) npm run --silent fix

bench: setup-dev ## measure the speeds of docs/ARCHITECTURE.md; writes build/bench.json
	@$(PY) -m bench

bench-full: setup-dev ## the same with a million rows, kept in build/million (FRESH=1 loads them again)
	@$(PY) -m bench --full $(if $(FRESH),--fresh)

ui: ## build the page
	@sh deploy/setup/venv.sh run
	@sh deploy/setup/page.sh build

screens: setup-dev ## take the pictures in docs/screens
	@$(PY) -m tests.browser.screens

lock: setup-dev ## write the locks again from pyproject.toml
	@sh deploy/setup/lock.sh

clean: ## remove what was built (not .venv, not your data)
	rm -rf build web/ui/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

setup-dev:
	@sh deploy/setup/venv.sh dev
	@sh deploy/setup/page.sh build

tools:
	@sh deploy/setup/test-tools.sh

check-python:
	@$(PY) -m ruff format --check --quiet . || { echo "Not formatted: run 'make fix'."; exit 1; }
	@$(PY) -m ruff check --quiet --output-format concise .
	@$(PY) -m mypy --no-error-summary
	@mkdir -p build; .venv/bin/lint-imports >build/imports.log 2>&1 || { cat build/imports.log; exit 1; }

check-page:
	@cd web/ui && $(NODE_PATHS) npm run --silent check
