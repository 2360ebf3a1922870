"""Deals: what they are worth, whether they hold, and how they are bargained over."""
