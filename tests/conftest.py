"""What every test shares: Hypothesis without chance or clock, signals as a terminal has them, little garbage."""

import gc
import signal
import sys

import pytest
from hypothesis import settings

# The same commit gives the same result: no random seed, no example database, no deadline in real time.
settings.register_profile("deterministic", derandomize=True, database=None, deadline=None)
settings.load_profile("deterministic")

# Who starts the tests from `nohup`, a background of a shell or a CI runner may hand on signals ignored or blocked.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.platform != "win32":
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGALRM, signal.SIGTERM})


@pytest.fixture(autouse=True, scope="module")
def kept() -> None:
    """What is there when a module begins is there to stay: nobody who collects garbage in a test looks through it."""
    gc.collect()
    gc.freeze()
