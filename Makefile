# make demo      builds, and compares three activations on MNIST
# make test      builds, installs the engine, and runs all tests
# make oracle    trains networks in every way there is, and compares with NumPy and float64
# make sanitize  calls the kernels under sanitizers for MINUTES, then runs the tests that use them
# make fuzz      fuzzes the readers of files and notations for MINUTES
# make bench     measures Tanren beside PyTorch, JAX and Keras
# make docs      writes the reference of the public interface to out/docs
# make bundle    makes a folder that runs where there is no Swift

EPOCHS ?= 10
MINUTES ?= 10

.PHONY: demo test oracle sanitize fuzz bench docs bundle prerequisites

demo: prerequisites
	swift build -c release --product tanren
	scripts/demo $(EPOCHS)

test: prerequisites
	swift build --product tanren
	.build/debug/tanren engine install
	swift test

oracle: prerequisites
	swift build --product tanren
	.build/debug/tanren engine install
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

prerequisites:
	@scripts/prerequisites
