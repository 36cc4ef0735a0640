"""What a feed says of its own pace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.parsing import PollHints
from aggregator.parsing.syndication_hints import parse_hints


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        pytest.param("", PollHints(), id="nothing"),
        pytest.param("<ttl>90</ttl>", PollHints(ttl=timedelta(minutes=90)), id="ttl in minutes"),
        pytest.param("<ttl> 5 </ttl>", PollHints(ttl=timedelta(minutes=5)), id="ttl with blanks"),
        pytest.param("<ttl>0</ttl>", PollHints(), id="ttl of zero"),
        pytest.param("<ttl>-5</ttl>", PollHints(), id="negative ttl"),
        pytest.param("<ttl>often</ttl>", PollHints(), id="ttl in words"),
        pytest.param("<ttl>60 minutes</ttl>", PollHints(), id="ttl with its unit"),
        pytest.param("<ttl><![CDATA[ 15 ]]></ttl>", PollHints(ttl=timedelta(minutes=15)), id="ttl in CDATA"),
        pytest.param(
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            PollHints(update_period=timedelta(minutes=15)),
            id="four times an hour",
        ),
        pytest.param(
            "<sy:updatePeriod> Weekly\n</sy:updatePeriod>",
            PollHints(update_period=timedelta(weeks=1)),
            id="once a week",
        ),
        pytest.param(
            "<sy:updateFrequency>2</sy:updateFrequency>",
            PollHints(update_period=timedelta(hours=12)),
            id="daily is default",
        ),
        pytest.param("<sy:updatePeriod>always</sy:updatePeriod>", PollHints(), id="an unknown period"),
        pytest.param(
            "<sy:updatePeriod>dayly</sy:updatePeriod>",
            PollHints(update_period=timedelta(days=1)),
            id="a slip of spelling",
        ),
        pytest.param(
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0.1</sy:updateFrequency>",
            PollHints(update_period=timedelta(hours=10)),
            id="a tenth of a time an hour",
        ),
        pytest.param(
            '<syn:updatePeriod xmlns:syn="http://purl.org/rss/1.0/modules/syndication/">hourly</syn:updatePeriod>',
            PollHints(update_period=timedelta(hours=1)),
            id="another prefix",
        ),
        pytest.param(
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0.0</sy:updateFrequency>",
            PollHints(),
            id="zero in decimals",
        ),
        pytest.param(
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            PollHints(),
            id="zero times a day",
        ),
        pytest.param(
            "<skipHours><hour>3</hour><hour> 1 </hour><hour>24</hour><hour>99</hour><hour>x</hour></skipHours>",
            PollHints(skip_hours=(0, 1, 3)),
            id="hours, 24 for midnight",
        ),
        pytest.param(
            "<skipDays><day>Sunday</day><day>monday</day><day>Someday</day></skipDays>",
            PollHints(skip_days=("Monday", "Sunday")),
            id="days",
        ),
    ],
)
def test_a_channel_gives_hints(channel: str, expected: PollHints) -> None:
    before = f"<rss><channel>{channel}<item><title>x</title></item></channel></rss>"
    after = f"<rss><channel><item><title>x</title></item>{channel}</channel></rss>"
    assert (parse_hints(before), parse_hints(after)) == (expected, expected)


def test_an_entry_does_not_set_the_pace() -> None:
    assert parse_hints("<rss><channel><item><ttl>9</ttl></item></channel></rss>") == PollHints()
