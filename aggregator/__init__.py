"""aggregator: polls many feeds, merges copies of the same text, and publishes one digest of stories.

    settings, configuration    read and check config/*.yaml; the service starts with them (bootstrap)
    polling                    plan the next poll of each feed; send one polite request at a time
    parsing                    feed document → entries
    entry_matching             entries → the stored entries that they are
    change_detection           entries → new, changed, corrected ones; entry_rules keeps or drops them
    extraction                 article page → text without boilerplate
    dedup                      text → candidates → verdict → story with its canonical copy
    publishing, web            stories → digest: Atom, RSS, JSON Feed, pages
    store                      SQLModel tables; they are also the queue of due work
    steps, pipeline            run all of it in order; each step is one transaction
    daemon, cli                run the pipeline and the web server; run single commands

Imports go down only: ``cli``, ``daemon``, ``web`` → ``read_model``, ``bootstrap`` → ``pipeline`` → ``steps`` →
effects (``polling.fetch``, ``store``, ``worker_pool``) → pure modules → ``model``, ``errors``, ``settings``. A test
checks this.
"""
