"""Measures Tanren beside its peers; see Benchmarks/README.md."""
