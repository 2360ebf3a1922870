"""Games: normal form, repeated, stochastic, extensive, and the treaty game itself."""
