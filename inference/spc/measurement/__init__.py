"""Measurement systems: how much of what a gauge or an inspector says comes from the part. May import: inference.spc."""
