# Installs what a bot requires into a folder of its own, as functions/processor/Makefile does beside the bot. make
# runs it in the repository, with FILE (the bot's requirements.txt) and ARTIFACTS_DIR.

include layers/build.mk

requirements:
	$(call install,$(FILE),$(ARTIFACTS_DIR))
	@$(call compile,/var/task)
