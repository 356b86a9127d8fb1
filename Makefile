# Every verb makes its own environment first: Python 3.11-3.13 and make are all it takes.
# PYTHON      the Python to begin with (default python3)
# PYTEST_ARGS more arguments for pytest, for example: make test PYTEST_ARGS="tests/unit/engine -x"

PYTHON ?= python3
PYTEST_ARGS ?=
BIN := .venv/bin

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test lint format types docs bench audit
.NOTPARALLEL:

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

setup: ## make or update .venv from uv.lock (every other verb does this itself)
	@$(PYTHON) scripts/bootstrap.py

demo: setup ## calculate the example product, compare a scenario, issue demonstration labels and check one offline
	@$(BIN)/cradlemark footprint examples/terminal-block --lines 6 --output build/demo
	@echo
	@$(BIN)/cradlemark compare examples/terminal-block --scenario recycled-pa --lines 0 --output build/demo
	@echo
	@rm -rf build/demo/programme
	@CRADLEMARK_PASSPHRASE="for demonstration only" $(BIN)/cradlemark log init build/demo/programme --origin labels.example.org
	@$(BIN)/cradlemark label seal examples/terminal-block --output build/demo/terminal-block.cradle
	@CRADLEMARK_PASSPHRASE="for demonstration only" $(BIN)/cradlemark label issue build/demo/programme build/demo/terminal-block.cradle \
		--verification examples/terminal-block/verification.toml --case demonstration
	@$(BIN)/cradlemark label seal examples/terminal-block --scenario as-of-2024 --output build/demo/as-of-2024.cradle
	@CRADLEMARK_PASSPHRASE="for demonstration only" $(BIN)/cradlemark label issue build/demo/programme build/demo/as-of-2024.cradle \
		--verification examples/terminal-block/verification.toml --case baseline
	@CRADLEMARK_PASSPHRASE="for demonstration only" $(BIN)/cradlemark label issue build/demo/programme build/demo/terminal-block.cradle \
		--kind reduction --baseline build/demo/as-of-2024.cradle \
		--verification examples/terminal-block/verification.toml --case reduction
	@$(BIN)/cradlemark label render build/demo/programme/public/l/DEMO-000000-GK/claim.json build/demo/label --host labels.example.org
	@CRADLEMARK_PASSPHRASE="for demonstration only" $(BIN)/cradlemark label certificate \
		build/demo/programme/public/l/DEMO-000000-GK/claim.json build/demo/certificate.pdf \
		--key build/demo/programme/keys/document-1.pem --host labels.example.org
	@echo
	@$(BIN)/cradlemark label verify build/demo/certificate.pdf --trust build/demo/programme/public/trust.json \
		--public build/demo/programme/public --bundle build/demo/terminal-block.cradle
	@echo
	@echo "Read    build/demo/report.en.html (中文 build/demo/report.zh.html)"
	@echo "Look    build/demo/label, build/demo/certificate.pdf"
	@echo "Trace   .venv/bin/cradlemark explain build/demo A1/1"
	@echo "Check   .venv/bin/cradlemark check examples/terminal-block"
	@echo "Learn   docs/tutorials/first-footprint.md"

serve: setup ## a portal with a demonstration programme at http://127.0.0.1:8000; sign-in links are printed
	@CRADLEMARK_PROGRAMME=build/serve CRADLEMARK_DEMONSTRATION=1 CRADLEMARK_SECRET_KEY="for demonstration only" \
		CRADLEMARK_PASSPHRASE="for demonstration only" sh -c '$(BIN)/python -m cradlemark.portal.demonstrate build/serve && \
		exec $(BIN)/granian --interface wsgi --host 127.0.0.1 --port 8000 --no-ws cradlemark.portal.wsgi:application'

test: setup ## run all tests; pytest's closing line is the last line
	@$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

lint: setup ## check style, formatting, and who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

format: setup ## repair what can be repaired by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup ## check types
	@$(BIN)/mypy

docs: setup ## build the documentation into docs/_build/html; a warning is an error
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo docs/_build/html/index.html

bench: setup ## measure; numbers are printed, nothing is asserted
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

audit: setup ## compare what the lock file ships with the vulnerabilities that are known; asks the package index
	@mkdir -p build
	@$(BIN)/uv export --quiet --frozen --no-dev --no-default-groups --all-extras --no-emit-project --output-file build/requirements.txt
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement build/requirements.txt
