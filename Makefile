# `make` alone shows what there is. Works with GNU make 3.81 (macOS) and needs only Python 3.11+ and git beside it.
# Every recipe is one plain command: make starts it without a shell in between, so that Ctrl-C and SIGTERM reach it
# (double quotes would bring the shell in, single ones do not).

# The Python that makes the environments. Once .venv is there it is the one of .venv: PYTHON=python3.13 is said once.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
VENV := .venv/bin/python
BOT ?= bot
export BOT

.DEFAULT_GOAL := help
.PHONY: help setup tools run demo chat talk invoke secrets redrive release export forget test check lint types unit smoke slow simulate chaos fuzz bench format build deploy lock clean
.NOTPARALLEL:

help: ## Show this list
	@$(PYTHON) -B workbench/tools.py help

setup: ## Make .venv (the other targets do this by themselves)
	@$(PYTHON) -B workbench/tools.py setup

tools: setup
	@$(PYTHON) -B workbench/tools.py setup sam ministack

run: setup ## Run the bot on a local AWS; Ctrl-C stops it (BOT=folder AWS_PORT= SIM_PORT=)
	@$(VENV) -m workbench run

demo: setup ## The same, then play the bot's demo.chat and print what happened
	@$(VENV) -m workbench demo

chat: setup ## Talk to the bot in this terminal at once, without AWS
	@$(VENV) -m workbench chat

talk: setup ## Talk in this terminal to the bot that `make run` runs
	@$(VENV) -m workbench talk

invoke: setup ## Run one function on a sample event (FN=ingress EVENT=events/….json)
	@$(VENV) -m workbench invoke '$(FN)' '$(EVENT)'

secrets: setup ## Put the secrets of a real deployment into Secrets Manager (STACK=name)
	@$(VENV) -m workbench secrets '$(STACK)'

redrive: setup ## List what was set aside; ITEMS='id id' or ITEMS=all puts it back (STACK=name)
	@$(VENV) -m workbench redrive '$(STACK)' '$(ITEMS)'

release: setup ## Let the bot speak again after a person did (CONTACT=number STACK=name)
	@$(VENV) -m workbench release '$(STACK)' '$(CONTACT)'

export: setup ## Print all that is kept of a contact, as JSON (CONTACT=number STACK=name)
	@$(VENV) -m workbench export '$(STACK)' '$(CONTACT)'

forget: setup ## Erase all that is kept of a contact (CONTACT=number STACK=name YES=1)
	@$(VENV) -m workbench forget '$(STACK)' '$(CONTACT)' '$(YES)'

test: lint types unit smoke ## Everything quick: lint, types, unit and moto tests, one deployed smoke test

check: test slow ## That and everything slower

lint: setup ## Style
	@$(VENV) -m ruff check --cache-dir .tools/cache/ruff
	@$(VENV) -m ruff format --check --cache-dir .tools/cache/ruff

types: setup ## Types
	@$(VENV) -m mypy

unit: setup ## Tests that need no deployed stack
	@$(VENV) -m pytest -q -n auto -m 'not stack and not slow'

smoke: tools ## The deployed smoke test
	@$(VENV) -m pytest -q -m 'stack and not slow'

slow: tools ## The slower tests, most of them on the deployed local AWS
	@$(VENV) -m pytest -q -m 'slow'

simulate: setup ## Try the services under every fault, in virtual time (N=runs SEED=first)
	@$(VENV) -m tests.simulation '$(N)' '$(SEED)'

chaos: tools ## Fire on the local stack: what is lost, doubled, out of order? (UPDATES= CONTACTS= SEED=)
	@$(VENV) -m workbench chaos

fuzz: setup ## Throw requests at the ingress (N=100000)
	@$(VENV) -m tests.fuzz '$(N)'

bench: setup ## Measure what a turn costs (docs/performance.md)
	@$(VENV) -m workbench.bench

format: setup ## Put the code into its form
	@$(VENV) -m ruff format --cache-dir .tools/cache/ruff
	@$(VENV) -m ruff check --fix --cache-dir .tools/cache/ruff

build: setup ## Build what is deployed, for AWS, into .aws-sam
	@$(VENV) -m workbench.tools sam build

deploy: build ## Deploy to your AWS account (asks what it needs)
	@$(VENV) -m workbench.tools sam deploy --guided

lock: setup ## Compile the requirements files again (UPGRADE=1 raises the versions)
	@$(VENV) -m workbench.tools lock '$(UPGRADE)'

clean: ## Remove everything that was made here
	@$(PYTHON) -B workbench/tools.py clean
