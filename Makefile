PYTHON ?= python3
ARGS ?=
WORKERS ?= auto
SLOW ?= $(CI)

.DEFAULT_GOAL := help
.PHONY: audit sbom help run test test-all quality bench soak lint lint-js types docs messages vendor lock tools python

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: python  ## the blog on http://127.0.0.1:8000/ (HOST=..., PORT=...)
	@exec $(PYTHON) deploy/start.py run

test: tools  ## tests in a few minutes (ARGS="-k comment" for some of them; SLOW=1 for those with a browser or servers, too)
	@.venv/bin/python -m pytest -n $(WORKERS) -m "not quality$(if $(filter-out 0 false,$(SLOW))$(ARGS),, and not slow)" $(IGNORED) $(ARGS)

# Tests of what does not depend on the database. They run on SQLite only.
ONCE = tests/api/test_schemathesis.py tests/browser tests/markdown tests/site/test_validity.py tests/orm_threads/test_as_django.py

test-all: test  ## tests on SQLite, then those of the database on a MariaDB and a Redis of their own
	@.ci/with-mariadb-and-redis $(MAKE) test IGNORED="$(addprefix --ignore=,$(ONCE))"

quality: tools  ## what is too slow for every test run
	@.venv/bin/python -m pytest -m quality $(ARGS)

bench: tools  ## measurements, side by side
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt && .venv/bin/python -m benchmarks $(ARGS)

soak: tools  ## readers, comments, searches and sockets for MINUTES (30); fails if memory or descriptors grow
	@.venv/bin/python -m benchmarks.soak $(MINUTES)

lint: tools  ## style, mistakes and import contracts, of JavaScript too where Node.js is installed
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports --no-cache --no-logo
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory lint-js; \
		else echo "static/js was not checked: npm is not installed."; fi

lint-js: node_modules/.package-lock.json
	@node_modules/.bin/biome check --error-on-warnings

node_modules/.package-lock.json: package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --silent && touch $@

EXTRAS = $(addprefix requirements-,s3.txt mermaid.txt otel.txt sentry.txt)
.venv/bin/uv:
	@$(MAKE) --no-print-directory tools

LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(ARGS) --output-file

messages:  ## the catalogue of translations, from the strings of the code; needs gettext
	@.venv/bin/python manage.py makemessages -l zh_Hans --no-obsolete --no-location --no-wrap --ignore themes
	@.venv/bin/python manage.py compilemessages --ignore .venv --ignore node_modules

types: tools  ## mypy, with the stubs of Django and DRF
	@.venv/bin/mypy $(ARGS)

docs: tools  ## the documentation as a site, in build/docs
	@.venv/bin/python docs/plots.py >/dev/null && .venv/bin/python docs/conf.py && echo build/docs/index.html

audit: tools  ## known vulnerabilities of installed packages, and secrets in the repository
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check pip-audit detect-secrets
	@.venv/bin/pip-audit --local --strict --progress-spinner off
	@git ls-files -z -- ':!static/vendor' ':!*.lock' ':!*package-lock.json' ':!tests' ':!locale' | xargs -0 .venv/bin/detect-secrets-hook \
		--disable-plugin KeywordDetector --disable-plugin BasicAuthDetector

sbom: tools  ## build/sbom.json: what is installed (CycloneDX)
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom
	@mkdir -p build && .venv/bin/cyclonedx-py environment .venv --of JSON -o build/sbom.json

vendor:  ## bundle the editor's libraries from npm into static/vendor (needs Node; only after a change in frontend/)
	@cd frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && node build.mjs

lock: .venv/bin/uv  ## the versions that `make run` and the image install, from the ranges in requirements*.txt (ARGS="--upgrade" for newer ones)
	@$(LOCK) requirements.lock requirements.txt
	@$(LOCK) requirements-extras.lock --constraints requirements.lock requirements.txt $(EXTRAS)
	@$(LOCK) requirements-dev.lock --constraints requirements.lock requirements-dev.txt

tools: python
	@exec $(PYTHON) deploy/start.py tools

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		case "$${LC_ALL:-$${LC_MESSAGES:-$$LANG}}" in \
		zh*) echo "找不到 $(PYTHON)。请先安装 Python 3.11 或更新的版本，或指明它的位置：PYTHON=/path/to/python3 make run" ;; \
		*) echo "$(PYTHON) is not to be found. Install Python 3.11 or newer first, or say where it is: PYTHON=/path/to/python3 make run" ;; \
		esac >&2; exit 1; }
