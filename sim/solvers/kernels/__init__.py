"""Compiled kernels of the solvers; each file holds one kernel and everything it calls."""
