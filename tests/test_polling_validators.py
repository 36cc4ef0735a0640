"""Validators are kept for the URL that gave them, and only after a document that was read."""

from __future__ import annotations

import pytest

from aggregator.model.polling import (
    FailureKind,
    FetchOutcome,
    HttpError,
    NotModified,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
    Validators,
)
from aggregator.polling.validators import next_validators

A, B = "https://example.org/a", "https://example.org/b"
OLD = Validators(url=A, etag='W/"1"', last_modified="yesterday")


def answer(url: str = A, **headers: str) -> SuccessResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SuccessResponse(url=url, status=200, headers=named, body=b"")


@pytest.mark.parametrize(
    ("outcome", "parsed_ok", "kept"),
    [
        pytest.param(
            answer(etag='"2"', last_modified="today"),
            True,
            Validators(url=A, etag='"2"', last_modified="today"),
            id="a document that was read replaces both",
        ),
        pytest.param(answer(etag='"2"'), True, Validators(url=A, etag='"2"'), id="one alone does not keep the other"),
        pytest.param(answer(), True, None, id="a document without any forgets them"),
        pytest.param(answer(etag=""), True, None, id="an empty one is none"),
        pytest.param(answer(etag='"' + "x" * 5000 + '"'), True, None, id="one that would burden every request is none"),
        pytest.param(answer(etag='"2"'), False, OLD, id="a document that was not read changes nothing"),
        pytest.param(answer(B, etag='"b"'), True, Validators(url=B, etag='"b"'), id="those of another URL are its own"),
        pytest.param(NotModified(url=A, headers={}), False, OLD, id="a bare 304 changes nothing"),
        pytest.param(
            NotModified(url=A, headers={"etag": '"2"'}),
            False,
            Validators(url=A, etag='"2"', last_modified="yesterday"),
            id="a 304 renews what it carries",
        ),
        pytest.param(
            NotModified(url=B, headers={"etag": '"2"'}), False, OLD, id="a 304 of another URL changes nothing"
        ),
        pytest.param(HttpError(url=A, status=503, headers={"etag": '"2"'}), False, OLD, id="an error's are not taken"),
        pytest.param(HttpError(url=A, status=404, headers={}), False, OLD, id="an error forgets nothing"),
        pytest.param(Unreachable(url=A, trouble=FailureKind.DNS, reason="x"), False, OLD, id="nor does the network"),
        pytest.param(Refused(url=A, rule=RefusalRule.SIZE, reason="x"), False, OLD, id="nor does a rule of ours"),
    ],
)
def test_what_is_kept(outcome: FetchOutcome, parsed_ok: bool, kept: Validators | None) -> None:
    assert next_validators(OLD, outcome, parsed_ok=parsed_ok) == kept


def test_the_first_document_gives_the_first_validators() -> None:
    assert next_validators(None, answer(etag='"1"'), parsed_ok=True) == Validators(url=A, etag='"1"')
