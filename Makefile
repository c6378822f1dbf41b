# `make` alone lists the targets. You need GNU make 3.81 (as on macOS) or newer, Python 3.11 or newer, and git.
# Each target calls the `rejoinder` command in .venv. An author calls that command in a project of their own.
# Every recipe is one simple command. make starts such a command without a shell, so Ctrl-C and SIGTERM reach it.
# With double quotes make would use a shell; with single quotes it does not.

# The Python that makes the environments. Once .venv exists its Python is used, so PYTHON= is needed only once.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
TOOLS := $(PYTHON) -B workbench/tools.py
REJOINDER := .venv/bin/python -m rejoinder.workbench

# What a target gets from variables. $(call option,name,variable) is an option if the variable has a value.
option = $(if $($(2)),--$(1) '$($(2))')
BOT_ := $(call option,bot,BOT)
PORTS := $(call option,aws-port,AWS_PORT) $(call option,sim-port,SIM_PORT)
STACK_ := $(call option,stack,STACK)
ENV_ := $(call option,env,ENV)
YES_ := $(if $(YES),--yes)
SIMULATED := $(call option,runs,N) $(call option,seed,SEED)
DRILL := $(call option,updates,UPDATES) $(call option,contacts,CONTACTS) $(call option,seed,SEED)
REQUESTS := $(call option,requests,N)
TURNS_ := $(call option,turns,TURNS)
TELEGRAM_ := $(if $(TELEGRAM),--telegram-token)
CHANNEL_ := $(call option,channel,CHANNEL)
SHORT_ := $(if $(SHORT),--short,--markdown)
QUICK_ := $(if $(QUICK),--quick)
AT_ONCE_ := $(if $(AT_ONCE),--at-once)
UPGRADE_ := $(if $(UPGRADE),--upgrade)
export REJOINDER_WORDS = $(WORDS)

.DEFAULT_GOAL := help
.PHONY: help setup run demo chat talk invoke events secrets watch stats trace doctor redrive release export debug forget understand test check lint types unit coverage smoke slow simulate chaos drill fuzz bench cost site format build deploy logs lock clean
.NOTPARALLEL:

help: ## Show this list
	@$(TOOLS) help

setup: ## Make .venv (the other targets do this by themselves)
	@$(TOOLS) setup

run: setup ## Run the bot on a local AWS; Ctrl-C stops it (BOT=folder TELEGRAM=1 AWS_PORT= SIM_PORT=)
	@$(REJOINDER) run $(BOT_) $(PORTS) $(TELEGRAM_)

demo: setup ## Run the bot on a local AWS, play its demo.chat on each network, and print what happens (CHANNEL=telegram)
	@$(REJOINDER) demo $(BOT_) $(PORTS) $(CHANNEL_)

chat: setup ## Talk to the bot in this terminal at once, without AWS
	@$(REJOINDER) chat $(BOT_)

understand: setup ## Show what the intents of the bot make of some words (BOT=folder WORDS='where is my order')
	@$(REJOINDER) understand $(BOT_)

talk: setup ## Talk in this terminal to the bot that `make run` runs (CHANNEL=telegram)
	@$(REJOINDER) talk $(CHANNEL_)

invoke: setup ## Run one function of the local AWS on a sample event (FN=ingress EVENT=ingress/text.json)
	@$(REJOINDER) invoke '$(FN)' '$(EVENT)' $(BOT_)

events: setup ## List the sample events
	@$(REJOINDER) events

secrets: setup ## Put the secrets of a real deployment into Secrets Manager (STACK=name)
	@$(REJOINDER) secrets $(STACK_)

watch: setup ## Show how the bot is doing, again and again (STACK=name)
	@$(REJOINDER) watch $(STACK_)

stats: setup ## Print the figures of today (STACK=name)
	@$(REJOINDER) stats $(STACK_)

trace: setup ## Print the life of one message (ID=id STACK=name)
	@$(REJOINDER) trace $(STACK_) $(ID)

doctor: setup ## Look at each point of a deployment, and say what mends it (STACK=name)
	@$(REJOINDER) doctor $(STACK_)

redrive: setup ## List what was set aside, or put it back with ITEMS='id id' or ITEMS=all (STACK=name)
	@$(REJOINDER) redrive $(STACK_) $(ITEMS)

release: setup ## End a handoff, so that the bot speaks to the contact again (CONTACT=number STACK=name)
	@$(REJOINDER) release $(STACK_) '$(CONTACT)'

debug: setup ## Run a talk again in Python's debugger (CONVERSATION=key STACK=name)
	@$(REJOINDER) debug $(BOT_) $(STACK_) '$(CONVERSATION)'

export: setup ## Print everything that is kept of a contact, as JSON (CONTACT=number STACK=name)
	@$(REJOINDER) export $(STACK_) '$(CONTACT)'

forget: setup ## Erase everything that is kept of a contact (CONTACT=number STACK=name YES=1)
	@$(REJOINDER) forget $(STACK_) $(YES_) '$(CONTACT)'

test: setup ## Run the quick checks: lint, types, unit and moto tests, one deployed smoke test
	@$(REJOINDER) repository check test

check: setup ## Run all checks, the slow ones too, and print the bench
	@$(REJOINDER) repository check --quick check

lint: setup ## Check the style
	@$(REJOINDER) repository check lint

types: setup ## Check the types
	@$(REJOINDER) repository check types

unit: setup ## Run the tests that need no deployed stack
	@$(REJOINDER) repository check unit

coverage: setup ## Run the tests of `make unit` and report the branches that they miss
	@$(REJOINDER) repository check coverage

smoke: setup ## Run the deployed smoke test
	@$(REJOINDER) repository check smoke

slow: setup ## Run the slow tests, most of them on the deployed local AWS
	@$(REJOINDER) repository check slow

simulate: setup ## Test the services with every kind of fault, in virtual time (N=runs SEED=first)
	@$(REJOINDER) repository simulate $(SIMULATED)

chaos: setup ## Disturb the local stack and count what is lost, doubled or out of order (UPDATES= CONTACTS= SEED=)
	@$(REJOINDER) repository chaos $(DRILL)

drill: setup ## Plant the fault of each alarm, and see that it rings and that its cure helps (SHORT=1: a few; it writes no page)
	@$(REJOINDER) repository drill $(SHORT_)

fuzz: setup ## Send random requests to the ingress (N=100000)
	@$(REJOINDER) repository fuzz $(REQUESTS)

bench: setup ## Measure cold starts, turns and words, and write docs/performance.md (QUICK=1: print only)
	@$(REJOINDER) repository check $(QUICK_) bench

cost: setup ## Print what a month costs on AWS (TURNS=1000000)
	@$(REJOINDER) repository cost $(TURNS_)

site: setup ## Build the documentation as a site, into .tools/pages/site
	@$(REJOINDER) repository check site

format: setup ## Format the code
	@$(REJOINDER) repository check format

build: setup ## Build layers and functions for Lambda, and print their size
	@$(REJOINDER) build $(BOT_)

deploy: setup ## Deploy to your AWS account; it asks before it changes anything (ENV=dev AT_ONCE=1)
	@$(REJOINDER) deploy $(BOT_) $(ENV_) $(AT_ONCE_)

logs: setup ## Follow the logs of all functions (STACK=name)
	@$(REJOINDER) logs $(STACK_)

lock: setup ## Compile the requirements files again (UPGRADE=1: with newer versions)
	@$(REJOINDER) repository lock $(UPGRADE_)

clean: ## Remove everything that these targets have made
	@$(TOOLS) clean
