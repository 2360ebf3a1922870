"""Analyses of sweeps: plain arrays in, estimates with their errors out. One method a file."""
