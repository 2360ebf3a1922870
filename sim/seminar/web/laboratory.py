"""Placeholder."""

from sim.seminar.web.site import Web


def register(web: Web) -> None:
    """Add the laboratory."""
