# make demo       builds, and compares three activations on MNIST
# make test       builds, installs the engine, runs all tests and the examples of the guides
# make test-fast  runs the tests that need no other process and no long training, in about a minute
# make format     formats all Swift sources
# make lint       checks format, line lengths and file sizes, as continuous integration does
# make oracle     trains networks in every supported way, and compares with NumPy and float64
# make sanitize   calls the kernels under sanitizers for MINUTES, then runs the tests that use them
# make fuzz       fuzzes the readers of files and notations for MINUTES
# make bench      measures Tanren beside its peers, and appends to Benchmarks/history.jsonl
# make docs       writes the reference of the public interface to out/docs
# make bundle     makes a folder that runs where there is no Swift
# make wheel      makes a Python wheel of the command and of a module that reads its results
# make test-python  tests that module

EPOCHS ?= 10
MINUTES ?= 10

SWIFT_SOURCES = Package.swift Sources Tests Examples Plugins

.PHONY: demo test test-fast format lint oracle sanitize fuzz bench docs bundle wheel test-python \
  prerequisites engine

# A debug build takes half as long as an optimized one, and trains as fast: XLA's programs and the kernels are the same.
demo: engine
	scripts/demo $(EPOCHS)

test: engine
	swift test
	scripts/examples

test-fast: engine
	scripts/tests unit engine --skip slow

format:
	swift format format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint:
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	scripts/sizes --check
	scripts/cycles
	scripts/imports

oracle: engine
	swift build --product OracleGrid
	scripts/oracle

sanitize: prerequisites
	scripts/sanitize $(MINUTES)

fuzz: prerequisites
	scripts/fuzz $(MINUTES)

bench: prerequisites
	swift build -c release --product tanren
	.build/release/tanren engine install
	Benchmarks/run

docs:
	scripts/docs

bundle: prerequisites
	scripts/bundle

wheel: prerequisites
	scripts/wheel

test-python: engine
	scripts/python-tests

# The command of a debug build, and the engine that it installs.
engine: prerequisites
	swift build --product tanren
	.build/debug/tanren engine install

prerequisites:
	@scripts/prerequisites
