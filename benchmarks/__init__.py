"""Measurements of the whole and of its parts; each module says what it measures and how to run it."""
