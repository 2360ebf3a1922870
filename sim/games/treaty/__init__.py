"""The treaty game: a finite stochastic game with public signals.

`rules` says which components a scenario switches on, `situation` encodes the public state, `moves` says who
may do what, `transitions` what follows, `terms` what it is worth; `graph` collects these once per scenario,
`numbers` fills in parameters for a whole batch of draws, `profile` says how the actors play.
"""
