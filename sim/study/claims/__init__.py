"""What the default scenario is claimed to reproduce: each claim with its profile, effect and counterfactual."""
