# Two commands do all the set-up: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8501
SCALE ?= 1
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE  # else every process of the tests compiles all of the project anew
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadgroup  # a test that waits leaves its core to another

.PHONY: run test deep ahead soak rehearse lint check sbom clean

run: .venv/app
	@$(BIN)/python -m demo build --scale $(SCALE)
	@$(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT)

test: .venv/dev lint
	@$(BIN)/python -m tests.machine
	@$(PYTEST) -m "not deep and not soak"

# What `make test` proves, again: more draws, more cells of the matrices, more people at once.
deep: .venv/dev
	@$(BIN)/python -m tests.machine
	@$(PYTEST) -m "(deep or hypothesis) and not soak" --hypothesis-profile deep

# Everything, in its longest form: hours.
soak: .venv/dev
	@$(BIN)/python -m tests.machine
	@$(PYTEST)

# The tests as they will run in two months: frozen data beside a clock that goes on is found before its day comes.
ahead: .venv/dev
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m tests.ahead 60

# The deployment on this machine: the libraries of Databricks Apps, ours over them, Postgres, the emulated workspace.
rehearse: .venv/dev
	@$(BIN)/python -m tests.rehearse

lint: .venv/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .

# What needs no run: style and types.
check: lint
	@$(BIN)/mypy --no-error-summary .

# What is installed, as CycloneDX (sbom.cdx.json), and what is known to be wrong with it: the second needs the net.
sbom: .venv/audit/made
	@.venv/audit/bin/cyclonedx-py requirements requirements.txt --output-reproducible --of JSON -o sbom.cdx.json
	@.venv/audit/bin/pip-audit --strict --requirement requirements.txt || echo "Not audited, or not clean: see above. CI audits every change."

.venv/audit/made: requirements-audit.txt
	@$(PYTHON) -m venv .venv/audit
	@.venv/audit/bin/python -m pip install -q --disable-pip-version-check -r requirements-audit.txt
	@touch $@

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lakehelm needs Python 3.11 or newer: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "No venv module: on Debian, apt-get install python3-venv"; exit 1; }
	@touch $@

# Byte code is compiled here because some machines forbid writing it later, which makes every start slow.
.venv/app: .venv/python requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m compileall -q .venv/lib > /dev/null || true
	@touch $@

.venv/dev: .venv/python requirements.txt requirements-dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m compileall -q .venv/lib > /dev/null || true
	@touch .venv/app $@

clean:
	rm -rf .venv .lakehelm
