"""Acceptance sampling: which lots a sample lets pass, and at what risk. May import: inference.spc."""
