"""The YAML a person writes becomes a configuration, or sentences that say what to mend."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from aggregator.configuration import starter_files
from aggregator.configuration.loading import config_directory, load_configuration
from aggregator.errors import ConfigurationError
from aggregator.settings.feeds_file import FeedSettings
from aggregator.settings.settings_file import Configuration

CHECKOUT = Path(__file__).resolve().parents[1]


def configured(folder: Path, feeds: str = "", settings: str = "", **environ: str) -> Configuration:
    directory = folder / "config"
    directory.mkdir(exist_ok=True)
    (directory / "feeds.yaml").write_text(feeds, encoding="utf-8")
    (directory / "aggregator.yaml").write_text(settings, encoding="utf-8")
    return load_configuration(directory, environ=environ)


def mistakes(folder: Path, feeds: str = "", settings: str = "", **environ: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        configured(folder, feeds, settings, **environ)
    prefix = f"{folder / 'config'}/"
    return [mistake.removeprefix(prefix) for mistake in caught.value.mistakes]


def test_a_feed_needs_nothing_but_its_url(tmp_path: Path) -> None:
    assert configured(tmp_path, "feeds: [{url: 'https://example.org/world.xml'}]").feeds == (
        FeedSettings(url="https://example.org/world.xml", name="example.org-world"),
    )


def test_every_key_of_the_documented_example_is_understood(tmp_path: Path) -> None:
    configuration = configured(
        tmp_path,
        """
feeds:
  - url: https://example.org/world.xml
    name: example-world
    tags: [world]
    every: 30m
    priority: 10
    full_text: auto
    keep: [{title: "(?i)climate"}]
    drop: [{tag: sport}]
digests:
  - name: digest
  - name: world
    where: {tags: [world], min_copies: 2, language: en}
