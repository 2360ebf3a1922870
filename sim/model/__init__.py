"""Actors, treaty, scenario: the world as the analyst describes it, before it becomes a game."""
