PYTHON ?= python3
ARGS ?=
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run test test-all quality bench lint tools python

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: python  ## the blog on http://127.0.0.1:8000/ (HOST=..., PORT=...)
	@exec $(PYTHON) deploy/start.py run

test: tools  ## all tests (ARGS="-k comment" for some of them)
	@.venv/bin/python -m pytest -n $(WORKERS) -m "not quality" $(ARGS)

test-all: test  ## all tests, on SQLite and on a MariaDB and a Redis of their own
	@.ci/with-mariadb-and-redis $(MAKE) test

quality: tools  ## what is too slow for every test run
	@.venv/bin/python -m pytest -m quality $(ARGS)

bench: tools  ## measurements, side by side
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt && .venv/bin/python -m benchmarks $(ARGS)

lint: tools  ## style and mistakes
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

tools: python
	@exec $(PYTHON) deploy/start.py tools

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		case "$${LC_ALL:-$${LC_MESSAGES:-$$LANG}}" in \
		zh*) echo "找不到 $(PYTHON)。请先安装 Python 3.11 或更新的版本，或指明它的位置：PYTHON=/path/to/python3 make run" ;; \
		*) echo "$(PYTHON) is not to be found. Install Python 3.11 or newer first, or say where it is: PYTHON=/path/to/python3 make run" ;; \
		esac >&2; exit 1; }
