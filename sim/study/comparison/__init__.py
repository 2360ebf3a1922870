"""Comparison of policies: every one on the same draws, every difference with its interval."""
