"""Small models with a known answer, each by a closed form and by an independent computation.

Pure functions, one file per family; `sim.study.verify` compares the two, at published values and at random
ones.
"""
