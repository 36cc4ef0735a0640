"""Defines the configuration as validated values. ``configuration`` reads the files.

    setting_types    durations, sizes, names, URLs and expressions
    custom_headers   the request header fields that a person may add
    feeds_file       feeds.yaml: feeds, digests, entry rules
    settings_file    aggregator.yaml, and both files together

Durations are written ``90s``, ``30m``, ``2h``, ``1d`` (or a number of seconds), sizes ``500kB``,
``10MB`` (or a number of bytes). An unknown key is an error, never ignored.
"""
