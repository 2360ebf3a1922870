"""Solvers: one concept or algorithm a file, each answer with its certificate."""
