"""Runs the command line for ``python -m aggregator``."""

from aggregator.cli import main

if __name__ == "__main__":
    main()
