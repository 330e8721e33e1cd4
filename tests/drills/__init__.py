"""Drills, for `make drill`: what takes root or minutes, and so is not in the suite."""
