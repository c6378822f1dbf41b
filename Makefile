# `make` alone lists the targets. You need GNU make 3.81 (as on macOS) or newer, Python 3.11 or newer, and git.
# Every recipe is one simple command. make starts such a command without a shell, so Ctrl-C and SIGTERM reach it.
# With double quotes make would use a shell; with single quotes it does not.

# The Python that makes the environments. Once .venv exists its Python is used, so PYTHON= is needed only once.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
VENV := .venv/bin/python
BOT ?= bot
export BOT
export WORDS
export QUICK

.DEFAULT_GOAL := help
.PHONY: help setup tools run demo chat talk invoke secrets redrive release export forget understand test check lint types unit coverage smoke slow simulate chaos fuzz bench cost format build deploy lock clean
.NOTPARALLEL:

help: ## Show this list
	@$(PYTHON) -B workbench/tools.py help

setup: ## Make .venv (the other targets do this by themselves)
	@$(PYTHON) -B workbench/tools.py setup

tools: setup
	@$(PYTHON) -B workbench/tools.py setup sam ministack

run: setup ## Run the bot on a local AWS; Ctrl-C stops it (BOT=folder AWS_PORT= SIM_PORT=)
	@$(VENV) -m rejoinder.workbench run

demo: setup ## Run the bot on a local AWS, play its demo.chat, and print what happens
	@$(VENV) -m rejoinder.workbench demo

chat: setup ## Talk to the bot in this terminal at once, without AWS
	@$(VENV) -m rejoinder.workbench chat

understand: setup ## Show what the intents of the bot make of some words (BOT=folder WORDS='where is my order')
	@$(VENV) -m rejoinder.workbench understand

talk: setup ## Talk in this terminal to the bot that `make run` runs
	@$(VENV) -m rejoinder.workbench talk

invoke: setup ## Run one function of the local AWS on a sample event (FN=ingress EVENT=events/….json)
	@$(VENV) -m rejoinder.workbench invoke '$(FN)' '$(EVENT)'

secrets: setup ## Put the secrets of a real deployment into Secrets Manager (STACK=name)
	@$(VENV) -m rejoinder.workbench secrets '$(STACK)'

redrive: setup ## List what was set aside, or put it back with ITEMS='id id' or ITEMS=all (STACK=name)
	@$(VENV) -m rejoinder.workbench redrive '$(STACK)' '$(ITEMS)'

release: setup ## End a handoff, so that the bot speaks to the contact again (CONTACT=number STACK=name)
	@$(VENV) -m rejoinder.workbench release '$(STACK)' '$(CONTACT)'

export: setup ## Print everything that is kept of a contact, as JSON (CONTACT=number STACK=name)
	@$(VENV) -m rejoinder.workbench export '$(STACK)' '$(CONTACT)'

forget: setup ## Erase everything that is kept of a contact (CONTACT=number STACK=name YES=1)
	@$(VENV) -m rejoinder.workbench forget '$(STACK)' '$(CONTACT)' '$(YES)'

test: lint types unit smoke ## Run the quick checks: lint, types, unit and moto tests, one deployed smoke test

check: QUICK = 1
check: lint types coverage smoke slow bench ## Run all checks, the slow ones too, and print the bench

lint: setup ## Check the style
	@$(VENV) -m ruff check --cache-dir .tools/cache/ruff
	@$(VENV) -m ruff format --check --cache-dir .tools/cache/ruff

types: setup ## Check the types
	@$(VENV) -m mypy

unit: setup ## Run the tests that need no deployed stack
	@$(VENV) -m pytest -q -n auto -m 'not stack and not slow'

coverage: setup ## Run the tests of `make unit` and report the branches that they miss
	@$(VENV) -m coverage erase
	@$(VENV) -m coverage run -m pytest -q -n auto -m 'not stack and not slow'
	@$(VENV) -m coverage combine -q
	@$(VENV) -m coverage report --skip-covered --fail-under=98.5

smoke: tools ## Run the deployed smoke test
	@$(VENV) -m pytest -q -m 'stack and not slow'

slow: tools ## Run the slow tests, most of them on the deployed local AWS
	@$(VENV) -m pytest -q -n auto -m 'slow and not stack'
	@$(VENV) -m pytest -q -m 'slow and stack'

simulate: setup ## Test the services with every kind of fault, in virtual time (N=runs SEED=first)
	@$(VENV) -m tests.simulation '$(N)' '$(SEED)'

chaos: tools ## Disturb the local stack and count what is lost, doubled or out of order (UPDATES= CONTACTS= SEED=)
	@$(VENV) -m rejoinder.workbench chaos

fuzz: setup ## Send random requests to the ingress (N=100000)
	@$(VENV) -m tests.fuzz '$(N)'

bench: setup ## Measure cold starts, turns and words, and write docs/performance.md (QUICK=1: print only)
	@$(VENV) -m rejoinder.workbench.bench

cost: setup ## Print what a month costs on AWS (TURNS=1000000)
	@$(VENV) -m rejoinder.workbench cost '$(TURNS)'

format: setup ## Format the code
	@$(VENV) -m ruff format --cache-dir .tools/cache/ruff
	@$(VENV) -m ruff check --fix --cache-dir .tools/cache/ruff

build: setup ## Build layers and functions for AWS, into .aws-sam
	@$(VENV) -m rejoinder.workbench.tools sam build

deploy: build ## Deploy to your AWS account (it asks for the parameters)
	@$(VENV) -m rejoinder.workbench.tools sam deploy --guided

lock: setup ## Compile the requirements files again (UPGRADE=1: with newer versions)
	@$(VENV) -m rejoinder.workbench.tools lock '$(UPGRADE)'

clean: ## Remove everything that these targets have made
	@$(PYTHON) -B workbench/tools.py clean
