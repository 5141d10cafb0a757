"""Benchmarks: every figure beside its budget or its peer, measured in one run."""
