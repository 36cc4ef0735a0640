"""Rewrites publishers' HTML into HTML with the same content that feed readers show, and lists what they may see.

``sanitise`` calls these modules in this order:

    foreign_markup     corrects CDATA marks, elements of Office programs, elements that XML ends
    rewriting          parses the fragment (``fragments``) and calls
        formulas           MathML, or TeX, instead of what scripts made of it
        hidden_elements    elements that a browser does not show
        lazy_pictures      pictures that load late, with ``source_sets``
        player_elements    players as figures, with the table of ``players``
        drawings           inline SVG
        anchors            links within the text
    allowed_markup     the elements, attributes and addresses that nh3 keeps

Rewriting makes nothing safe: nh3 decides with ``allowed_markup``, whatever was rewritten.
"""
