# The one index of commands. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo report-demo test check format bench pictures train docs lock clean

VIDEO ?=
SHOP ?=
CAMERA ?=
lang ?= en
OUT ?= out/demo
SPEED ?=
SEED ?=
PORT ?=
HOUR ?=
BENCH ?=
TRAIN ?= out/train
TORCH ?= torch
CLIPS ?=
PHOTOS ?=
TEACHER ?=
SHOPS ?=
STEPS ?=

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## make .venv with all that running needs
	@scripts/setup .venv camera

demo: ## a supermarket that lives, in the browser (SPEED= SEED= SHOP= PORT= HOUR=), or VIDEO=FILE SHOP=FILE CAMERA=ID lang=en|ja|ko
	@scripts/setup .venv sim
	@$(if $(VIDEO),:,scripts/setup .venv hub)
	@exec .venv/bin/miseban demo --out "$(OUT)" --lang "$(lang)" $(if $(SHOP),--shop "$(SHOP)") \
	    $(if $(CAMERA),--camera "$(CAMERA)") $(if $(VIDEO),"$(VIDEO)", \
	    $(if $(SPEED),--speed $(SPEED)) $(if $(SEED),--seed $(SEED)) \
	    $(if $(PORT),--port $(PORT)) $(if $(HOUR),--hour $(HOUR)))

report-demo: ## count in a shop that does not exist, and show the truth beside it (lang=en|ja|ko)
	@scripts/setup .venv sim
	@.venv/bin/miseban demo --report --out "$(OUT)" --lang "$(lang)"

.venv-dev: # the same environment, with what tests and checks need besides
	@scripts/setup .venv dev
.PHONY: .venv-dev

test: .venv-dev ## install what tests need, check the code, run all tests
	@scripts/setup-test
	@$(MAKE) --no-print-directory check
	.venv/bin/pytest -n 2 --dist loadfile --max-worker-restart 0

check: .venv-dev ## style, types, and which room imports which
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: .venv-dev ## format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

pictures: .venv-dev ## take the README's pictures of the pages anew, from the demo (SEED=)
	@scripts/setup-test
	@.venv/bin/python scripts/pictures.py $(if $(SEED),--seed $(SEED))

train: ## make the built-in detector anew (CLIPS=DIR PHOTOS=DIR TEACHER=FILE)
	@scripts/setup .venv-train sim
	@.venv-train/bin/python -c "import torch, onnx" 2>/dev/null || \
	    .venv-train/bin/python -m pip install --quiet $(TORCH) onnx
	.venv-train/bin/miseban learn draw --out "$(TRAIN)/shops" $(if $(SHOPS),--shops $(SHOPS)) \
	    $(if $(PHOTOS),--photos "$(PHOTOS)")
	.venv-train/bin/miseban learn train detector --pictures "$(TRAIN)/shops" --out "$(TRAIN)" \
	    $(if $(CLIPS),--clips "$(CLIPS)" --leave-out pets --leave-out aisle --leave-out topdown) \
	    $(if $(PHOTOS),--empty "$(PHOTOS)") $(if $(TEACHER),--teacher "$(TEACHER)") \
	    $(if $(STEPS),--steps $(STEPS))

bench: ## measure speed, memory, scale and accuracy beside other projects (BENCH="only speed")
	@scripts/setup .venv-bench bench
	.venv-bench/bin/python -m bench $(BENCH)

docs: .venv-dev ## bring the generated tables of docs/shop-file.md up to date
	.venv/bin/python scripts/shop_reference.py

lock: .venv-dev ## resolve the requirements again (LOCK=--upgrade for newer versions)
	@scripts/lock $(LOCK)

clean: ## remove what was made here, the environments included
	rm -rf .venv .venv-bench .venv-train out dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
