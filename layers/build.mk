# How `sam build` makes what is deployed, for the Python and processor that will run it. It calls the target
# build-<logical id> of the Makefile beside the code, with ARTIFACTS_DIR; those Makefiles include this file.
#
#   REJOINDER_TARGET=here         build for this machine (the local AWS); otherwise for Lambda:
#   REJOINDER_RUNTIME             the template's PythonRuntime
#   REJOINDER_ARCHITECTURE        the template's Architecture
#   REJOINDER_PIP_PYTHON          whose pip and botocore are used; any Python's will do for Lambda
#   REJOINDER_COMPILER            an interpreter of that runtime, if it is not on PATH under the runtime's name

REJOINDER_RUNTIME ?= python3.13
REJOINDER_ARCHITECTURE ?= arm64
REJOINDER_PIP_PYTHON ?= python3
PIP = "$(REJOINDER_PIP_PYTHON)" -m pip install -q --disable-pip-version-check --no-input --no-compile

ifeq ($(REJOINDER_TARGET),here)
TARGET_PYTHON = $(REJOINDER_PIP_PYTHON)
FOR_TARGET =
else
ifeq ($(filter $(REJOINDER_ARCHITECTURE),arm64 x86_64),)
$(error REJOINDER_ARCHITECTURE is arm64 or x86_64, not '$(REJOINDER_ARCHITECTURE)')
endif
TARGET_PYTHON = $(or $(REJOINDER_COMPILER),$(REJOINDER_RUNTIME))
# manylinux2014 runs on every Lambda runtime; wheels only, since nothing can be compiled for another machine.
FOR_TARGET = --platform manylinux2014_$(subst arm64,aarch64,$(REJOINDER_ARCHITECTURE)) --implementation cp \
	--python-version $(patsubst python%,%,$(REJOINDER_RUNTIME)) --only-binary :all:
endif

# $(call install,requirements file,folder)
# pip looks for `./mine.whl` in the folder that it is called in, which here is that of the file.
# The commands of packages go: nothing calls them in Lambda, and their first line is the path of a Python here, so
# that a build on another machine would be another one.
install = cd "$$(dirname "$(1)")" && $(PIP) $(FOR_TARGET) -r "$$(basename "$(1)")" --target "$(2)" && rm -rf "$(2)/bin" \
	&& for record in "$(2)"/*.dist-info/RECORD; do test ! -f "$$record" || $(WITHOUT_COMMANDS) "$$record"; done
WITHOUT_COMMANDS = "$(REJOINDER_PIP_PYTHON)" -c 'import sys; from pathlib import Path; file = Path(sys.argv[1]); \
	file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("../../bin/")))'

# $(call compile,where it lies in Lambda)
# Lambda's folders are read-only: without bytecode each cold start compiles everything, and takes half as long again.
# So a build without it fails. Only the target's own minor version can make it; by hash and unchecked, because
# zipping changes the files' times.
MINOR = $(patsubst python%,%,$(REJOINDER_RUNTIME))
IS_IT = import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(MINOR)")
COMPILE = "$(TARGET_PYTHON)" -m compileall -q --invalidation-mode unchecked-hash
ifeq ($(REJOINDER_TARGET),here)
compile = $(COMPILE) -s "$(ARTIFACTS_DIR)" -p $(1) "$(ARTIFACTS_DIR)"
else
compile = if "$(TARGET_PYTHON)" -c '$(IS_IT)' 2>/dev/null; \
	then $(COMPILE) -s "$(ARTIFACTS_DIR)" -p $(1) "$(ARTIFACTS_DIR)"; \
	else echo "rejoinder: no Python $(MINOR) that starts: without its bytecode each cold start takes half as long again." \
	"Install it, or build for a Python that you have: REJOINDER_RUNTIME=python3.12" >&2; exit 1; fi
endif
