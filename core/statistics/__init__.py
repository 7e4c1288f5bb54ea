"""Figures of runs and what they are worth: counts, rates, intervals, tests. Pure functions on arrays and frames."""
