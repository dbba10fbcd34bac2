# Everything starts here; `make` alone lists the commands.
#
# What a command needs it makes first: Debian packages, the virtual environment, translations, QML
# type descriptions. Finished steps leave a mark, so that a second call starts at once.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
# The marks lie in the virtual environment, so that removing it makes everything anew.
READY_TO_RUN := $(VENV)/ready-to-run
READY_TO_TEST := $(VENV)/ready-to-test

TRANSLATIONS := $(patsubst %.ts,%.qm,$(wildcard ui/i18n/*.ts))
QML_TYPES := build/qml/types-built
QML_FILES := $(shell find ui kiosk -name '*.qml' | sort)

# More arguments for the command behind a target: make run ARGS="--language en"
ARGS :=

.PHONY: help
help: ## list the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: run
run: setup ## open the kiosk with everything simulated, and the workbench
	$(BIN)/kiosk run --simulate $(ARGS)

.PHONY: test
test: setup-test ## run every test; ARGS="tests/printer -k fence" runs some
	$(BIN)/python -m pytest -n 2 $(ARGS)

.PHONY: test-fast
test-fast: setup-test ## what matters most while writing, in under a minute
	$(BIN)/python -m pytest -n 2 -m "not window and not pcscd" tests/kiosk tests/house/test_ids.py \
		tests/house/test_events.py tests/offline_queue/test_store.py tests/backend_stub/payments/test_rules.py

.PHONY: lint
lint: setup-test $(QML_TYPES) ## formatting, types, dependency rules, QML, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .
	$(BIN)/pyside6-qmllint -W 0 -I build/qml -I ui/qml $(QML_FILES)
	$(BIN)/python -m ui.lint_tokens
	$(BIN)/python -m ui.lint_translations

.PHONY: audit
audit: setup-test ## check the locked releases against known vulnerabilities
	tools/audit.sh

.PHONY: bench
bench: setup-test ## measure speed and memory against a bare window
	$(BIN)/python -m tools.bench $(ARGS)

.PHONY: card-bench
card-bench: setup-test ## measure card reading and signing beside OpenSC and bare PC/SC
	$(BIN)/python -m tests.cardreader.bench $(ARGS)

# Long runs; each has a small version among the tests.

.PHONY: fuzz
fuzz: setup-test ## 100,000 cards that answer anything
	$(BIN)/python -m tests.cardreader.fuzz --examples 100000

.PHONY: certificate-differential
certificate-differential: setup-test ## 10,000 certificate chains: terminal, central API and OpenSSL answer the same
	$(BIN)/python -m tests.cardreader.certificate_differential $(ARGS)

.PHONY: faults
faults: setup-test ## every fault at every step, of the card and of the printer, as tables; kill -9 at every band
	$(BIN)/python -m tests.cardreader.fault_matrix
	$(BIN)/python -m tests.cardreader.fault_matrix_pcscd --kind "vendor T1"
	$(BIN)/python -m tests.printer.fault_matrix
	$(BIN)/python -m tests.printer.killing

.PHONY: cycles
cycles: setup-test ## 10,000 cards put in and taken out, twice: nothing grows; more than an hour
	$(BIN)/python -m tests.cardreader.cycles $(ARGS)

.PHONY: faults-pcscd
faults-pcscd: setup-test ## the card faults of every kind of card through the real pcscd; hours
	$(BIN)/python -m tests.cardreader.fault_matrix_pcscd $(ARGS)

.PHONY: kills
kills: setup-test ## a terminal killed 1,000 times on a bad line: nothing lost, nothing doubled
	$(BIN)/python -m tests.offline_queue.kill_storm --kills 1000

.PHONY: case-histories
case-histories: setup-test ## 10,000 random cases with kills and clock jumps: nothing missed, nothing doubled
	$(BIN)/python -m tests.backend_stub.case_histories $(ARGS)

.PHONY: storm
storm: setup-test ## a fleet comes back after an outage; ARGS="--each 500" for a million
	$(BIN)/python -m tests.backend_stub.storm $(ARGS)

.PHONY: payment-histories
payment-histories: setup-test ## 100,000 random histories of payment: nobody pays for nothing; careless rules are caught
	$(BIN)/python -m tests.backend_stub.payments.histories $(ARGS)

.PHONY: setup
setup: $(READY_TO_RUN) $(TRANSLATIONS) ## what `make run` needs, without running it

.PHONY: setup-test
setup-test: $(READY_TO_TEST) $(TRANSLATIONS) ## what `make test` and `make lint` need

.PHONY: lock
lock: ## write requirements*.lock anew from pyproject.toml; ARGS=--upgrade takes newer releases
	tools/lock.sh $(ARGS)

.PHONY: clean
clean: ## remove what was built and cached; the virtual environment stays
	rm -rf build .mypy_cache .ruff_cache .hypothesis .pytest_cache ui/i18n/*.qm
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(READY_TO_RUN): tools/setup.sh requirements-build.lock requirements.lock pyproject.toml
	tools/setup.sh run
	touch $@

$(READY_TO_TEST): tools/setup.sh requirements-build.lock requirements-dev.lock pyproject.toml
	tools/setup.sh test
	touch $@ $(READY_TO_RUN)

ui/i18n/%.qm: ui/i18n/%.ts | $(READY_TO_RUN)
	$(BIN)/pyside6-lrelease -silent $< -qm $@

$(QML_TYPES): tools/qml_types.py $(wildcard ui/viewmodels/*.py kiosk/simulation/*.py) | $(READY_TO_TEST)
	$(BIN)/python -m tools.qml_types
	touch $@
