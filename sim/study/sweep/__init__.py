"""Sweeps: a design over uncertainties and levers, evaluated in batches, on disk as they are finished."""
