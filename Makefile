# Cohort: what one types. `make help` lists it.

SHELL := /bin/sh
PYTHON := .build/venv/bin/python
# One build for everything that is tested: the browser tests use the same program as the rest.
DEBUG := .build/debug/cohort
RELEASE := .build/release/cohort
# A module that is used and not declared stops the build, as in Package.swift.
STRICT := --explicit-target-dependency-import-check error
# What `make demo` and `make conformance` hand on: make demo ARGS="--nodes 3", make conformance ARGS=--full
ARGS ?=
# For how long each target is fuzzed: make fuzz SECONDS=60 ARGS="--only HTTP"
SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help deps demo-deps fmt lint build build-tests check test test-swift test-web test-protocol test-canvas test-edge test-scenario test-conformance \
	test-browser test-fuzz test-faults test-jobs fuzz sanitize sanitize-thread sanitize-address faults test-cluster cluster demo bench bench-page soak conformance conformance-tls protobuf clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install what is missing: Debian packages by name, the tests' Python packages
	@Tests/Tools/deps.sh test

demo-deps:
	@Tests/Tools/deps.sh run

fmt: ## Format all Swift sources
	swift format -i -r -p --configuration .swift-format Package.swift Sources Tests

lint:
	swift format lint --strict -r -p --configuration .swift-format Package.swift Sources Tests

build: demo-deps ## Build the program in release mode
	swift build -c release --product cohort

# BUILT=1 says that this was done: several targets may then run beside each other without one waiting for another's build.
build-tests: deps
ifndef BUILT
	swift build --build-tests $(STRICT)
endif

check: lint test ## What must be green before every commit: format, build with warnings as errors, all tests

# The Swift tests wait more than they compute, the browser computes: beside each other they take little longer than one of
# them. What kills and restarts servers has the machine to itself.
test: build-tests ## Install what is missing, build, run every test
	@BUILT=1 Tests/Tools/side_by_side.py "test-swift test-web test-protocol test-edge test-jobs" "test-browser test-canvas test-scenario test-conformance"
	@BUILT=1 $(MAKE) --no-print-directory test-fuzz test-faults test-cluster
	@echo "all tests passed"

# One test at a time: hundreds at once share two cores and one Postgres, and then limits meant for a hung server are met by
# a busy machine. The longest of them takes a quarter of a minute.
test-swift: build-tests ## Only the Swift tests
	$(PYTHON) Tests/Tools/watched.py --silence 300 -- swift test --skip-build --no-parallel

test-web: deps ## Only the tests of the pages' modules
	node --test $$(find Tests/Web -name '*.test.mjs' | sort)

test-protocol: deps ## Only the checks of protocol/: schemas, examples, OpenAPI
	@set -e; for check in Tests/Protocol/check_*.py; do echo "$(PYTHON) $$check"; $(PYTHON) $$check; done

test-canvas: build-tests ## Only the tests with Canvas's own Python client
	$(PYTHON) -m pytest -q -p no:cacheprovider Tests/Canvas --cohort $(DEBUG)

test-edge: build-tests ## Only the tests of files behind nginx
	$(PYTHON) -m pytest -q Tests/Edge --cohort $(DEBUG)

test-scenario: build-tests ## Only the scenario that our client and the reference SDK must both pass
	$(PYTHON) Tests/Tools/with_demo.py $(DEBUG) -- $(PYTHON) Tests/Scenario/scenario.py {ready}

test-conformance: build-tests ## Only the tests with the reference SDK of the live protocol (a minute)
	$(PYTHON) -m pytest -q -p no:cacheprovider Tests/Conformance/sdk --cohort $(DEBUG)

test-browser: build-tests ## Only the tests in Chromium
	$(PYTHON) -m pytest -q Tests/Browser --cohort $(DEBUG)

test-faults: build-tests ## Kill the server at its fault points, a few seeds
	$(PYTHON) Tests/Faults/faults.py --cohort $(DEBUG)

test-jobs: build-tests ## Kill, freeze and stop workers in the middle of jobs (half a minute)
	$(PYTHON) Tests/Jobs/jobs.py --cohort $(DEBUG)

test-fuzz: deps ## Only the fuzzers: their corpus, and a few thousand new inputs each (two minutes)
	$(PYTHON) Tests/Fuzz/fuzz.py --runs 3000 --beside 2

fuzz: deps ## Fuzz whatever reads what strangers send, SECONDS for each of 13 targets (600: two hours)
	$(PYTHON) Tests/Fuzz/fuzz.py --seconds $(SECONDS) --keep $(ARGS)

sanitize: sanitize-thread sanitize-address ## The Swift tests under the thread and the address sanitizer (an hour and more)

sanitize-thread: deps
	$(PYTHON) Tests/Tools/sanitize.py thread $(ARGS)

sanitize-address: deps
	$(PYTHON) Tests/Tools/sanitize.py address $(ARGS)

faults: build deps ## Kill the server at its fault points, 30 seeds with 1,000 students (6 minutes)
	$(PYTHON) Tests/Faults/faults.py --cohort $(RELEASE) --seeds 30 --students 1000

test-cluster: build-tests ## Three nodes, 60 clients, five faults, once each (3 minutes)
	$(PYTHON) -m pytest -q -p no:cacheprovider Tests/Cluster/test_checker.py
	$(PYTHON) Tests/Tools/with_demo.py $(DEBUG) --nodes 3 -- $(PYTHON) Tests/Scenario/scenario.py {ready} --nodes
	$(PYTHON) Tests/Cluster/cluster.py --cohort $(DEBUG) --clients 60 --seeds 1 \
		--faults kill-node,kill-redis,cut-redis,deafen-node,rolling

cluster: build deps ## Three nodes, 300 clients, every fault, three seeds of each (7 minutes)
	$(PYTHON) -m pytest -q -p no:cacheprovider Tests/Cluster/test_checker.py
	$(PYTHON) Tests/Cluster/cluster.py --cohort $(RELEASE) --clients 300 --seeds 3

demo: demo-deps ## Build and run everything on this machine: http://127.0.0.1:8080
	@Tests/Tools/build_if_changed.sh
	@exec $(RELEASE) demo $(ARGS)

bench: build deps ## Measure one node beside its peers, two nodes, recoveries and a class of 90,000 (most of an hour)
	$(PYTHON) Tests/Benchmarks/bench.py --cohort $(RELEASE)

bench-page: build deps ## Measure the class page's first load on a phone: time, requests, weight
	$(PYTHON) Tests/Benchmarks/page_load.py --cohort $(RELEASE)

# MINUTES=3 is long enough to see whether something grows.
MINUTES ?= 10
soak: build deps ## Minutes of lessons and trouble on two nodes, and whether all that it took returns: make soak MINUTES=10
	$(PYTHON) Tests/Soak/soak.py --cohort $(RELEASE) --minutes $(MINUTES)

conformance: build deps ## The reference SDK through all it can, and Autobahn's cases 1-7, 9, 10, 12, 13 (2 minutes)
	$(PYTHON) -m pytest -q -p no:cacheprovider Tests/Conformance/sdk --cohort $(RELEASE)
	PYTHON=$(PYTHON) Tests/Conformance/autobahn.sh $(RELEASE) $(ARGS)

conformance-tls: build deps ## What testssl.sh finds of our HTTPS, where it is installed (two minutes)
	$(PYTHON) Tests/Conformance/testssl.py --cohort $(RELEASE)

protobuf: ## Write the Swift code of protocol/live/client.proto anew
	Tests/Tools/protobuf.sh

clean: ## Remove what was built; the demo's data in .cohort stays
	rm -rf .build
