"""Benchmarks: run by ./run bench; they print what they measured and assert results only, never times."""
