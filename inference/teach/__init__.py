"""Labelled pictures become a model package, on the station, without PyTorch."""
