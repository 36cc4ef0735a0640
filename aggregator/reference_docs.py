"""Renders the reference tables of the documents: settings, metrics, and parameters of addresses.

``python -m aggregator.reference_docs addresses`` (or ``metrics``, ``settings``) prints one of them. A test compares
``docs/operations.md``, ``docs/metrics.md`` and ``docs/addresses.md`` with the output.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from aggregator.configuration.settings_dump import duration_text
from aggregator.metrics import METRICS
from aggregator.parsing.tracking_parameters import (
    CAMPAIGN_NAMES,
    FEED_VALUE,
    ID_VALUE,
    REFERRER_NAMES,
    SESSION_IN_PATH,
    SESSION_NAMES,
    SESSION_VALUE,
    SITE_NAMES,
    TRACKING_NAMES,
)
from aggregator.parsing.wrapped_urls import AMP_CACHES, REDIRECTORS, VIDEO_FORMS, WRAPPER_PREFIXES
from aggregator.settings.feeds_file import (
    DigestSettings,
    EntryRule,
    FeedRetention,
    FeedSettings,
    FeedsFile,
    PageSettings,
    StorySelection,
)
from aggregator.settings.settings_file import Settings


def settings_reference() -> str:
    """Returns tables of all setting keys, their defaults and meanings, in Markdown."""
    return "\n".join([
        "### feeds.yaml",
        "",
        *_table(FeedsFile),
        "",
        "### feeds.yaml: a rule of `keep` or `drop`",
        "",
        *_table(EntryRule),
        "",
        "### feeds.yaml: a feed",
        "",
        *_table(FeedSettings),
        "",
        "### feeds.yaml: `page` of a feed",
        "",
        *_table(PageSettings),
        "",
        "### feeds.yaml: `retention` of a feed",
        "",
        *_table(FeedRetention),
        "",
        "### feeds.yaml: a digest",
        "",
        *_table(DigestSettings),
        "",
        "### feeds.yaml: `where` of a digest",
        "",
        *_table(StorySelection),
        "",
        "### aggregator.yaml",
        "",
        *_table(Settings),
        "",
    ])  # fmt: skip


def metrics_reference() -> str:
    """Returns a table of all metrics, their labels and meanings, in Markdown."""
    return "\n".join([
        "| metric | type | labels | source | meaning |",
        "|---|---|---|---|---|",
        *(
            f"| `{metric.name}` | {metric.kind} | {_listed(metric.labels) or '–'} | "
            f"{'database' if metric.stored else 'this process'} | {metric.help} |"
            for metric in METRICS
        ),
        "",
    ])  # fmt: skip


def addresses_reference() -> str:
    """Returns tables of the removed parameters, and of the URLs that contain another URL, in Markdown."""
    return "\n".join([
        "### Removed parameters",
        "",
        "Names are compared in lower case, names and values as a whole.",
        "",
        "| names | removed |",
        "|---|---|",
        *(f"| {_in_code(names)} ({service}) | always |" for service, names in TRACKING_NAMES.items()),
        *(f"| {_in_code(names)} | at hosts that match {_in_code(host)} |" for host, names in SITE_NAMES.items()),
        f"| {_listed(sorted(CAMPAIGN_NAMES))} | unless the value matches {_in_code(ID_VALUE.pattern)} |",
        f"| {_listed(sorted(REFERRER_NAMES))} | if the value matches {_in_code(FEED_VALUE.pattern)} |",
        f"| {_listed(sorted(SESSION_NAMES))} | if the value matches {_in_code(SESSION_VALUE.pattern)} |",
        "| `s` | if the value is 32 hexadecimal digits |",
        "| `cfid` and `cftoken` | if both are there |",
        f"| {_in_code(SESSION_IN_PATH.pattern)} | always, in the path |",
        "",
        "### Addresses that contain another address",
        "",
        "| service | host and path | position of the other address |",
        "|---|---|---|",
        *(f"| {who} | {_in_code(form)} | {_listed(names)} |" for who, (form, names) in REDIRECTORS.items()),
        *(f"| {who} | {_in_code(form)} | after the prefix |" for who, form in WRAPPER_PREFIXES.items()),
        *(f"| AMP cache | {_in_code(form)} | after the prefix, `s/` for https |" for form in AMP_CACHES),
        *(f"| YouTube video | {_in_code(form)} | the id of the video follows |" for form in VIDEO_FORMS),
        "| Google News | `news.google.com`, articles from before summer 2024 | in the id |",
        "",
    ])  # fmt: skip


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_in_code(name) for name in names)


def _in_code(text: str) -> str:
    return f"`{text}`".replace("|", r"\|")  # a bar would end the cell, also within code


def _table(model: type[BaseModel]) -> Iterator[str]:
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    yield from _rows(model, "")


def _rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        default = field.default
        if isinstance(default, BaseModel) and prefix == "" and model is Settings:
            yield from _rows(type(default), f"{name}.")
        else:
            yield f"| `{prefix}{name}` | {_shown(default)} | {field.description or ''} |"


def _shown(default: Any) -> str:
    match default:
        case timedelta():
            return f"`{duration_text(default)}`"
        case StrEnum():
            return f"`{default.value}`"
        case bool():
            return f"`{str(default).lower()}`"
        case (DigestSettings(), *_):
            return "one digest of all stories"
        case None | () | BaseModel():
            return "–"
        case _:
            return "required" if default is PydanticUndefined else f"`{default}`"


_REFERENCES = {"addresses": addresses_reference, "metrics": metrics_reference, "settings": settings_reference}

if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted not in _REFERENCES:
        sys.exit(f"usage: python -m aggregator.reference_docs {'|'.join(_REFERENCES)}")
    sys.stdout.write(_REFERENCES[wanted]())
