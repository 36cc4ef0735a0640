"""One broken page of a sitemap takes no other with it."""

from __future__ import annotations

import pytest

from aggregator.parsing.sitemap_recovery import well_formed_pages

A, B = "<url><loc>a</loc></url>", "<url><loc>b</loc></url>"


def urlset(inside: str) -> str:
    return f'<urlset xmlns="x">{inside}</urlset>'


@pytest.mark.parametrize(
    ("text", "kept", "lost"),
    [
        pytest.param(urlset(A + B), urlset(A + B), 0, id="nothing wrong"),
        pytest.param(urlset(f"{A}<url><loc>x</lok></url>{B}"), urlset(A + B), 1, id="a wrong end tag"),
        pytest.param(urlset(f"{A}<url><loc>x</loc>{B}"), urlset(A + B), 1, id="a page without end"),
        pytest.param(urlset(f"{A}</url>{B}"), urlset(A + B), 0, id="an end without page"),
        pytest.param(urlset(f"{A}<b>{B}")[:-9] + "<url><loc>", urlset(A + B), 0, id="something between, and no end"),
        pytest.param(urlset(f"<!-- {A} -->{B}<!-- {A}"), urlset(B), 0, id="pages in comments"),
        pytest.param(
            "<s:urlset xmlns:s='x'><s:url><s:loc>a</s:loc></s:url><s:url></s:loc></s:url></s:urlset>",
            "<s:urlset xmlns:s='x'><s:url><s:loc>a</s:loc></s:url></s:urlset>",
            1,
            id="with a prefix",
        ),
        pytest.param(
            "<sitemapindex><sitemap><loc>a</loc></sitemap><sitemap></loc></sitemap>",
            "<sitemapindex><sitemap><loc>a</loc></sitemap></sitemapindex>",
            1,
            id="an index",
        ),
        pytest.param("<html>", "<html>", 0, id="no sitemap"),
    ],
)
def test_well_formed_pages_are_kept(text: str, kept: str, lost: int) -> None:
    assert well_formed_pages(text) == (kept, lost)
