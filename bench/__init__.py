"""Measurements: one script a claim about speed, and the drill of faults. Nothing here is a timed test."""
