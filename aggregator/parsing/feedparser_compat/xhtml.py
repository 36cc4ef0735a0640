"""Serialises XHTML in a text construct as feedparser does.

Tag names are in lower case and attributes in feedparser's spelling; everything else is escaped. Elements of other
namespaces are not supported: their end tags would call feedparser's handlers inside a text.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

from aggregator.parsing.feedparser_compat.names import Attributes
from aggregator.parsing.feedparser_compat.values import NotPlainError
from aggregator.parsing.xml_tree import XmlElement

_MAX_DEPTH = 100
_NAMESPACE = "{http://www.w3.org/1999/xhtml"
_DIV = f"{_NAMESPACE}}}div"
_QUOTE = {'"': "&quot;"}
# feedparser has handlers for two elements of XHTML (body, svg), and ``xml_repair`` shortens the names of people.
_UNSUPPORTED = frozenset(
    {
        "author", "body", "contributor", "creator", "email", "managingeditor", "name", "owner", "publisher", "svg",
        "webmaster",
    }
)  # fmt: skip


def serialise_xhtml(
    element: XmlElement, *, read_attributes: Callable[[XmlElement], Attributes], unwrap_div: bool
) -> str:
    """Returns the markup inside ``element`` as text.

    With ``unwrap_div``, a single ``div`` around all of it is left out. ``read_attributes`` returns the attributes
    of an element. Raises ``NotPlainError`` for unsupported markup.
    """
    output: list[str] = []
    if unwrap_div and (div := _only_div(element)) is not None:
        _serialise_attributes(read_attributes(div))
        element = div
    _serialise_children(element, output, read_attributes, depth=0)
    return "".join(output).strip()


def _only_div(element: XmlElement) -> XmlElement | None:
    if len(element) != 1 or (element.text or "").strip():
        return None
    only = element[0]
    return only if only.tag.lower() == _DIV and not (only.tail or "").strip() else None


def _serialise_children(
    element: XmlElement, output: list[str], read_attributes: Callable[[XmlElement], Attributes], *, depth: int
) -> None:
    if depth > _MAX_DEPTH:
        raise NotPlainError
    output.append(escape(element.text or ""))
    for child in element:
        namespace, _, tag = child.tag.rpartition("}")
        name = tag.lower()
        if namespace != _NAMESPACE or name in _UNSUPPORTED:
            raise NotPlainError
        output.append(f"<{name}{_serialise_attributes(read_attributes(child))}>")
        _serialise_children(child, output, read_attributes, depth=depth + 1)
        output.append(f"</{name}>{escape(child.tail or '')}")


def _serialise_attributes(attributes: Attributes) -> str:
    if any(name.startswith(("{", "rdf:")) for name in attributes):
        raise NotPlainError
    return "".join(f' {name}="{escape(value, _QUOTE)}"' for name, value in attributes.items())
