"""Writes the configuration that makes the service poll the newsroom.

The result is the text of the two YAML files; ``run_demo`` saves them.
"""

from __future__ import annotations

import json

from aggregator.demo.outlets import OUTLETS
from aggregator.demo.server import DemoNewsroom

_AGGREGATOR_YAML = """\
# Settings for the demo: everything happens within seconds, on this machine only.
polling:
  every: 20s
  at_most: 20s   # even if a feed seldom publishes
  jitter: 0
fetching:
  allow_networks: [127.0.0.0/8]   # private addresses are refused unless they are listed
  spacing: 0s
publishing:
  settle: 3s
"""


def demo_configuration(newsroom: DemoNewsroom) -> tuple[str, str]:
    """The texts of ``feeds.yaml`` and ``aggregator.yaml`` for an open newsroom."""
    addresses = newsroom.addresses
    lines = [
        "# The invented outlets of the demo. If two of them print one text, the higher priority leads.",
        "feeds:",
    ]
    for outlet in OUTLETS:
        lines += [
            f"  - url: {_quoted(addresses.feed(outlet))}   # {outlet.feed_format.value}",
            f"    name: {outlet.slug}",
            f"    title: {_quoted(outlet.name)}",
            f"    outlet: {_quoted(outlet.name)}",
            f"    tags: [{', '.join(outlet.tags)}]",
        ]
        if outlet.priority:
            lines.append(f"    priority: {outlet.priority}")
    lines += ["digests:", "  - name: digest", "    title: The demo digest"]
    return "\n".join(lines) + "\n", _AGGREGATOR_YAML


def _quoted(text: str) -> str:
    """Quotes a string for YAML; every JSON string is a YAML string in double quotes (YAML 1.2.2 section 1.3)."""
    return json.dumps(text, ensure_ascii=False)
