"""What says where a reader comes from goes; what may name a document stays."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.tracking_parameters import (
    CAMPAIGN_NAMES,
    REFERRER_NAMES,
    SESSION_NAMES,
    is_tracking,
    without_tracking,
)
from aggregator.parsing.urls import anchor_of, normalise_url
from aggregator.reference_docs import addresses_reference
from tests.loops import loop_over

SESSION = "0f9c3ab2d1e84756a0b1c2d3e4f50617"
UUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
PAGE = "https://paper.example/town/baths"


@loop_over(
    "query",
    [
        *("emc=rss", "mod=rss_world_news", "feedType=RSS", "__source=rss", "fsrc=rss", "fsrc=rss%7Cbtw", "mbid=rss"),
        *("wprss=rss_local", "partner=rss&emc=rss", "cmp=RSS", "icid=rss", "ncid=rss", "s_cid=rss:top", "cid=rss"),
        *("at_medium=RSS&at_campaign=HARBOUR", "at_custom1=a&at_custom2=b", "ns_mchannel=rss&ns_source=x"),
        *("pk_campaign=feed", "mtm_source=rss", "matomo_kwd=x", "utm_source=rss&utm_medium=feed&utm_id=1", "UTM_TERM="),
        *(
            "fbclid=a",
            "gclid",
            "gad_source=1",
            "__s=abc",
            "itm_source=home",
            "ga_source=x",
            "hmb_campaign=y",
            "echobox=17",
        ),
        *("ncid=txtlnkhub000061", "icid=main_grid7", "cmp=twt_gu", "smid=tw-share", "ocid=feedhp", "xtor=RSS-16"),
        *("ref=rss", "from=rss2", "source=world-rss", "via=feedburner", "origin=feed", "src=atom.xml", "utm=rss"),
        *(f"sid={SESSION}", f"SID={SESSION.upper()}", f"sessionid={SESSION[:26]}", f"s={SESSION}", f"osCsid={SESSION}"),
        *("PHPSESSID=abc", "jsessionid=0A.node1", "ASPSESSIONIDQQBB=X", "cfid=7&cftoken=81", "amp;utm_source=rss"),
        *(
            "%75tm_source=rss",
            "ref_src=twsrc%5Etfw",
            "__hstc=1&_hsenc=2",
            "wt_mc=rss.a.b",
            "wt.mc_id=x",
            "guccounter=1",
        ),
        *(
            "irclickid=a",
            "sfmc_id=1&sfmc_activityid=b",
            "oft_id=c",
            "spref=rss",
            "INTCMP=home",
            "soc_src=x",
            "dicbo=v2",
        ),
    ],
)
def test_what_says_where_a_reader_comes_from_goes(query: str) -> None:
    assert without_tracking(query, host="paper.example") == ""
    assert normalise_url(f"{PAGE}?a=1&{query}&b=2") == f"{PAGE}?a=1&b=2"
    assert normalise_url(f"{PAGE}?a=1?{query}") == f"{PAGE}?a=1" or "cfid" in query


@loop_over(
    "query",
    [
        *(f"{name}=4711" for name in sorted(CAMPAIGN_NAMES | REFERRER_NAMES | SESSION_NAMES)),
        *(f"{name}={UUID}" for name in sorted(CAMPAIGN_NAMES | REFERRER_NAMES)),
        *("at_id=7", "at_article=x", "ns_id=4", "pk=7", "pk_id=7", "mtm_id=3", "ga_id=4", "utm_zone=33", "utm=33N"),
        *(
            "icid=9f3c2a71be",
            "ncid=",
            "mod=viewthread&tid=5",
            "source=desk",
            "ref=desk",
            "from=2026-11-01",
            "cid=sports",
        ),
        *("sid=06/05/22/1818255", "sid=harbour-reopens-after-the-storm", "sid=507f1f77bcf86cd799439011", "s=baths"),
        *("s=7", "session_id=12", "sessionid=keynote", "cfid=7", "id=utm_source", "q=rss", "tag=rss", "format=atom"),
        *("feed=rss2", "rss=bay", "page=2", "feedName=world", "t=10", "feature=7", "a?b=c", "part=2", "tw=1"),
    ],
)
def test_what_may_name_a_document_stays(query: str) -> None:
    assert without_tracking(query, host="paper.example") == query
    assert (normalise_url(f"{PAGE}?{query}") or "").partition("?")[2] == query


@loop_over(
    ("url", "expected"),
    [
        ("https://www.nytimes.com/a.html?_r=1&partner=p&emc=1", "https://www.nytimes.com/a.html"),
        ("https://www.reuters.com/a?feedType=RSS&feedName=world&id=3", "https://www.reuters.com/a?id=3"),
        ("https://www.dailymail.co.uk/a.html?ito=1490", "https://www.dailymail.co.uk/a.html"),
        ("https://www.wsj.com/a?mod=djem", "https://www.wsj.com/a"),
        ("https://wsj.com.paper.example/a?mod=djem", "https://wsj.com.paper.example/a?mod=djem"),
        ("https://notreuters.com/a?feedName=world", "https://notreuters.com/a?feedName=world"),
        ("https://news.google.com/read/x?oc=5&hl=de", "https://news.google.com/read/x?hl=de"),
    ],
)
def test_some_names_track_at_one_site_only(url: str, expected: str) -> None:
    assert normalise_url(url) == expected


@loop_over(
    ("url", "expected"),
    [
        (f"{PAGE};jsessionid=0A1B2C.node1?a=1", f"{PAGE}?a=1"),
        (f"{PAGE};JSESSIONID=0A1B2C!99!100/more", f"{PAGE}/more"),
        (f"{PAGE};phpsessid={SESSION}", PAGE),
        (f"{PAGE};v=2;jsessionid=1", f"{PAGE};v=2"),
        ("https://paper.example/;jsessionid=1", "https://paper.example/"),
        ("https://paper.example/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "https://paper.example/a.aspx"),
        (f"{PAGE};id=7", f"{PAGE};id=7"),
        ("https://paper.example/wiki/(S(ymbol))/a", "https://paper.example/wiki/(S(ymbol))/a"),
    ],
)
def test_a_session_in_the_path_goes_too(url: str, expected: str) -> None:
    assert normalise_url(url) == expected
    assert normalise_url(url.replace("/town", "\t/town")) == expected  # off the short way


VIDEO = "https://www.youtube.com/watch?v=a1B2c3D4e5_"


@loop_over(
    ("url", "expected"),
    [
        ("https://youtu.be/a1B2c3D4e5_", VIDEO),
        ("http://youtu.be/a1B2c3D4e5_?si=Xy&t=42", VIDEO),
        ("https://youtu.be/a1B2c3D4e5_?list=PL7", f"{VIDEO}&list=PL7"),
        ("https://m.youtube.com/watch?v=a1B2c3D4e5_&feature=youtu.be", VIDEO),
        ("https://www.youtube.com/watch?feature=player&v=a1B2c3D4e5_", VIDEO),
        ("https://www.youtube.com/shorts/a1B2c3D4e5_/", VIDEO),
        ("https://www.youtube-nocookie.com/embed/a1B2c3D4e5_?start=9", VIDEO),
        ("https://www.youtube.com/embed/videoseries?list=PL7", "https://www.youtube.com/embed/videoseries?list=PL7"),
        ("https://www.youtube.com/live/a1B2c3D4e5_", VIDEO),
        ("https://youtu.be/short", "https://youtu.be/short"),
        ("https://www.youtube.com/c/harbour", "https://www.youtube.com/c/harbour"),
        ("https://myyoutu.be/a1B2c3D4e5_", "https://myyoutu.be/a1B2c3D4e5_"),
    ],
)
def test_a_video_has_one_address(url: str, expected: str) -> None:
    assert normalise_url(url) == expected


PAIRS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        [*sorted(CAMPAIGN_NAMES | REFERRER_NAMES | SESSION_NAMES), "utm_x", "id", "cfid", "cftoken", "s", "amp;a"]
    ),
    st.sampled_from(["", "="]),
    st.sampled_from(["", "7", "rss", "a_b", SESSION, "x?utm_y=1", "x?y=1", "?", "%41"]),
)


@given(st.lists(PAIRS, max_size=6).map("&".join))
def test_a_clean_query_stays_clean(query: str) -> None:
    once = without_tracking(query, host="paper.example")
    assert without_tracking(once, host="paper.example") == once
    assert [pair for pair in once.split("&") if pair and is_tracking(pair, host="paper.example")] == []


def test_the_document_is_what_the_module_prints() -> None:
    command = [sys.executable, "-m", "aggregator.reference_docs"]
    done = subprocess.run([*command, "addresses"], capture_output=True, text=True, check=True)
    assert done.stdout == addresses_reference()
    assert subprocess.run([*command, "nothing"], capture_output=True, text=True, check=False).returncode == 1


@loop_over(
    ("fragment", "anchor"),
    [
        ("xtor=RSS-16", ""),
        ("utm_source=rss&utm_medium=feed", ""),
        ("Echobox=1697040000", ""),
        ("ref=rss", ""),
        ("section-2", "section-2"),
        ("comment=7", "comment=7"),
        ("!/story/7", ""),
    ],
)
def test_a_fragment_that_tracks_is_no_part_of_the_page(fragment: str, anchor: str) -> None:
    assert anchor_of(f"{PAGE}#{fragment}") == anchor
