"""Pages that are not articles, and articles that talk like them."""

from __future__ import annotations

import pytest

from aggregator.extraction.refusal import why_not_article

SENTENCE = "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies."

WALLS = [
    pytest.param("Just a moment...", ["Checking your browser before you enter."], "a bot challenge", id="challenge"),
    pytest.param(None, ["Please verify you are human to continue."], "a bot challenge", id="captcha"),
    pytest.param("404 - page not found", ["Try our search."], "an error page", id="not found"),
    pytest.param("Seite nicht gefunden", ["Bitte nutzen Sie die Suche."], "an error page", id="german not found"),
    pytest.param("Gazette", ["We and our partners use cookies.", "Accept all"], "a cookie dialogue", id="cookies"),
    pytest.param("Gazette", ["Wir verwenden Cookies und andere Daten."], "a cookie dialogue", id="german cookies"),
    pytest.param("Gazette", ["Log in to continue", "Forgot your password?"], "a login form", id="login"),
]


@pytest.mark.parametrize(("title", "lines", "what"), WALLS)
def test_a_wall_is_named(title: str | None, lines: list[str], what: str) -> None:
    reason = why_not_article(title, lines)
    assert reason is not None
    assert reason.startswith(f"the page is {what}: ")


def test_a_list_of_links_is_an_index() -> None:
    lines = [f"Headline number {number}" for number in range(12)]
    assert why_not_article("Transport", lines) == "the page is a list of links or labels without any running text"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        pytest.param("Ferries sail again", [SENTENCE], id="a short report"),
        pytest.param(
            "Why sites say they use cookies", [SENTENCE] * 8 + ["We use cookies, says every site."], id="cookies"
        ),
        pytest.param("Error 404: a history", [SENTENCE] * 8, id="an article about errors"),
        pytest.param("Results", [*[f"{n}. Pier {n}" for n in range(9)], SENTENCE], id="a list with an introduction"),
        pytest.param(
            "渡船",
            ["北方港口的渡船工人周一投票接受了航运公司的提议，船只将从周三上午起恢复航行。"] * 9,
            id="chinese prose",
        ),
    ],
)
def test_an_article_is_none_of_them(title: str, lines: list[str]) -> None:
    assert why_not_article(title, lines) is None
