"""Reads the thresholds of merging from the configuration."""

from __future__ import annotations

from aggregator.dedup.thresholds import Thresholds
from aggregator.settings.settings_file import Configuration


def thresholds_of(configuration: Configuration) -> Thresholds:
    """Returns the thresholds of the judge under this configuration."""
    dedup = configuration.settings.dedup
    return Thresholds(across=dedup.across, within=dedup.within)
