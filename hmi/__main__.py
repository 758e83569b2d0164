"""`python -m hmi`, the console script `loupe`, and the frozen program start here."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from hmi.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
