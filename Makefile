# make run     serve the lab on http://127.0.0.1:8501 (PORT=..., ADDRESS=0.0.0.0 opens it to the local network)
# make run-lan serve it to the local network over https, so that phones have threads and WebGPU
# make test    lint, types and all tests, a real Chromium and simulated machines included
# make test-quick | test-machines   what needs neither browser nor long training | other CPUs, clocks, no network
# make messages   all texts of the pages for a translator, in build/messages.pot
# make lint | format | clean

VENV ?= .venv
PORT ?= 8501
ADDRESS ?= 127.0.0.1
BIN := $(VENV)/bin
# One process a core and one more (tests/conftest.py); a file's tests stay together, since they share what they trained.
# JOBS=0 keeps to one process.
JOBS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --maxprocesses 8 --dist loadfile --no-loadscope-reorder
# Rewritten tests are kept: each process of a run would rewrite all of them again.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip install --disable-pip-version-check

.DEFAULT_GOAL := run
.PHONY: run run-lan test test-quick test-machines messages lint format clean

# Stamps, not the files that pip writes: an interrupted installation leaves none and starts again.
$(VENV)/made.stamp:
	python=$$(tools/find_python.sh) && tools/make_venv.sh "$$python" $(VENV)
	@touch $@

$(VENV)/requirements.stamp: requirements.txt $(VENV)/made.stamp
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/requirements-dev.stamp: requirements-dev.txt requirements-mlflow.txt $(VENV)/requirements.stamp
	$(PIP) -r requirements-dev.txt
	@touch $@

# npm empties its folder first, so an interrupted installation leaves no stamp here either.
node_modules/run.stamp: package-lock.json $(VENV)/requirements.stamp
	$(BIN)/python tools/npm.py ci --omit=dev
	@touch $@

node_modules/dev.stamp: package-lock.json $(VENV)/requirements.stamp
	$(BIN)/python tools/npm.py ci
	@touch node_modules/run.stamp $@

run: $(VENV)/requirements.stamp node_modules/run.stamp
	@$(BIN)/python tools/serve.py $(BIN)/streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

run-lan: $(VENV)/requirements.stamp node_modules/run.stamp
	@$(BIN)/python tools/serve.py $(BIN)/python -m tools.lan --port $(PORT)

test: lint test-machines
	chromium=$$(VENV_PYTHON=$(BIN)/python tools/find_chromium.sh) && CHROMIUM="$$chromium" $(PYTEST) --durations=25

test-quick: $(VENV)/requirements-dev.stamp node_modules/dev.stamp
	$(PYTEST) -m "not browser and not slow"

test-machines: $(VENV)/requirements-dev.stamp node_modules/dev.stamp
	$(BIN)/python tools/simulated_machines.py

messages: $(VENV)/requirements.stamp
	mkdir -p build
	$(BIN)/python -m babel.messages.frontend extract --mapping=babel.cfg -k N_ -k said -k t -k scored -k by_kind:2 -k ngettext_by_kind:2,3 --no-wrap \
	  --project=distill-lab --output=build/messages.pot .

lint: $(VENV)/requirements-dev.stamp node_modules/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy distill_core
	$(BIN)/python tools/npm.py run --silent lint

format: $(VENV)/requirements-dev.stamp node_modules/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tools/npm.py run --silent format

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
