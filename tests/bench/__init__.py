"""Benchmarks: plain scripts that print figures."""
