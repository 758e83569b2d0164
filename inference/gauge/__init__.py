"""Measuring what the camera sees: sub-pixel edges, fitted shapes, millimetres through a calibration."""
