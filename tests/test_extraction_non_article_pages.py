"""Pages that are no article, and articles with the same phrases."""

from __future__ import annotations

import pytest

from aggregator.extraction.non_article_pages import non_article_reason

SENTENCE = "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies."

WALLS = [
    pytest.param("Just a moment...", ["Checking your browser before you enter."], "a bot challenge", id="challenge"),
    pytest.param(None, ["Please verify you are human to continue."], "a bot challenge", id="captcha"),
    pytest.param("404 - page not found", ["Try our search."], "an error page", id="not found"),
    pytest.param("Seite nicht gefunden", ["Bitte nutzen Sie die Suche."], "an error page", id="german not found"),
    pytest.param(
        "Gazette", ["We and our partners use cookies.", "Accept all"], "a cookie consent dialogue", id="cookies"
    ),
    pytest.param(
        "Gazette", ["Wir verwenden Cookies und andere Daten."], "a cookie consent dialogue", id="german cookies"
    ),
    pytest.param("Gazette", ["Log in to continue", "Forgot your password?"], "a login form", id="login"),
    pytest.param("Gazette", ["Sign up with your e-mail to keep reading."], "a registration form", id="sign up"),
    pytest.param("Gazette", ["Kostenlos registrieren, um weiterzulesen"], "a registration form", id="german sign up"),
    pytest.param("Gazette", ["Inscrivez-vous pour lire la suite"], "a registration form", id="french sign up"),
    pytest.param("Brewery", ["You must be of legal drinking age."], "an age check", id="age"),
    pytest.param("Age check", ["Please enter your date of birth."], "an age check", id="date of birth"),
    pytest.param("Brauerei", ["Bist du über 18 Jahre alt?"], "an age check", id="german age"),
    pytest.param("Cava", ["¿Eres mayor de edad?"], "an age check", id="spanish age"),
]


@pytest.mark.parametrize(("title", "lines", "what"), WALLS)
def test_a_wall_is_named(title: str | None, lines: list[str], what: str) -> None:
    reason = non_article_reason(title, lines)
    assert reason is not None
    assert reason.startswith(f"the page is {what}: ")


def test_a_list_of_links_is_an_index() -> None:
    lines = [f"Headline number {number}" for number in range(12)]
    assert non_article_reason("Transport", lines) == "the page is a list of links or labels without sentences"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        pytest.param("Ferries sail again", [SENTENCE], id="a short report"),
        pytest.param(
            "Why sites say they use cookies", [SENTENCE] * 8 + ["We use cookies, says every site."], id="cookies"
        ),
        pytest.param("Why sites ask your age", [SENTENCE] * 8 + ["Enter your date of birth, they say."], id="age"),
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
    assert non_article_reason(title, lines) is None
