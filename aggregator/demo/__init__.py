"""A newsroom to try the aggregator on: invented outlets that carry invented stories, on this machine.

Nothing here polls, merges or publishes; that is done by the ordinary service, which reads the
newsroom's feeds as it reads everybody else's. What is in here, in the order in which it is used:

    texts/*.toml       the stories, each with the list of outlets that print it
    stories            reads them
    outlets            who prints: feed format, addresses, how an agency is credited
    edition            what every outlet has printed by a given moment
    addresses          the URLs of feeds, articles and pictures
    feeds, pages       what is printed, as feed documents and web pages (templating, templates/)
    pictures           a drawing for every story
    site               which document answers a request
    server             answers requests on 127.0.0.1
    configuration      the two YAML files that point the service at the newsroom
    play               runs the service on the newsroom
"""

from __future__ import annotations