""",
    )
    feed = configuration.feeds[0]
    assert (feed.name, feed.tags, feed.every, feed.priority) == ("example-world", ("world",), timedelta(minutes=30), 10)
    assert [str(rule) for rule in (*feed.keep, *feed.drop)] == ["title: (?i)climate", "tag: sport"]
    assert configuration.digests[1].where.min_copies == 2


@pytest.mark.parametrize(
    ("feeds", "settings", "expected"),
    [
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    tag: [x]\n",
            "",
            ["feeds.yaml:3: feeds[0]: unknown key 'tag'; did you mean 'tags'?"],
            id="a key that is nearly right",
        ),
        pytest.param(
            "",
            "poling: {every: 5m}\n",
            ["aggregator.yaml:1: unknown key 'poling'; did you mean 'polling'?"],
            id="a section that is nearly right",
        ),
        pytest.param(
            "feeds:\n  - name: x\n", "", ["feeds.yaml:2: feeds[0]: the key 'url' is missing"], id="a feed without a url"
        ),
        pytest.param(
            "feeds:\n  - url: ftp://a.example/f\n",
            "",
            ["feeds.yaml:2: feeds[0].url: 'ftp://a.example/f' is not an http or https URL"],
            id="a scheme we do not speak",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    every: 30 minuts\n",
            "",
            [
                "feeds.yaml:3: feeds[0].every: '30 minuts' is not a duration; write for example 90s, 30m, 2h or 1d",
            ],
            id="a duration that is none",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    keep: [{title: '(i?'}]\n",
            "",
            ["feeds.yaml:3: feeds[0].keep[0].title: '(i?' is not a regular expression: missing ) at position 3"],
            id="a pattern that does not compile",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    page:\n      take: [article]\n      drop:\n        - .ad\n"
            "        - 'p['\n        - //p[position(]\n        - //p[document('x')]\n",
            "",
            [
                "feeds.yaml:7: feeds[0].page.drop[1]: 'p[' is not a CSS selector: "
                "Expected ident or '*', got <EOF at 2>",
                "feeds.yaml:8: feeds[0].page.drop[2]: '//p[position(]' is not an XPath expression: Invalid expression",
                "feeds.yaml:9: feeds[0].page.drop[3]: \"//p[document('x')]\" cannot be used: the function "
                "document() is not supported",
            ],
            id="selectors that are none",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    page: {tkae: [article]}\n",
            "",
            ["feeds.yaml:3: feeds[0].page: unknown key 'tkae'; did you mean 'take'?"],
            id="a key of a page that is nearly right",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    user_agent: ''\n    headers:\n      X-Key: abc\n"
            "      Host: s3cret\n      'a b': s3cret\n      User-Agent: s3cret\n      X-Two: \"s3cret\\ns3cret\"\n"
            "    headers_to: [www.a.example, 'https://me:s3cret@a.example', https://a.example/news]\n",
            "",
            [
                "feeds.yaml:3: feeds[0].user_agent: the value of a header field is one line of 1 to 8000 characters "
                "of Latin-1",
                "feeds.yaml:6: feeds[0].headers.Host: the service sets Host itself",
                "feeds.yaml:7: feeds[0].headers.a b: this is not the name of a header field",
                "feeds.yaml:8: feeds[0].headers.User-Agent: use the key user_agent of the feed",
                "feeds.yaml:9: feeds[0].headers.X-Two: the value of a header field is one line of 1 to 8000 "
                "characters of Latin-1",
                "feeds.yaml:10: feeds[0].headers_to[0]: 'www.a.example' is not an http or https URL",
                "feeds.yaml:10: feeds[0].headers_to[1]: this is not an origin (scheme, host and port only); write for example "
                "https://www.example.org",
                "feeds.yaml:10: feeds[0].headers_to[2]: this is not an origin (scheme, host and port only); write for example "
                "https://www.example.org",
            ],
            id="headers that cannot be sent, and no value of theirs is told",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    headers: {Cookie: s3cret, cookie: s3cret}\n"
            "  - url: https://me:s3cret@a.example/g\n    headers: {authorization: Bearer s3cret}\n",
            "",
            [
                "feeds.yaml:3: feeds[0].headers: the header field Cookie occurs twice",
                "feeds.yaml:4: feeds[1]: the URL has a password and headers has Authorization; remove one of them",
            ],
            id="headers that contradict each other",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n    drop: [{title: a, tag: b}]\n",
            "",
            [
                "feeds.yaml:3: feeds[0].drop[0]: a rule must have exactly one of the keys words, title, text, tag, author and url"
            ],
            id="a rule with two keys",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/f\n  - url: HTTPS://A.example/f\n",
            "",
            ["feeds.yaml:3: feeds[1]: the feed URL 'https://a.example/f' is already on line 2"],
            id="a feed listed twice",
        ),
        pytest.param(
            "feeds:\n  - url: https://me:pw@a.example/f\n  - url: https://me:pw@a.example/f\n",
            "",
            ["feeds.yaml:3: feeds[1]: the feed URL 'https://a.example/f' is already on line 2"],
            id="a feed listed twice, with a password that is not told",
        ),
        pytest.param(
            "feeds:\n  - url: ftp://me:pw@a.example/f\n",
            "",
            ["feeds.yaml:2: feeds[0].url: 'ftp://a.example/f' is not an http or https URL"],
            id="a password that is not told",
        ),
        pytest.param(
            "feeds:\n  - {url: 'https://a.example/f', name: x}\n  - {url: 'https://b.example/f', name: x}\n",
            "",
            ["feeds.yaml:3: feeds[1]: the feed name 'x' is already on line 2"],
            id="a name given twice",
        ),
        pytest.param(
            "feeds: [\n",
            "",
            ["feeds.yaml:2: this is not valid YAML: expected the node content, but found '<stream end>'"],
            id="YAML that ends too early",
        ),
        pytest.param(
            "- url: https://a.example/f\n",
            "",
            ["feeds.yaml:1: the file must contain keys such as feeds, digests, keep"],
            id="a list where keys belong",
        ),
        pytest.param(
            "",
            "web:\n  host: 127.0.0.1\n  port: 99999\n",
            ["aggregator.yaml:3: web.port: Input should be less than or equal to 65535"],
            id="a port that is none",
        ),
        pytest.param(
            "",
            "extraction:\n  revisit: [1h, 5m]\n",
            [
                "aggregator.yaml:2: extraction.revisit: an age at which a page is asked for again is 10m at least and 30d "
                "at most"
            ],
            id="a page that is asked for too soon",
        ),
        pytest.param(
            "",
            "database: ${NOPE}\n",
            ["aggregator.yaml:1: the environment variable NOPE is not set; ${NOPE} needs it"],
            id="a variable that is not set",
        ),
        pytest.param(
            "",
            "database: mysql://x/y\n",
            ["aggregator.yaml:1: database: 'mysql' is not a supported database; write a sqlite: or postgresql: URL"],
            id="a database we do not know",
        ),
        pytest.param(
            "feeds: [{url: 1}]\n",
            "webb: {}\n",
            [
                "feeds.yaml:1: feeds[0].url: Input should be a valid string",
                "aggregator.yaml:1: unknown key 'webb'; did you mean 'web'?",
            ],
            id="mistakes in both files are told together",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_meant(
    tmp_path: Path, feeds: str, settings: str, expected: list[str]
) -> None:
    assert mistakes(tmp_path, feeds, settings) == expected


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"the folder does not exist; .* aggregator init"):
        load_configuration(tmp_path / "nowhere", environ={})


def test_a_missing_feeds_file_is_a_mistake_and_a_missing_settings_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "aggregator.yaml").write_text("")
    with pytest.raises(ConfigurationError, match=r"feeds\.yaml: the file is missing"):
        load_configuration(tmp_path, environ={})
    (tmp_path / "aggregator.yaml").unlink()
    (tmp_path / "feeds.yaml").write_text("feeds: []")
    assert load_configuration(tmp_path, environ={}).feeds == ()


def test_variables_are_read_from_the_environment_and_a_doubled_dollar_is_not(tmp_path: Path) -> None:
    settings = "database: postgresql://me:${PASSWORD}@db/x\nfetching: {contact: 'https://a.example/$${x}'}\n"
    configuration = configured(tmp_path, "", settings, PASSWORD="s3cret")
    assert configuration.settings.database == "postgresql://me:s3cret@db/x"
    assert configuration.settings.fetching.contact == "https://a.example/${x}"


def test_a_secret_of_the_environment_goes_into_a_header_and_is_not_shown(tmp_path: Path) -> None:
    feeds = "feeds: [{url: 'https://a.example/f', headers: {Cookie: 'session=${SESSION}'}}]\n"
    (feed,) = configured(tmp_path, feeds, SESSION="s3cret").feeds
    assert feed.headers["Cookie"].get_secret_value() == "session=s3cret"
    assert "s3cret" not in repr(feed) + feed.model_dump_json()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"url": "https://me:pw@a.example/f"}, True, id="a password"),
        pytest.param({"headers": {"Accept-Language": "de", "Referer": "https://a.example/"}}, False, id="harmless"),
        pytest.param({"headers": {"Accept-Language": "de", "X-Key": "k"}}, True, id="a key"),
        pytest.param({"user_agent": "Reader/1.0"}, False, id="a User-Agent"),
    ],
)
def test_credentials_are_a_password_or_a_header_that_may_hold_one(keys: dict[str, object], expected: bool) -> None:
    feed = FeedSettings.model_validate({"url": "https://a.example/f", **keys})
    assert feed.has_credentials is expected


def test_the_database_variable_overrides_the_file(tmp_path: Path) -> None:
    url = "postgresql://db/x"
    assert configured(tmp_path, "", "database: sqlite:///a.db", AGGREGATOR_DATABASE_URL=url).settings.database == url
    assert mistakes(tmp_path, AGGREGATOR_DATABASE_URL="oracle://x") == [
        "AGGREGATOR_DATABASE_URL: 'oracle' is not a supported database; write a sqlite: or postgresql: URL"
    ]


def test_a_relative_sqlite_path_counts_from_the_folder_above_the_configuration(tmp_path: Path) -> None:
    assert configured(tmp_path).settings.database == f"sqlite:///{tmp_path}/data/aggregator.db"
    assert configured(tmp_path, "", "database: sqlite:////srv/a.db").settings.database == "sqlite:////srv/a.db"


def test_the_folder_is_the_option_else_the_variable_else_config(tmp_path: Path) -> None:
    assert config_directory(tmp_path, environ={"AGGREGATOR_CONFIG": "/etc/a"}) == tmp_path
    assert config_directory(None, environ={"AGGREGATOR_CONFIG": "/etc/a"}) == Path("/etc/a")
    assert config_directory(None, environ={}) == Path("config")


def test_names_made_from_urls_are_unique_and_leave_given_names_alone(tmp_path: Path) -> None:
    feeds = (
        "feeds: [{url: 'https://a.example/f.xml'}, {url: 'https://www.a.example/f.rss'}, "
        "{url: 'https://b.example/', name: a.example-f}]"
    )
    assert [feed.name for feed in configured(tmp_path, feeds).feeds] == [
        "a.example-f-2",
        "a.example-f-3",
        "a.example-f",
    ]


def test_the_checkout_holds_the_starter_files() -> None:
    for name, text in starter_files.starter_texts().items():
        assert (CHECKOUT / "config" / name).read_text(encoding="utf-8") == text, f"run: aggregator init; see {name}"


def test_the_starter_files_load_and_editors_accept_them(tmp_path: Path) -> None:
    assert [written for _, written in starter_files.write_starter_files(tmp_path)] == [True] * 4
    assert [written for _, written in starter_files.write_starter_files(tmp_path)] == [False] * 4
    assert load_configuration(tmp_path, environ={}).feeds == ()
    for name in ("feeds", "aggregator"):
        schema = json.loads((tmp_path / f"{name}.schema.json").read_text())
        document = YAML(typ="safe").load(tmp_path / f"{name}.yaml") or {}
        jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        pytest.param({"feeds": [{"url": "https://a.example/", "every": "30m"}]}, True, id="a feed"),
        pytest.param({"feeds": [{"url": "https://a.example/", "every": "soon"}]}, False, id="a duration that is none"),
        pytest.param({"feeds": [{"url": "https://a.example/", "tag": ["x"]}]}, False, id="an unknown key"),
    ],
)
def test_the_schema_agrees_with_the_models(document: object, valid: bool) -> None:
    schema = json.loads(starter_files.starter_texts()["feeds.schema.json"])
    assert jsonschema.Draft202012Validator(schema).is_valid(document) is valid
