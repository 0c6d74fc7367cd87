# make demo | test | check | bench | setup: each works alone on a fresh machine with Python 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
TWO_FILES := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test check bench setup clean
.DEFAULT_GOAL := demo

demo: setup
	$(BIN)/rhml demo --port $(PORT)

# Two files of tests at a time, in the order of tests/conftest.py: the slow ones first. Real browsers
# come after all else, so that only they share the cores.
test: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(TWO_FILES) --ignore=tests/browser
	$(BIN)/python -m pytest $(TWO_FILES) tests/browser

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m tests.benchmarks.turn_latency --json

setup: $(VENV)/.complete

# The stamp is made anew when a requirement changes, so that an up-to-date environment costs nothing.
$(VENV)/.complete: pyproject.toml constraints.txt .ci/setup
	PYTHON=$(PYTHON) sh .ci/setup $(VENV)
	touch $@

clean:
	rm -rf $(VENV) .rhml
