"""What every test shares: Hypothesis without chance and without a clock."""

from hypothesis import settings

# The same commit gives the same result: no random seed, no example database, no deadline in real time.
settings.register_profile("deterministic", derandomize=True, database=None, deadline=None)
settings.load_profile("deterministic")
