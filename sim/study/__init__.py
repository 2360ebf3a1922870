"""Studies: from a scenario to estimates with errors."""
