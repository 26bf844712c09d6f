# Liangzheng. `make run` and `make test` need nothing but Python ≥ 3.11; both make their own .venv.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DECODER := api/pages/static/vendor/zxing

export HOST ?= 127.0.0.1
export PORT ?= 8000
export DATA_DIR ?= .data
WORKERS ?= 2

.PHONY: run decoder demo test check bench rank-eval rank-bench wallet-bench pull-bench fuzz openapi clean help

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(STAMP): requirements.txt
	@echo "== installing into $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(DECODER)/.installed: api/pages/package-lock.json
	@if ! command -v npm >/dev/null; then \
		echo "== no Node here: /verify reads codes with the browser's own reader, hand scanners, paste and images"; \
	elif ! (cd api/pages && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=0 >/dev/null); then \
		echo "== npm could not bring the QR decoder of /verify; the page does without, and the next make tries again"; \
	else \
		echo "== the QR decoder of /verify, from npm (once)"; \
		rm -rf $(DECODER) && mkdir -p $(DECODER)/reader && cd api/pages/node_modules/zxing-wasm/dist \
			&& cp es/share.js $(CURDIR)/$(DECODER)/ && cp es/reader/index.js reader/zxing_reader.wasm $(CURDIR)/$(DECODER)/reader/ \
			&& touch $(CURDIR)/$@; \
	fi

decoder: $(DECODER)/.installed ## Bring the QR decoder of /verify from npm, where Node is there

run: $(STAMP) decoder ## Install, migrate, seed and serve the sandbox
	@mkdir -p -m 700 "$(DATA_DIR)"
	@LZ_ENV=sandbox LOG_LEVEL=warning $(BIN)/flask --app wsgi migrate
	@LZ_ENV=sandbox LOG_LEVEL=warning $(BIN)/flask --app wsgi seed
	@echo "== sandbox at http://$(HOST):$(PORT)  (pages: /, /demo, /verify and /docs; stop with Ctrl-C)"
	@LZ_ENV=sandbox WORKERS=$(WORKERS) RUN_WORKER=yes exec $(BIN)/python -m api.serve

demo: $(STAMP) ## Walk the main job in the terminal against a running server
	@$(BIN)/python -m api.demo "http://$(HOST):$(PORT)"

test: $(STAMP) decoder ## Run every test (DATABASE_URL and REDIS_URL choose other stores)
	@$(BIN)/pytest $(PYTEST_ARGS)
	@test -n "$$DATABASE_URL" || echo "== left out: the same suite on PostgreSQL and Redis. To run it:" \
		"DATABASE_URL=postgresql+psycopg://user@host/postgres REDIS_URL=redis://host/9 make test"

check: $(STAMP) ## Format, lint, types, architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest tests/architecture -q

bench: $(STAMP) ## Measure showing and verifying against two floors, and searching over 10 000 services
	@$(BIN)/python -m tests.bench.cost
	@$(BIN)/python -m tests.bench.search

rank-eval: $(STAMP) ## Judge the ranking of hot services; DATA=<folder> replays real use, PLOT=<file> draws it, RANK_ARGS="--split val --k 3 --ablation"
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.rank_eval $(if $(DATA),--data "$(DATA)") $(if $(PLOT),--plot "$(PLOT)") $(RANK_ARGS)

rank-bench: $(STAMP) ## Measure the ranking: in the process, through the API, and under attack
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.rank_speed
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.usage
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.hostile

wallet-bench: $(STAMP) ## Measure QR codes, status lists and verifying offline
	@$(BIN)/python -m tests.bench.qr
	@$(BIN)/python -m tests.bench.status_lists
	@$(BIN)/python -m tests.bench.offline

pull-bench: $(STAMP) ## Measure what pulling by consent costs over two floors, and pulls a second
	@$(BIN)/python -m tests.bench.pulls

fuzz: $(STAMP) ## A long run of schemathesis against a sandbox of its own
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-200} $(BIN)/pytest tests/api/test_fuzz.py -q

openapi: $(STAMP) ## Write openapi.yaml
	@LZ_ENV=sandbox LOG_LEVEL=warning DATA_DIR=$$(mktemp -d) $(BIN)/flask --app wsgi openapi

clean: ## Remove the virtual environment, caches and sandbox data
	rm -rf $(VENV) $(DATA_DIR) api/pages/node_modules api/pages/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
