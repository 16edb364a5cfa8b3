.DEFAULT_GOAL := help
.PHONY: run test check benchmark soak clean help

# On Linux the tests bring their own sound server, and may not be skipped for want of one.
NEED_AUDIO := $(if $(filter Linux,$(shell uname)),1)

run: ## set up, then start the foot bath; without microphone or loudspeaker a simulated person plays it
	@scripts/setup
	@mkdir -p out
	@.venv/bin/voice-coach run foot-bath --room-without-devices out/foot-bath.wav

TESTS := VOICE_COACH_NEED_AUDIO=$(NEED_AUDIO) .venv/bin/python -m pytest

# Live sessions depend on the machine's pace, so they alone get one more chance, each with the machine to itself.
test: check ## set up, then lint, check types and run all tests
	$(TESTS) -n auto --dist worksteal --max-worker-restart=0 --ignore=tests/live
	$(TESTS) -n auto tests/live || $(TESTS) tests/live --last-failed --last-failed-no-failures none

check: ## set up, then only lint and check types
	@scripts/setup tests
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

benchmark: ## set up, then measure; with SPEECH=DIR (recordings of people) in full; the figures go to out/
	@scripts/setup tests
	@mkdir -p out
	.venv/bin/python -m benchmarks.speed --json out/speed.json
	.venv/bin/python -m benchmarks.menu --json out/menu.json
	.venv/bin/python -m benchmarks.journal --json out/journal.json
	.venv/bin/python -m benchmarks.hearing $(if $(SPEECH),--speech "$(SPEECH)",--quick) --json out/hearing.json
	$(if $(SPEECH),.venv/bin/python -m benchmarks.words --speech "$(SPEECH)" --json out/words.json)
	.venv/bin/python -m benchmarks.badinput --json out/badinput.json
	.venv/bin/python -m benchmarks.faults --json out/faults.json

# The nightly form: `make soak` alone takes two hours or more: 8 hours of sound, and half an hour live.
HOURS ?= 8
LIVE_MINUTES ?= 30
soak: ## set up, then coach without end: HOURS=8 of sound, then LIVE_MINUTES=30 in real time; SPEECH=folder of talk
	@scripts/setup tests
	@mkdir -p out
	.venv/bin/python -m benchmarks.soak --hours $(HOURS) --live $(LIVE_MINUTES) $(if $(SPEECH),--speech $(SPEECH)) \
		--json out/soak.json

clean: ## remove what make made
	rm -rf .venv out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1: /p' Makefile
