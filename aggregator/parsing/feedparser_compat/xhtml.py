"""What does feedparser write of the XHTML that stands in a text?

Tags and attributes in its spelling, everything else escaped. Elements of other namespaces are not
followed: their end tags would call feedparser's handlers in the middle of a text.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

from aggregator.parsing.feedparser_compat.names import Attributes, Element
from aggregator.parsing.feedparser_compat.values import UnusualError

_DEEPEST = 100
_NAMESPACE = "{http://www.w3.org/1999/xhtml"
_DIV = f"{_NAMESPACE}}}div"
_QUOTE = {'"': "&quot;"}
# feedparser has handlers for two elements of XHTML, and ``mending`` cuts the names of people.
_NOT_FOLLOWED = frozenset(
    {
        "author", "body", "contributor", "creator", "email", "managingeditor", "name", "owner", "publisher", "svg",
        "webmaster",
    }
)  # fmt: skip


def xhtml_in(element: Element, *, attributes: Callable[[Element], Attributes], unwrapped: bool) -> str:
    """The markup in ``element``, without the ``div`` around all of it if that is to be ``unwrapped``.

    ``attributes`` reads those of an element. Raises ``UnusualError`` for what is not followed.
    """
    written: list[str] = []
    if unwrapped and (wrapping := _div_around(element)) is not None:
        _written(attributes(wrapping))
        element = wrapping
    _write(element, written, attributes, depth=0)
    return "".join(written).strip()


def _div_around(element: Element) -> Element | None:
    if len(element) != 1 or (element.text or "").strip():
        return None
    only = element[0]
    return only if only.tag.lower() == _DIV and not (only.tail or "").strip() else None


def _write(element: Element, written: list[str], attributes: Callable[[Element], Attributes], *, depth: int) -> None:
    if depth > _DEEPEST:
        raise UnusualError
    written.append(escape(element.text or ""))
    for child in element:
        namespace, _, tag = child.tag.rpartition("}")
        name = tag.lower()
        if namespace != _NAMESPACE or name in _NOT_FOLLOWED:
            raise UnusualError
        written.append(f"<{name}{_written(attributes(child))}>")
        _write(child, written, attributes, depth=depth + 1)
        written.append(f"</{name}>{escape(child.tail or '')}")


def _written(attributes: Attributes) -> str:
    if any(name.startswith(("{", "rdf:")) for name in attributes):
        raise UnusualError
    return "".join(f' {name}="{escape(value, _QUOTE)}"' for name, value in attributes.items())
