"""What programs ask for and are answered, and that its description is true."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from aggregator.model.publishing import Audience, StoryExpired
from aggregator.publishing.issue_entries import issue_story
from aggregator.web.app import create_app
from tests.newsstand import CARRIED, UNAVAILABLE, Newsstand, coast_issue, digest_page, stocked

pytestmark = pytest.mark.anyio


@pytest.fixture
def library() -> Newsstand:
    return stocked()


@pytest.fixture
async def client(library: Newsstand) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(library, version="1.2.3")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, root_path="/news")
    async with httpx.AsyncClient(transport=transport, base_url="https://digest.example") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("/api/digests", "/api/digests"),
        ("/api/stories", "/api/stories"),
        ("/api/stories?digest=digest&page=2", "/api/stories"),
        ("/api/stories/ferry", "/api/stories/{key}"),
        ("/api/feeds", "/api/feeds"),
        ("/api/status", "/api/status"),
    ],
)
async def test_every_answer_is_as_it_is_described(client: httpx.AsyncClient, path: str, described: str) -> None:
    answer, description = await client.get(path), (await client.get("/api/openapi.json")).json()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    schema = description["paths"][described]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": description["components"]}).validate(answer.json())
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.head(path)).headers["etag"] == answer.headers["etag"]


async def test_only_what_programs_ask_for_is_described(client: httpx.AsyncClient) -> None:
    description = (await client.get("/api/openapi.json")).json()
    assert all(path.startswith("/api/") for path in description["paths"])
    assert all(set(methods) == {"get"} and methods["get"]["summary"] for methods in description["paths"].values())


async def test_stories_tell_who_carried_them(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/stories")).json()
    assert (found["digest"], found["page"], found["pages"]) == ("digest", 1, 2)
    carried = next(story for story in found["stories"] if len(story["copies"]) > 1)
    assert carried["page"] == f"/news/stories/{carried['key']}"
    assert "text" not in carried
    told = (await client.get(f"/api/stories/{carried['key']}")).json()
    assert told["story"]["uri"] == carried["uri"]
    assert [copy["view"]["outlet"] for copy in told["copies"]] == [copy["outlet"] for copy in carried["copies"]]
    assert any(copy["verdict"] and copy["verdict"]["evidence"] for copy in told["copies"])
    assert (await client.get("/api/digests")).json()[0]["atom"] == "/news/digest.atom"


async def test_an_edition_tells_its_issues(client: httpx.AsyncClient, library: Newsstand) -> None:
    made = coast_issue(issue_story(CARRIED))
    library.digests["coast"] = (digest_page(name="coast", issues=(made,)),)
    told = (await client.get("/api/stories?digest=coast")).json()
    assert told["stories"] == []
    assert [(issue["key"], issue["stories"][0]["key"]) for issue in told["issues"]] == [(made.key, CARRIED.key)]


async def test_private_feeds_and_digests_are_told_to_their_owner_alone(
    client: httpx.AsyncClient, library: Newsstand
) -> None:
    async def names() -> set[str]:
        return {feed["name"] for feed in (await client.get("/api/feeds")).json()}

    library.polled += (replace(library.polled[0], name="secret", private=True),)
    everything = await names()
    assert "secret" in everything
    library.readers = Audience.EVERYONE
    assert await names() == everything - {"secret"}
    library.tokens["coast"] = "a-long-secret-word"
    assert (await client.get("/api/stories?digest=coast")).status_code == 404
    answer = await client.get("/api/stories?digest=coast&token=a-long-secret-word")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, max-age=60")
    assert "a-long-secret-word" not in answer.text
    assert "coast" not in (await client.get("/api/digests")).text


async def test_what_is_not_there_is_said_in_json(client: httpx.AsyncClient, library: Newsstand) -> None:
    async def refusal(path: str) -> tuple[int, Any]:
        answer = await client.get(path)
        assert answer.headers["content-type"] == "application/json"
        return answer.status_code, answer.json()["detail"]

    assert await refusal("/api/stories/nothing") == (404, "There is no such story, or it was withdrawn.")
    assert await refusal("/api/stories?page=9") == (404, "There is no such digest, or it has fewer pages.")
    assert (await refusal("/api/stories?page=none"))[0] == 422
    assert (await refusal("/api/elsewhere"))[0] == 404
    library.stories["old"] = StoryExpired(key="old")
    assert (await refusal("/api/stories/old"))[0] == 410
    moved = await client.get("/api/stories/raft")
    assert (moved.status_code, moved.headers["location"]) == (301, "/news/api/stories/ferry")
    library.broken = UNAVAILABLE
    assert await refusal("/api/feeds") == (503, "The service cannot answer now. Try again in a minute.")
    library.broken = RuntimeError("a mistake of ours")
    assert (await refusal("/api/feeds"))[0] == 500
    assert (await client.post("/api/feeds")).status_code == 405


async def test_what_the_description_says_is_small_enough_to_read(client: httpx.AsyncClient) -> None:
    description = (await client.get("/api/openapi.json")).json()
    assert description["info"] == {"title": "aggregator", "version": "1.2.3"}
    assert "StoryBrief" in json.dumps(description)
