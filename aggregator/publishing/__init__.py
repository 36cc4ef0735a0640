"""How stories become a digest: Atom, RSS, JSON Feed and a page, each from one ``model.DigestPage``.

Everything here is pure: the same page value gives the same bytes, there is no clock, no database and
no network. Which stories a page holds was decided before; serving the bytes is ``web``'s.
"""
