# Two commands: `make demo` shows what medialog does, `make test` proves it. Both set everything up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup-stamp
SOURCES := medialog_core medialog_lightning integrations tests benchmarks examples
BESIDE := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
PYTEST := $(BIN)/python -m pytest -p no:cacheprovider

.PHONY: setup demo test check bench test-faults test-browser clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt tests/keras/tensorflow.txt tests/huggingface/transformers4.txt
	@echo "[1/3] a private Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@echo "[2/3] uv, to install the rest quickly"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv --constraint constraints.txt
	@echo "[3/3] medialog, its extras and the tools of development (about 4 GB to download, most of it torch)"
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --editable '.[all]' --group dev
	@$(BESIDE) --target $(VENV)/tensorflow --requirement tests/keras/tensorflow.txt
	@$(BESIDE) --target $(VENV)/transformers4 --no-deps --requirement tests/huggingface/transformers4.txt
	@touch $@
	@du -sh $(VENV) | awk '{print "      done: " $$1 " in $(VENV)"}'

demo: setup
	@$(BIN)/medialog demo lightning

test: setup
	KERAS_BACKEND=torch $(PYTEST) -n 2 --dist loadfile -q
	KERAS_BACKEND=jax $(PYTEST) -n 2 --dist loadfile -q tests/keras
	KERAS_BACKEND=tensorflow PYTHONPATH=$(VENV)/tensorflow $(PYTEST) -n 2 --dist loadfile -q tests/keras
	PYTHONPATH=$(VENV)/transformers4 $(PYTEST) -n 2 --dist loadfile -q tests/huggingface

check: setup
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m benchmarks
	PYTHONPATH=$(VENV)/tensorflow $(BIN)/python -m benchmarks --only keras-tensorflow

test-faults: setup
	MEDIALOG_FAULT_TRIALS=200 $(PYTEST) -n 2 --dist loadfile -q -m faults -o faulthandler_timeout=0

test-browser: setup
	$(PYTEST) -q -m browser tests/browser

clean:
	rm -rf $(VENV) demo_out example_runs
