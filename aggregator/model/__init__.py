"""Defines the values that packages exchange, one module for each package that owns them.

    polling      what a request returned, the state of a feed
    parsing      feed documents and their entries
    extraction   article pages and article texts
    dedup        sketches, documents, verdicts, canonical copies
    publishing   stories, digests and edition issues as readers see them
    operations   the health of feeds and of the service, alerts

All values are frozen. Every instant is an aware ``datetime`` in UTC, every size is in bytes, every duration
is a ``timedelta``. Nothing here does I/O or imports a third-party library, so ``store`` can import these
values without importing the packages above it. ``docs/glossary.md`` defines the words.
"""
