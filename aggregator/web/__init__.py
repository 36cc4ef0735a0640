"""How the digest and its pages are answered over HTTP.

``app`` routes, ``representation`` does what HTTP asks of an answer, ``pages`` and ``wording`` make the
pages. What is asked of the rest of the program is the ``library`` protocol; nothing here is stored.
"""
