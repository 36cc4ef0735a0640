"""Which pictures and files an entry has, and which of them its text shows already."""

from __future__ import annotations

import pytest

from aggregator.model.parsing import Enclosure, ParsedEntry, ParsedFeed
from aggregator.parsing.entry_media import EntryPicture, add_pictures, pictures_of_files
from aggregator.parsing.feed_document import parse_feed
from aggregator.parsing.unsanitised_entry import Markup
from tests.loops import loop_over

URL = "https://example.org/feed"


def entry(inside: str) -> ParsedEntry:
    document = (
        f'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item>{inside}</item></channel></rss>'
    )
    outcome = parse_feed(document.encode(), url=URL, content_type=None)
    assert isinstance(outcome, ParsedFeed)
    return outcome.entries[0]


def picture(name: str, *, width: str = "", texts: str = "") -> str:
    size = f' width="{width}"' if width else ""
    return f'<media:content url="https://p.example/{name}" medium="image"{size}>{texts}</media:content>'


def described(text: str) -> str:
    return f"<media:description>{text}</media:description>"


@loop_over(
    ("inside", "pictures"),
    [
        pytest.param(picture("1.jpg") + picture("2.jpg"), ["1.jpg", "2.jpg"], id="two pictures"),
        pytest.param(picture("1.jpg") + picture("1.jpg"), ["1.jpg"], id="one picture, listed twice"),
        pytest.param(
            f"<media:group>{picture('s.jpg', width='100')}{picture('l.jpg', width='900')}</media:group>{picture('2.jpg')}",
            ["l.jpg", "2.jpg"],
            id="renditions in a group",
        ),
        pytest.param(
            f"<media:group>{picture('1.jpg', texts=described('a'))}{picture('2.jpg', texts=described('b'))}</media:group>",
            ["1.jpg", "2.jpg"],
            id="pictures in a group that are described apart",
        ),
        pytest.param(
            f"<media:group>{picture('1.jpg', texts=described('a'))}{picture('2.jpg', texts=described('a'))}</media:group>",
            ["1.jpg", "2.jpg"],
            id="pictures in a group without sizes",
        ),
        pytest.param(
            f"<media:group>{picture('1.jpg')}</media:group><media:group>{picture('2.jpg')}</media:group>",
            ["1.jpg", "2.jpg"],
            id="two groups",
        ),
        pytest.param(
            picture("a.jpg?w=140", width="140") + picture("a.jpg?w=460", width="460"), ["a.jpg?w=460"], id="sizes in a query"
        ),
        pytest.param(
            picture("a/140.jpg", width="140") + picture("a/460.jpg", width="460"), ["a/460.jpg"], id="sizes in a path"
        ),
        pytest.param(
            picture("1.jpg", width="800") + picture("2.jpg", width="600"), ["1.jpg", "2.jpg"], id="an album with sizes"
        ),
        pytest.param(
            '<description>&lt;img src="https://p.example/a-300x200.jpg"></description>' + picture("a.jpg"),
            ["a-300x200.jpg"],
            id="a size of a picture that the text shows",
        ),
        pytest.param(
            '<description>&lt;img src="https://cdn.example/x/harbour-at-dawn.jpg"></description>'
            + picture("y/harbour-at-dawn.jpg"),
            [],
            id="a crop of it on another host",
        ),
        pytest.param(picture("1.gif", width="1"), [], id="a pixel"),
        pytest.param('<media:content url="https://p.example/a.webp"/>', ["a.webp"], id="no type"),
        pytest.param('<media:content url="https://p.example/a.mp4"/>', [], id="no picture"),
    ],
)  # fmt: skip
def test_a_text_shows_each_picture_once(inside: str, pictures: list[str]) -> None:
    shown = entry(inside).summary.split('src="https://p.example/')[1:]
    assert [part.partition('"')[0] for part in shown] == pictures


@loop_over(
    ("inside", "alternative"),
    [
        pytest.param(picture("1.jpg", texts=described("a")), "a", id="its description"),
        pytest.param(picture("1.jpg", texts="<media:text>a</media:text>"), "a", id="its text"),
        pytest.param(picture("1.jpg", texts="<media:title>a</media:title>"), "a", id="its title"),
        pytest.param(f"<media:group>{described('a')}{picture('1.jpg')}</media:group><description>b</description>", "a",
                     id="the description of its group"),
        pytest.param(described("a") + picture("1.jpg") + "<description>b</description>", "a", id="a description beside it"),
        pytest.param(described("a") + picture("1.jpg", texts=described("c")), "c", id="its own before that"),
        pytest.param(described("a") + picture("1.jpg") + picture("2.jpg"), "", id="a description of which of the two"),
        pytest.param(picture("1.jpg", texts=described('a &lt; b "c"')), "a &lt; b &quot;c&quot;", id="signs"),
    ],
)  # fmt: skip
def test_a_picture_has_its_alternative_text(inside: str, alternative: str) -> None:
    assert f'1.jpg" alt="{alternative}"' in entry(inside).summary


def test_the_longer_text_shows_the_pictures() -> None:
    one, other = Markup("a <b>text</b>", URL), Markup("b", URL)
    pictures = [EntryPicture(url="https://p.example/1.jpg", alternative="c")]
    figure = '<figure><img src="https://p.example/1.jpg" alt="c"></figure>'
    assert add_pictures(one, other, pictures=pictures) == (Markup(one.text + figure, URL), other)
    assert add_pictures(other, one, pictures=pictures) == (other, Markup(one.text + figure, URL))
    assert add_pictures(one, other, pictures=[]) == (one, other)


def test_a_file_that_is_a_picture_is_shown_with_its_title() -> None:
    files = [
        Enclosure(url="https://p.example/1", media_type="image/png", title="a"),
        Enclosure(url="https://p.example/2", media_type="audio/mpeg"),
    ]
    assert list(pictures_of_files(files)) == [EntryPicture(url="https://p.example/1", alternative="a")]
