"""`python -m streamgauge.conformance` is the command `streamgauge`."""

import sys

from streamgauge.conformance.cli import main

if __name__ == "__main__":
    sys.exit(main())
