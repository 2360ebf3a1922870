"""Figures, tables, sentences and the report of a run; the only floor that knows matplotlib."""
