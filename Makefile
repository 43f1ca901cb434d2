# make run: start here.  make test: all that CI checks.  make bench: figures.  make soak: kills.  make screenshots.  make sbom: what it stands on.
# Python 3.11 or newer and make are all that has to be there; .venv is made again only when a lock changes.

SHELL := /bin/sh
PIP := .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes

.PHONY: help run test lint bench bench-rotation soak screenshots sbom

help:
	@sed -n 1,2p Makefile | cut -c3-

run: .venv/installed
	@exec .venv/bin/python -m web.serve

.venv/installed: requirements.txt tools/venv
	@tools/venv
	@echo "正在安装依赖（约 15 秒） · installing the requirements (about 15 s)"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-for-tests: tests/requirements.txt tools/venv
	@tools/venv
	@echo "正在安装开发依赖 · installing the development requirements"
	@$(PIP) -r tests/requirements.txt
	@touch $@ .venv/installed

test: .venv/installed-for-tests lint
	@tools/test-setup
	@.venv/bin/python -m pytest -n 2 --dist loadfile

lint: .venv/installed-for-tests
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

bench: .venv/installed
	@.venv/bin/python -m tools.bench
	@.venv/bin/python -m tools.bench_messages
	@.venv/bin/python -m tools.bench_ledger
	@.venv/bin/python -m tools.bench_exports

soak: .venv/installed-for-tests
	@.venv/bin/python -m tests.soak

bench-rotation: .venv/installed
	@.venv/bin/python -m tools.bench_rotation --seed 7
	@.venv/bin/python -m tools.bench_peers --seed 7

screenshots: .venv/installed-for-tests
	@tools/test-setup
	@.venv/bin/python -m tools.screenshots

# In fresh environments of their own: the bill lists what the application stands on, not what its developers use.
sbom: .venv/installed
	@mkdir -p build
	@.venv/bin/python -m venv --clear build/sbom-tool
	@build/sbom-tool/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r tools/sbom-requirements.txt
	@.venv/bin/python -m venv --clear --without-pip build/application
	@build/sbom-tool/bin/python -m pip --python build/application/bin/python install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@.venv/bin/python -m tools.sbom build/sbom-tool/bin/cyclonedx-py build/application > build/sbom.json
	@echo build/sbom.json
