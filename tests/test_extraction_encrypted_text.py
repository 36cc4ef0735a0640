"""Detection of encrypted text in several languages."""

from __future__ import annotations

import pytest

from aggregator.extraction.encrypted_text import MIN_LETTERS, is_encrypted
from aggregator.extraction.page_extraction import extract_article
from aggregator.model.extraction import ExtractedPage

PROSE = {
    "en": "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies.",
    "de": "Die Besatzungen der Fähren haben am Montag dafür gestimmt, das Angebot der Reedereien anzunehmen.",
    "fr": "Les équipages des ferries ont voté lundi en faveur de la proposition des compagnies maritimes.",
    "es": "Las tripulaciones de los transbordadores votaron el lunes a favor de la oferta de las empresas.",
    "pl": "Załogi promów zagłosowały w poniedziałek za przyjęciem oferty przewoźników z północnych portów.",
    "fi": "Lauttojen miehistöt äänestivät maanantaina pohjoisten satamien yhtiöiden tarjouksen hyväksymisestä.",
    "tr": "Feribot mürettebatı pazartesi günü şirketlerin teklifini kabul etmek için oy kullandı ve dağıldı.",
}
PLAIN = PROSE["de"]


def enciphered(text: str) -> str:
    return "".join(chr(ord(letter) + 1) for letter in text)


@pytest.mark.parametrize("language", PROSE)
def test_prose_is_told_from_its_cipher(language: str) -> None:
    assert not is_encrypted(PROSE[language])
    assert is_encrypted(enciphered(PROSE[language]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(enciphered(PLAIN)[: MIN_LETTERS // 2], id="too short to tell"),
        pytest.param(
            "Bob Fjord plays for the BBC and a job for VfB Jena brought him up to the north on Monday evening.",
            id="initials",
        ),
        pytest.param("Экипажи паромов проголосовали в понедельник за предложение компаний.", id="another script"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_cipher(text: str) -> None:
    assert not is_encrypted(text)


def test_a_page_behind_such_a_wall_is_its_teaser_and_says_so() -> None:
    hidden = "".join(f"<h3>Was die Reeder sagen</h3><p>{enciphered(PLAIN)} {number}</p>" for number in range(6))
    body = f"<html><body><article><h1>Fähren</h1><p>{PLAIN}</p><p>{PROSE['de'][:50]} bis Mittwoch.</p>{hidden}</article></body></html>"
    page = extract_article(
        body.encode(), url="https://kueste.example/faehren-1", content_type="text/html; charset=utf-8"
    )
    assert isinstance(page, ExtractedPage)
    assert page.text.splitlines() == [PLAIN, f"{PROSE['de'][:50]} bis Mittwoch."]
    assert page.paywalled
    assert len(page.cuts) >= 12
