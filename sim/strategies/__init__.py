"""How actors play: automata described as data, their tables on a game, and the catalogue of names."""
