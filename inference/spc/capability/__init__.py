"""Capability: what a process is able to hold against what is asked of it."""
