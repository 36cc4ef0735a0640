"""Judges how the program reads a test document of another parser otherwise than that parser expects.

Each judgement is one kind of difference: the fact, the documents, who is right and why. ``docs/peer-documents.md`` has
the table, which ``python -m benchmarks.peer_judgements`` prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from benchmarks.peer_facts import Difference


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """Judges one kind of difference: "ours" is right, "both" are, or ours is "wrong"; ``why`` is the reason.

    ``facts`` and ``documents`` are patterns with ``*``.
    """

    kind: str
    facts: Sequence[str]
    documents: Sequence[str]
    verdict: Literal["ours", "both", "wrong"]
    why: str

    def applies_to(self, difference: Difference) -> bool:
        """True if the difference is of this kind."""
        return any(fnmatchcase(difference.fact, fact) for fact in self.facts) and any(
            fnmatchcase(difference.document, document) for document in self.documents
        )

    def __str__(self) -> str:
        return f"{self.kind} ({self.verdict}): {self.why}"


_FP = "feedparser: wellformed/"

JUDGEMENTS: tuple[Judgement, ...] = (
    Judgement(
        kind="A document without a whole entry",
        facts=("feed *", "entries"),
        documents=("feedparser: entities/*", "feedparser: encoding/bozo*", "feedparser: illformed/rss_incomplete*"),
        verdict="ours",
        why="The document is cut off before the end of its first entry. It is reported as truncated and fetched"
        " again; half an entry would be stored as the publisher's text.",
    ),
    Judgement(
        kind="EBCDIC and bytes of no encoding",
        facts=("feed title", "text"),
        documents=("feedparser: encoding/*",),
        verdict="ours",
        why="The Encoding Standard (WHATWG) has no EBCDIC, and no server sends it. Control characters and bytes"
        " that no encoding explains are no text.",
    ),
    Judgement(
        kind="A wrong or missing declaration of the encoding",
        facts=("title", "text", "feed title"),
        documents=("feedparser: illformed/chardet/*",),
        verdict="ours",
        why="The encoding is detected from the bytes (chardetng, as Firefox does). feedparser reads Windows-1252.",
    ),
    Judgement(
        kind="Labels of categories",
        facts=("categories",),
        documents=("feedparser: *",),
        verdict="ours",
        why="The label of a category is for people (RFC 4287 4.2.2.3, Media RSS); the term is for programs.",
    ),
    Judgement(
        kind="Authors of the feed",
        facts=("authors",),
        documents=(f"{_FP}psc/*", f"{_FP}atom10/entry_authors_email.xml"),
        verdict="ours",
        why="An entry without an author has those of the feed (RFC 4287 4.1.2). An author without a name is "
        "known by the mail address.",
    ),
    Judgement(
        kind="The same entry twice in one document",
        facts=("entries",),
        documents=(f"{_FP}node_precedence/*", f"{_FP}lang/entry_content_xml_lang_blank_3.xml"),
        verdict="ours",
        why="Entries with one id, or equal in everything, are one entry (RFC 4287 4.1.1).",
    ),
    Judgement(
        kind="An entry with nothing in it",
        facts=("entries",),
        documents=(f"{_FP}rss/item_description_not_a_doctype2.xml",),
        verdict="ours",
        why="The only text is the beginning of a document type, which no reader sees: nothing is left to show.",
    ),
    Judgement(
        kind="Language from the HTTP header",
        facts=("feed language",),
        documents=(f"{_FP}lang/http_content_language*",),
        verdict="both",
        why="Content-Language names the audience of a response (RFC 9110 8.5), and servers set it for a whole "
        "site. The language is identified from the text instead.",
    ),
    Judgement(
        kind="An id as a link",
        facts=("feed link", "link"),
        documents=(
            "feedparser: wellformed/*/*feed_id*",
            f"{_FP}atom10/entry_id_with_attributes.xml",
            f"{_FP}lang/http_content_language_entry*",
            "reader: *.atom",
        ),
        verdict="ours",
        why="An atom:id is no address to open (RFC 4287 4.2.6); without a link the entry has none.",
    ),
    Judgement(
        kind="A resource as a link",
        facts=("link",),
        documents=(f"{_FP}rdf/*", "feedparser: illformed/rdf*", f"{_FP}atom10/entry_content_src.xml"),
        verdict="ours",
        why="RSS 1.0 names the page of an item in rdf:about (section 5.5), Atom the content of an entry in its "
        "src (RFC 4287 4.1.3.2). A reader can open both.",
    ),
    Judgement(
        kind="The fragment of a link",
        facts=("link",),
        documents=(f"{_FP}namespace/*",),
        verdict="both",
        why="These documents have one entry per page. The fragment tells entries of one page apart; it is kept "
        "beside the address.",
    ),
    Judgement(
        kind="Channel Definition Format",
        facts=("feed *", "published", "link"),
        documents=(f"{_FP}cdf/*", f"{_FP}base/cdf*"),
        verdict="both",
        why="The format of 1997 has no feeds left. Its entries are read as far as they look like RSS.",
    ),
    Judgement(
        kind="A relative Content-Location",
        facts=("feed link",),
        documents=(f"{_FP}http/*",),
        verdict="ours",
        why="Content-Location is relative to the address of the request (RFC 9110 8.7).",
    ),
    Judgement(
        kind="Base64 titles and texts",
        facts=("title", "feed title", "text"),
        documents=("feedparser: wellformed/atom*base64*",),
        verdict="ours",
        why="Atom 0.3 states mode and type: the decoded text is HTML where the type says so. In Atom 1.0 base64"
        " is a file (RFC 4287 4.1.3.3); a file that is text is shown as text.",
    ),
    Judgement(
        kind="A feed title that is a picture",
        facts=("feed title",),
        documents=(f"{_FP}atom10/tag_in_attr.xml",),
        verdict="both",
        why="A title of nothing but a picture would be empty. Its markup is shown, as the only name that there is.",
    ),
    Judgement(
        kind="A whole page as a title",
        facts=("title", "feed title"),
        documents=(f"{_FP}sanitize/*crazy.xml",),
        verdict="both",
        why="Both show the text of a page with scripts in the title. Titles are text and are escaped wherever "
        "they are shown.",
    ),
    Judgement(
        kind="An unclosed comment in a title",
        facts=("feed title",),
        documents=(f"{_FP}sanitize/xml_malicious_comment.xml",),
        verdict="ours",
        why="HTML ends a comment at its end mark only; what follows the beginning is no text.",
    ),
    Judgement(
        kind="Ids as written",
        facts=("id",),
        documents=("feedparser: *", "reader: *", "podcastparser: *"),
        verdict="ours",
        why="Ids are compared letter by letter and never resolved (RFC 4287 4.2.6.1); an item without one is "
        "identified by its link, else by its text.",
    ),
    Judgement(
        kind="A date of another name",
        facts=("published", "updated"),
        documents=("feedparser: *", "reader: full.atom"),
        verdict="ours",
        why="An entry needs a date to be sorted: dc:date, created, modified or updated is taken where published"
        " is missing.",
    ),
    Judgement(
        kind="Texts of podcasts",
        facts=("text",),
        documents=(f"{_FP}itunes/*", "podcastparser: *"),
        verdict="ours",
        why="A subtitle or summary is the text of an entry that has no other. podcastparser knows one text per "
        "episode.",
    ),
    Judgement(
        kind="Scripts and the head of a page in a text",
        facts=("text",),
        documents=(f"{_FP}sanitize/*crazy.xml", f"{_FP}sanitize/*script_nested_cdata.xml"),
        verdict="ours",
        why="The title and the scripts of a page that was pasted into a text are not its words.",
    ),
    Judgement(
        kind="A link for a frame",
        facts=("text",),
        documents=(f"{_FP}sanitize/*frame.xml", f"{_FP}sanitize/*embed.xml", f"{_FP}sanitize/*object.xml"),
        verdict="ours",
        why="An embedded page becomes a link with a title. What a frame has inside is for browsers that cannot "
        "show frames.",
    ),
    Judgement(
        kind="Hidden text",
        facts=("text",),
        documents=(f"{_FP}sanitize/large_atom_feed*",),
        verdict="ours",
        why="Elements that a browser does not show are not text.",
    ),
    Judgement(
        kind="Several texts",
        facts=("text",),
        documents=("reader: full.*", "reader: relative.atom"),
        verdict="both",
        why="An Atom entry has one content (RFC 4287 4.1.2), a JSON Feed item one text as HTML or plain; the "
        "richer one is taken. A text of the type text shows its markup as text.",
    ),
    Judgement(
        kind="Addresses of files",
        facts=("enclosures",),
        documents=("reader: *", "podcastparser: relative*"),
        verdict="ours",
        why="Relative addresses are resolved with the address of the document; a file without an address is "
        "none, and a fragment is not sent.",
    ),
    Judgement(
        kind="A number as a title",
        facts=("title",),
        documents=("reader: invalid.json",),
        verdict="both",
        why="JSON Feed wants text; a number can be read as text.",
    ),
    Judgement(
        kind="Rules of a podcast player",
        facts=("entries", "feed title", "title", "link", "published", "enclosures"),
        documents=("podcastparser: *",),
        verdict="both",
        why="podcastparser names a feed and an episode without a title after the file, sorts serial episodes, "
        "and leaves out episodes without a file or beyond a limit of its test. A file: address is no page "
        "to open.",
    ),
)
"""The judgements, in the order in which they are tried."""


def judge_difference(difference: Difference) -> Judgement | None:
    """Returns the first judgement that applies, None if there is none."""
    return next((judgement for judgement in JUDGEMENTS if judgement.applies_to(difference)), None)


def judgement_table() -> str:
    """Returns the judgements as a table in Markdown."""
    verdicts = {"ours": "ours is right", "both": "both are possible", "wrong": "ours is wrong"}
    rows = (f"| {one.kind} | {verdicts[one.verdict]} | {one.why} |" for one in JUDGEMENTS)
    return "\n".join(("| kind of difference | verdict | why |", "|---|---|---|", *rows))


if __name__ == "__main__":
    print(judgement_table())
