# Everything from a clean clone with python3 (3.11 or later), make and git. Each target sets up .venv by itself.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The last letter: what was skipped, with the reason, stands at the end of each run.
PYTEST := $(BIN)/python -m pytest --durations=10 -rfEPs
# Spread over the processors; what one file makes for its tests is made once.
PARALLEL := $(PYTEST) -n logical
FILES := --dist loadfile
REST := tests $(addprefix --ignore=tests/,unit oracle contract simulation live)

.DELETE_ON_ERROR:
.PHONY: help demo test prove check elsewhere golden bench venv lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: venv  ## a whole organisation on this machine, with alarms and a live view; Ctrl-C ends all of it
	@$(BIN)/rytmi demo

# All three parts run, whatever comes of the first; on a broker, what measures time has the machine for itself.
test: check  ## everything once: check, then measures, screens, stories, and all that needs a real broker
	@echo "== measures against their oracle, screens, rules, stories"
	@$(PARALLEL) $(FILES) $(REST); rest=$$?; \
		echo "== on a real broker"; $(PARALLEL) $(FILES) -m "not memory and not alone" tests/contract tests/live; live=$$?; \
		echo "== on a real broker, one test at a time"; $(PYTEST) -m alone tests/live; alone=$$?; \
		[ $$rest -eq 0 ] && [ $$live -eq 0 ] && [ $$alone -eq 0 ]

prove: venv  ## the numbers: 10,000 cases and schedules, 20 instants, fire, faults put in on purpose; hours
	@RYTMI_TIER=prove $(PARALLEL) $(FILES) -m "not live" tests; rest=$$?; \
		echo "== on a real broker"; RYTMI_TIER=prove $(PYTEST) -m "live and not memory" tests/contract tests/live; live=$$?; \
		[ $$rest -eq 0 ] && [ $$live -eq 0 ]

check: venv  ## format, lint, types, imports, unit tests, the core against its oracle, simulated schedules
	@echo "== format"
	@$(BIN)/ruff format --check .
	@echo "== lint"
	@$(BIN)/ruff check .
	@echo "== types"
	@$(BIN)/mypy
	@echo "== imports"
	@$(BIN)/lint-imports
	@echo "== unit tests, the core against its oracle, simulated schedules"
	@$(PARALLEL) --dist worksteal -m "not live" tests/unit tests/oracle tests/contract tests/simulation

# What a process reads of the clock is shifted, never the clock itself. Only ahead: shifted back, librdkafka's threads wait
# for instants that have long passed. A Sunday on which an hour comes twice, a leap day, the first minutes of a year.
define away
	@echo "== unit tests at $(1) in $(2), locale $(3), user $(4)"
	@TZ=$(2) LC_ALL=$(3) USER=$(4) LOGNAME=$(4) FAKETIME_DONT_FAKE_MONOTONIC=1 PYTHONPATH=tests/elsewhere \
		faketime -f "@$(1)" $(PARALLEL) --dist worksteal tests/unit tests/oracle
endef

elsewhere: venv  ## the unit tests on other days, in other zones and locales, as other users; needs faketime
	@command -v faketime >/dev/null \
		|| { echo "faketime is not there. On Debian and Ubuntu: apt-get install faketime" >&2; exit 1; }
	$(call away,2032-10-31 06:30:00,Asia/Kathmandu,fi_FI.UTF-8,maija)
	$(call away,2032-02-29 23:55:00,Pacific/Auckland,tr_TR.UTF-8,ışık)
	$(call away,2033-01-01 00:05:00,America/St_Johns,C,root)

golden: venv  ## write the golden files anew, less what is pinned; look at the difference before it is committed
	@$(BIN)/python -m pytest tests/golden --golden

bench: venv  ## measure: events a second, CPU, memory, transactions
	@$(BIN)/python -m tests.bench

venv: $(READY)  ## .venv with the locked packages

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is not there, or older than 3.11: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo "$(PYTHON) cannot make virtual environments (no ensurepip). On Debian and Ubuntu:" \
			"apt-get install python3-venv; elsewhere: make PYTHON=/path/to/another/python3 ..." >&2; exit 1; }
	@[ -x $(BIN)/pip ] || { echo "== making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "== installing the locked packages (the first time a minute or so)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The lock is made for all Pythons and systems that pyproject.toml allows. uv is needed for that alone, so it is not in it.
lock: venv  ## resolve pyproject.toml anew into requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --upgrade --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" pyproject.toml --output-file requirements.lock

clean:  ## remove .venv and caches; the local broker's data in .rytmi stays
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
