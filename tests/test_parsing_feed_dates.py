"""What dates say, and which of them are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.feed_dates import EARLIEST_DATE, entry_sort_date, first_plausible_date, parse_date
from tests.loops import loop_over

SEEN_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # parts stop before tzinfo


@loop_over(
    ("text", "expected"),
    [
        pytest.param("2024-02-03T04:05:06Z", utc(2024, 2, 3, 4, 5, 6), id="RFC 3339"),
        pytest.param("2024-02-03T04:05:06.789+02:00", utc(2024, 2, 3, 2, 5, 6, 789000), id="a fraction and an offset"),
        pytest.param("2024-02-03 04:05", utc(2024, 2, 3, 4, 5), id="no zone is UTC"),
        pytest.param("2024-02-03", utc(2024, 2, 3), id="a day"),
        pytest.param("2024-02", utc(2024, 2, 1), id="a month"),
        pytest.param("20240203", utc(2024, 2, 3), id="ISO without dashes"),
        pytest.param("2016-12-31T23:59:60Z", utc(2016, 12, 31, 23, 59, 59), id="a leap second"),
        pytest.param("Sat, 03 Feb 2024 04:05:06 GMT", utc(2024, 2, 3, 4, 5, 6), id="RFC 822"),
        pytest.param("3 Feb 24 04:05 EST", utc(2024, 2, 3, 9, 5), id="two digits of a year, an American zone"),
        pytest.param("3 Feb 99 04:05 Z", utc(1999, 2, 3, 4, 5), id="two digits of the last century"),
        pytest.param("Sat,03 Feb 2024 4:5:6 GMT", None, id="one digit of minutes"),
        pytest.param("Sat,03 Feb 2024 4:05:6 GMT+9", utc(2024, 2, 2, 19, 5, 6), id="GMT and hours"),
        pytest.param("Mon, 03 Feb 2024 04:05:06 +0530", utc(2024, 2, 2, 22, 35, 6), id="a week day that is wrong"),
        pytest.param("Sat, 03 Feb 2024 04:05:06 +0000 (UTC)", utc(2024, 2, 3, 4, 5, 6), id="a comment"),
        pytest.param("Sat, 03 Feb 2024 04:05:06 QQQ", utc(2024, 2, 3, 4, 5, 6), id="an unknown zone is UTC"),
        pytest.param("February 3, 2024", utc(2024, 2, 3), id="month first"),
        pytest.param("Feb 3rd, 2024 at 4:05 pm", utc(2024, 2, 3, 16, 5), id="a twelve-hour clock"),
        pytest.param("Seg, 24 Set 2018 19:22:00 -0300", utc(2018, 9, 24, 22, 22), id="Portuguese"),
        pytest.param("3 juil. 2024", utc(2024, 7, 3), id="French July"),
        pytest.param("3 juin 2024", utc(2024, 6, 3), id="French June"),
        pytest.param("06.02.2025 10:00", utc(2025, 2, 6, 10), id="dotted, day first"),
        pytest.param("2024年2月3日 04:05", utc(2024, 2, 3, 4, 5), id="Chinese"),
        pytest.param("2024년 02월 03일 04:05:06 +0900", utc(2024, 2, 2, 19, 5, 6), id="Korean"),
        pytest.param("1706933106", utc(2024, 2, 3, 4, 5, 6), id="epoch seconds"),
        pytest.param("1706933106000", utc(2024, 2, 3, 4, 5, 6), id="epoch milliseconds"),
        pytest.param("2024-02-03t04:05:06.123456789z", utc(2024, 2, 3, 4, 5, 6, 123456), id="lower case, nanoseconds"),
        pytest.param("2024-02-03T04:05:06+0530", utc(2024, 2, 2, 22, 35, 6), id="an offset without colon"),
        pytest.param("2024-02-03T04:05:06-00:00", utc(2024, 2, 3, 4, 5, 6), id="minus nothing"),
        pytest.param("2024-02-03T04:05:06+01:00[Europe/Berlin]", utc(2024, 2, 3, 3, 5, 6), id="a zone by its region"),
        pytest.param("2024-02-03+02:00", utc(2024, 2, 2, 22), id="a day with a zone"),
        pytest.param("20240203T040506Z", utc(2024, 2, 3, 4, 5, 6), id="ISO without marks"),
        pytest.param("2024-2-3 4:05", utc(2024, 2, 3, 4, 5), id="ISO without noughts"),
        pytest.param("2024-W05-6", utc(2024, 2, 3), id="a day of a week"),
        pytest.param("2024-034", utc(2024, 2, 3), id="a day of the year"),
        pytest.param("2024-366", utc(2024, 12, 31), id="the last day of a leap year"),
        pytest.param("2023-366", None, id="a day after the year's last"),
        pytest.param("2024-02-28T24:00:00Z", utc(2024, 2, 29), id="the end of a day"),
        pytest.param("2024-02-28T24:01:00Z", None, id="after the end of a day"),
        pytest.param("2024-28-02T04:05:06Z", None, id="a month 28"),
        pytest.param("2024-13-03", None, id="a month 13 with a possible day"),
        pytest.param("2024-01-32", None, id="a day 32"),
        pytest.param("Tue, 03 Nov 2026 09:05:00 ET", utc(2026, 11, 3, 14, 5), id="Eastern time in winter"),
        pytest.param("Tue, 07 Jul 2026 09:05:00 ET", utc(2026, 7, 7, 13, 5), id="Eastern time in summer"),
        pytest.param("July 7, 2026 9:05 am CT", utc(2026, 7, 7, 14, 5), id="Central time"),
        pytest.param("2026-01-07T09:05:00 (MT)", utc(2026, 1, 7, 16, 5), id="Mountain time"),
        pytest.param("7 Jan 2026 23:05 pt", utc(2026, 1, 8, 7, 5), id="Pacific time"),
        pytest.param("Tue, 03 Nov 2026 09:05:00 Eastern Daylight Time", utc(2026, 11, 3, 13, 5), id="a zone in words"),
        pytest.param("Tue, 03 Nov 2026 09:05:00 Pacific Time", utc(2026, 11, 3, 17, 5), id="the same without saving"),
        pytest.param("Tue, 03 Nov 2026 09:05:00 Etc/GMT", utc(2026, 11, 3, 9, 5), id="a zone of no place"),
        pytest.param("Tue, 03 Nov 2026 09:05:00 Etc/GMT+5", utc(2026, 11, 3, 14, 5), id="the same, with its odd sign"),
        pytest.param("2026-07-07T09:05:00 Europe/Berlin", utc(2026, 7, 7, 7, 5), id="a place"),
        pytest.param("2026-07-07 09:05 America/Argentina/Salta", utc(2026, 7, 7, 12, 5), id="a place in three parts"),
        pytest.param("2026-07-07 09:05 No/Where", utc(2026, 7, 7, 9, 5), id="a place that nobody knows"),
        pytest.param("2026-07-07T09:05:00+00:0", utc(2026, 7, 7, 9, 5), id="an offset that is cut off"),
        pytest.param("Tue, 07 Jul 2026 09:05:00 +5:30", utc(2026, 7, 7, 3, 35), id="an offset without nought"),
        pytest.param("Tue, 07 Jul 2026 09:05:00 \u22120500", utc(2026, 7, 7, 14, 5), id="a minus sign"),
        pytest.param("Tue, 07 Jul 2026 09:05:00 UTC+01:00", utc(2026, 7, 7, 8, 5), id="UTC and an offset"),
        pytest.param("Tue, 07 Jul 2026 09:05:00 GMT -3", utc(2026, 7, 7, 12, 5), id="GMT, a space and an offset"),
        pytest.param("Tue, 07 Jul 2026 09:05:00 NST", utc(2026, 7, 7, 12, 35), id="a zone of half an hour"),
        pytest.param("Mi, 04 Mrz 2026 10:00:00 +0100", utc(2026, 3, 4, 9), id="German March in short"),
        pytest.param("4 novembre 2026 à 10h05", utc(2026, 11, 4, 10, 5), id="hours in French"),
        pytest.param("4.11.2026 kl. 10.05", utc(2026, 11, 4, 10, 5), id="a time with a dot"),
        pytest.param("20260704T0905Z", utc(2026, 7, 4, 9, 5), id="ISO without marks and seconds"),
        pytest.param("2026-07-04T09+02:00", utc(2026, 7, 4, 7), id="ISO with hours alone"),
        pytest.param("1706933106.25", utc(2024, 2, 3, 4, 5, 6), id="epoch seconds with a fraction"),
        pytest.param("1706933106123456", utc(2024, 2, 3, 4, 5, 6), id="epoch microseconds"),
        pytest.param("Sat, 31 Dec 2016 23:59:60 GMT", utc(2016, 12, 31, 23, 59, 59), id="a leap second in RFC 822"),
        pytest.param("Saturday, 03-Feb-24 04:05:06 GMT", utc(2024, 2, 3, 4, 5, 6), id="RFC 850"),
        pytest.param("Sat Feb  3 04:05:06 2024", utc(2024, 2, 3, 4, 5, 6), id="asctime"),
        pytest.param("Sat Feb  3 04:05:06 EST 2024", utc(2024, 2, 3, 9, 5, 6), id="date(1)"),
        pytest.param("Sat Feb 03 2024 04:05:06 GMT+0200 (EET)", utc(2024, 2, 3, 2, 5, 6), id="JavaScript"),
        pytest.param("03 Feb 2024 04:05:06 +0530 IST", utc(2024, 2, 2, 22, 35, 6), id="a zone in two ways"),
        pytest.param("3 de febrero de 2024", utc(2024, 2, 3), id="Spanish"),
        pytest.param("3 février 2024 à 10:00", utc(2024, 2, 3, 10), id="French with a time"),
        pytest.param("3. července 2024", utc(2024, 7, 3), id="Czech July"),
        pytest.param("3. června 2024", utc(2024, 6, 3), id="Czech June"),
        pytest.param("Сб, 03 фев 2024 04:05:06 +0300", utc(2024, 2, 3, 1, 5, 6), id="Russian"),
        pytest.param("3 мая 2024 г.", utc(2024, 5, 3), id="Russian May"),
        pytest.param("3 червня 2024", utc(2024, 6, 3), id="Ukrainian"),
        pytest.param("Σάβ, 03 Φεβ 2024 04:05:06 +0200", utc(2024, 2, 3, 2, 5, 6), id="Greek"),
        pytest.param("السبت، ٠٣ فبراير ٢٠٢٤", utc(2024, 2, 3), id="Arabic, with its digits"),
        pytest.param("3 בפברואר 2024", utc(2024, 2, 3), id="Hebrew"),
        pytest.param("3 फ़रवरी 2024", utc(2024, 2, 3), id="Hindi"),
        pytest.param("3 กุมภาพันธ์ 2567", utc(2024, 2, 3), id="Thai, in a Buddhist year"),
        pytest.param("Sat, 03 Feb 2567 04:05:06 GMT", utc(2024, 2, 3, 4, 5, 6), id="a Buddhist year"),
        pytest.param("3 ก.พ. 2567 เวลา 10:30 น.", utc(2024, 2, 3, 10, 30), id="Thai, in short"),
        pytest.param("3 ก.พ. 67", utc(2024, 2, 3), id="Thai, in short, with two digits of a Buddhist year"),
        pytest.param("วันเสาร์ที่ 3 กุมภาพันธ์ พ.ศ. 2567", utc(2024, 2, 3), id="Thai in full"),
        pytest.param("شنبه ۱۴ بهمن ۱۴۰۲ ساعت ۱۰:۳۰", utc(2024, 2, 3, 10, 30), id="Persian, with its digits"),
        pytest.param("سه شنبه 17 بهمن 1402", utc(2024, 2, 6), id="Persian, a day of two words"),
        pytest.param("۱۴۰۲/۱۱/۱۴", utc(2024, 2, 3), id="Persian in figures"),
        pytest.param("1402-11-14 10:30:00 +0330", utc(2024, 2, 3, 7), id="Persian in figures of ours"),
        pytest.param("1445/07/22", utc(1445, 7, 22), id="an Islamic year is not reckoned, and not believed"),
        pytest.param("14 فبراير 1402", None, id="a Persian year with a month of ours"),
        pytest.param("令和6年2月3日 04:05", utc(2024, 2, 3, 4, 5), id="Japanese, by the era"),
        pytest.param("令和元年5月1日", utc(2019, 5, 1), id="the first year of an era"),
        pytest.param("中華民國113年2月3日", utc(2024, 2, 3), id="Taiwanese"),
        pytest.param("3. veljače 2024.", utc(2024, 2, 3), id="Croatian"),
        pytest.param("pet, 03 lis 2025 10:00:00 +0200", utc(2025, 10, 3, 8), id="Croatian, in short"),
        pytest.param("26/12/2024 10:00", utc(2024, 12, 26, 10), id="slashes, day first"),
        pytest.param("12/26/2024", utc(2024, 12, 26), id="slashes, month first"),
        pytest.param("02/02/2024", utc(2024, 2, 2), id="slashes, whichever first"),
        pytest.param("", None, id="nothing"),
        pytest.param("yesterday", None, id="a word"),
        pytest.param("2024-13-45T00:00:00Z", None, id="a month 13"),
        pytest.param("31 Feb 2024", None, id="a day that does not exist"),
        pytest.param("03/02/2024", None, id="day and month in unknown order"),
        pytest.param("0000-00-00 00:00:00", None, id="a database's nothing"),
        pytest.param("9999-12-31T23:59:59-23:00", None, id="beyond the calendar"),
    ],
)
def test_a_date_names_an_instant(text: str, expected: datetime | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        pytest.param(None, SEEN_AT, id="missing"),
        pytest.param(utc(1970, 1, 1), SEEN_AT, id="an unset field"),
        pytest.param(EARLIEST_DATE - timedelta(microseconds=1), SEEN_AT, id="just before 1990"),
        pytest.param(EARLIEST_DATE, EARLIEST_DATE, id="1990"),
        pytest.param(utc(2025, 1, 1), utc(2025, 1, 1), id="the past"),
        pytest.param(SEEN_AT, SEEN_AT, id="this moment"),
        pytest.param(SEEN_AT + timedelta(seconds=1), SEEN_AT, id="the next second"),
        pytest.param(utc(2099, 1, 1), SEEN_AT, id="the future"),
    ],
)
def test_a_date_is_believed_only_within_reason(published_at: datetime | None, expected: datetime) -> None:
    assert entry_sort_date(published_at, seen_at=SEEN_AT) == expected


def test_a_date_is_stated_only_if_it_is_believed() -> None:
    assert first_plausible_date(utc(2099, 1, 1), None, seen_at=SEEN_AT) is None
    assert first_plausible_date(utc(2099, 1, 1), utc(2025, 1, 1), seen_at=SEEN_AT) == utc(2025, 1, 1)


MAYBE = st.none() | st.datetimes(timezones=st.just(UTC))


@given(MAYBE, MAYBE)
def test_what_is_believed_was_said_or_seen_and_is_never_later(
    published: datetime | None, updated: datetime | None
) -> None:
    at = entry_sort_date(published, updated, seen_at=SEEN_AT)
    assert at in (published, updated, SEEN_AT)
    assert EARLIEST_DATE <= at <= SEEN_AT


def test_an_absurd_date_gives_way_to_the_next() -> None:
    assert entry_sort_date(utc(1, 1, 1), utc(2025, 1, 1), seen_at=SEEN_AT) == utc(2025, 1, 1)
    assert entry_sort_date(utc(2099, 1, 1), utc(2025, 1, 1), seen_at=SEEN_AT) == utc(2025, 1, 1)


@given(st.text("0123456789:+-/., TZW\u0661abFebGMT", max_size=400))
def test_any_heap_of_what_dates_are_made_of_is_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants naive bounds
def test_the_formats_of_the_specifications_are_read_exactly(instant: datetime) -> None:
    whole = instant.replace(microsecond=0)
    assert parse_date(instant.isoformat()) == instant
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y", "%Y%m%dT%H%M%SZ", "%G-W%V-%uT%H:%M:%SZ"):
        assert parse_date(whole.strftime(form)) == whole


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is UTC


@given(
    st.one_of(
        st.from_regex(r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z", fullmatch=True),
        st.from_regex(
            r"(Mon|Sat|Xyz), [0-3][0-9] (Jan|feb|Aou|Déc|Foo|Dec) (19|20)[0-9]{2} [0-2][0-9]:[0-6][0-9]:[0-6][0-9] "
            r"(GMT|[+-][0-2][0-9][0-9]{2})",
            fullmatch=True,
        ),
    )
)
def test_a_usual_date_is_read_as_any_other(text: str) -> None:
    # A comment in parentheses is of no account, but takes the text off the short way.
    assert parse_date(text) == parse_date(f"{text} (x)")
