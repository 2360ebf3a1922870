"""The errors that a user can cause or must hear of.

``SimError``
    ``ParameterError``  a value lies outside its domain (also a ``ValueError``)
    ``SolverError``     a solver did not deliver what was required of it (also a ``RuntimeError``)
    ``ArtifactError``   a file or directory cannot be read, trusted or written (also an ``OSError``)

A message says what, where, the legal range and what was got, in one line:
``treaty.detection must lie in [0, 1], got 1.4``.
"""


class SimError(Exception):
    """Base of every error that the simulator raises on purpose."""


class ParameterError(SimError, ValueError):
    """A parameter lies outside its domain, or parameters contradict each other."""


class SolverError(SimError, RuntimeError):
    """A solver did not deliver what was required of it."""


class ArtifactError(SimError, OSError):
    """A file or directory cannot be read, trusted or written."""
