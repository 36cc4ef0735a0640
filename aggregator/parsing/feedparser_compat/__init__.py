"""Parses RSS and Atom into the values that feedparser returns, several times faster for most documents.

feedparser knows every dialect, but spends some hundred Python calls on each entry. Most feeds use few
elements. A document that uses only these is *plain*: it is read here from lxml's tree, into the same values. For
any other document feedparser itself runs, with some handlers corrected. The rule: the fast result equals its result
in every value that ``xml_feed_reader`` reads, or there is no fast result.

The modules, in the order in which they work:

    fast_parser     ``parse_plain_document``: checks and parses a plain document, feed and entries
    names           ``ElementNames``: feedparser's name for each element, from the declared namespaces
    context         ``ParserState``: the state between elements: current feed or entry, language, ``xml:base``
    elements        ``ElementReader``: stores what one element adds to the current feed or entry
    people          ``AuthorAndCategoryReader``: the same for authors and categories
    xhtml           ``serialise_xhtml``: writes XHTML in a text as feedparser writes it
    values          repairs of one text or URL; ``NotPlainError`` ends the fast parse
    media_tree      the tree of media that both parsers build
    library_parser  ``parse_with_library``: runs feedparser for a document that is not plain
    corrected_handlers  ``StrictParser``, ``LenientParser``: feedparser's parsers, with handlers that lose nothing

Other packages and modules import ``FeedparserResult``, ``parse_plain_document`` and ``strip_declaration``
from ``fast_parser`` and ``parse_with_library`` from ``library_parser``, nothing else. The sub-package imports only
``parsing.xml_repair`` and ``parsing.xml_tree``, which do not import it.

docs/feedparser.md lists what is equal to feedparser and what differs on purpose;
docs/decisions/0007-simple-documents-need-no-feedparser.md has the measurements.
"""
