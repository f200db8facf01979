"""`python -m hardware`."""

import sys

from hardware.cli import main

if __name__ == "__main__":
    sys.exit(main())
