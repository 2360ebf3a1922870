"""What `sim.study.verify` checks: one file per subject, one function per reference model.

A model's function returns its checks; `sim.study.verify.SUBJECTS` names it in one row.
"""
