"""aggregator: many feeds in, one digest of stories out, each text once.

    config/*.yaml     configuration, settings         what a person wants
    polling           is a feed due, and may it be asked?  one polite request
    parsing           feed document → entries
    intake            which entries are new, which changed?
    extraction        article page → clean text
    dedup             text → candidates → verdict → story
    publishing, web   stories → digest: Atom, RSS, JSON Feed, pages
    store             SQLModel tables, which are the queue too
    steps, pipeline   the order of it all, and the transactions
    daemon, cli       what runs it

Imports go down only: ``cli``, ``daemon``, ``web`` → ``library``, ``opening`` → ``pipeline`` →
``steps`` → effects (``polling.fetch``, ``store``, ``workers``) → pure modules → ``model``,
``errors``, ``settings``. A test holds this.
"""
