# make demo   a workspace with 60 sample leads, synced: look at what comes out
# make demo-google   the same with a Google spreadsheet, without a Google account
# make test   the fast tests (under five minutes on two cores)
# make check  all that .ci/run does: tests, lint, types, the slower tiers
# Each makes its own virtual environment in .venv from plain python3 >= 3.11.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DEMO   ?= demo
CORES  := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
TESTERS ?= $(shell expr $(CORES) + 1)  # a third of the time a test waits for a process of its own

.PHONY: demo demo-google test test-slow days explore crash fresh fuzz cluster lint types check bench sample pictures clean

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "sheetcrm needs Python 3.11 or newer; 'make PYTHON=python3.12 …' names another one"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "python3 lacks its venv module (on Debian and Ubuntu: apt install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m compileall -q sheetcrm  # pip compiles what it copies, and this it does not
	@touch $@

$(VENV)/.developer: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

# A sample workspace in ./demo, scored and with drafts; one that is there already is kept.
demo: $(VENV)/.installed
	@[ -d $(DEMO) ] || $(BIN)/sheetcrm init --sample $(DEMO)
	@$(BIN)/sheetcrm --workspace $(DEMO) sync --verbose
	@$(BIN)/sheetcrm --workspace $(DEMO) status
	@$(BIN)/sheetcrm --workspace $(DEMO) drafts --limit 3 --show
	@$(BIN)/sheetcrm --workspace $(DEMO) preview
	@echo "→ open $(DEMO)/leads.xlsx: the columns on the right are new, everything else is as it was"

# The same leads in a Google spreadsheet that this computer itself serves, in ./demo-google.
demo-google: $(VENV)/.developer
	@$(BIN)/python -m tests.support.sheets_api.walkthrough $(DEMO)-google

# The fast tests.
test: $(VENV)/.developer
	$(BIN)/python -m pytest -n $(TESTERS)

# The slower tiers: longer properties, LibreOffice as oracle.
test-slow: $(VENV)/.developer
	$(BIN)/python -m pytest -n auto -m "slow or oracle"

# The fast tests on other days: a weekend, the end of a February, a New Year's morning, a summer.
DAYS ?= 2026-12-05T21:30+00:00 2027-01-01T02:30+00:00 2028-02-29T09:00+00:00 2029-07-15T13:00+00:00
days: $(VENV)/.developer
	@for day in $(DAYS); do echo "living at $$day"; \
	  PYTHONPATH=$(CURDIR)/tests/support/ahead LIVING_AT=$$day \
	    $(BIN)/python -m pytest -n $(TESTERS) --deselect tests/adapters/test_clock.py || exit 1; done

# Properties on new examples each time.
explore: $(VENV)/.developer
	SHEETCRM_HYPOTHESIS=explore $(BIN)/python -m pytest -n auto -m ""

# A sync killed 200 times, every single call of a save refused by the system, 3,000 mails sent by
# senders that are killed, 200 runs at once, and long histories of a workspace.
crash: $(VENV)/.developer
	SHEETCRM_KILLS=200 SHEETCRM_FAULTS=1 SHEETCRM_MAILS=3000 SHEETCRM_OVERLAPS=200 SHEETCRM_HISTORIES=60 \
	  $(BIN)/python -m pytest -n auto -m slow tests/cli/test_killed.py tests/cli/test_overlapping.py \
	  tests/adapters/excel/test_excel_faults.py tests/engine/test_sending_killed.py tests/engine/test_settling.py

# As on a new Debian without a compiler, under a real cron (needs root, debootstrap and the network).
fresh: $(VENV)/.developer
	PYTHON=$(BIN)/python tools/fresh_root.sh $${TMPDIR:-/tmp}/sheetcrm-fresh-root

# 20,000 broken workbooks: a clear error or a right write, never anything else.
fuzz: $(VENV)/.developer
	SHEETCRM_FUZZ=$${SHEETCRM_FUZZ:-20000} $(BIN)/python -m pytest -n auto -m slow tests/fuzz

# 2,000 sources and four workers: one is killed, one freezes, the database is restarted.
cluster: $(VENV)/.developer
	SHEETCRM_STORM=$${SHEETCRM_STORM:-2000} $(BIN)/python -m pytest -m slow tests/cluster

lint: $(VENV)/.developer
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@[ ! -x $(BIN)/hadolint ] || $(BIN)/hadolint Dockerfile

types: $(VENV)/.developer
	$(BIN)/mypy

check: test lint types test-slow

# Prints the tables of docs/benchmarks.md.
bench: $(VENV)/.developer
	$(BIN)/python benchmarks/formulas.py
	$(BIN)/python benchmarks/writeback.py
	$(BIN)/python benchmarks/sync.py
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/google.py
	$(BIN)/python benchmarks/qualification.py
	$(BIN)/python benchmarks/mail.py compose
	$(BIN)/python benchmarks/mail.py plan

# Makes sheetcrm/sample/leads.xlsx again from tools/.
sample: $(VENV)/.developer
	$(BIN)/python tools/make_sample.py

# Makes the pictures again (needs LibreOffice, poppler-utils and Chromium).
pictures: $(VENV)/.developer
	$(BIN)/python tools/make_pictures.py

clean:
	rm -rf $(VENV) $(DEMO) $(DEMO)-google dist build .mypy_cache .ruff_cache .pytest_cache
