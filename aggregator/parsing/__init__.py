"""Parses feed documents into entries: bytes become a ``ParsedFeed``, or an ``Unreadable`` with the reason.

The steps, in the order in which they happen:

    1  decompress a gzip file                     ``gzip_document.gunzip``
    2  decode the bytes                           ``document_encoding.decode_document``
         map a charset label to a codec           ``charset_labels.codec_for_label``
         guess the encoding without a usable one  ``encoding_detection.guess_encoding``
    3  detect the format                          ``feed_document.parse_unsanitised``
    4  parse the document and map its fields
         RSS or Atom, plain                       ``xml_feed_reader.read_plain_xml``
         RSS or Atom, any other                   ``xml_repair.repair_xml``, then ``xml_feed_reader.read_xml_feed``
         JSON Feed                                ``json_feed_reader.read_json_feed``
         sitemap                                  ``sitemap.read_sitemap``
    5  assign a uid to each unsanitised entry     ``entry_identity.assign_uids``
         resolve entries that point elsewhere     ``link_posts.resolve_link_posts``
    6  digest what readers see of each entry      ``entry_identity.content_digest``
    7  sanitise new and changed entries           ``unsanitised_entry.UnsanitisedEntry.sanitised``

``document_reader.read_document`` does all steps in a worker process. ``feed_document.parse_unsanitised`` does steps
1 to 5, and ``feed_document.parse_feed`` also step 7, for every entry.

Used by step 4:

    feedparser_compat        parses RSS and Atom into feedparser's values, with or without feedparser
    well_formedness          finds where XML stops being well-formed
    sitemap_recovery         removes ill-formed pages from a sitemap
    xml_tree                 parses sitemaps and subscription lists into a tree
    entry_fields             rules for fields that all formats share
    text_constructs          texts of RSS and Atom, by their types
    entry_media              pictures and files of an entry
    schemeless_urls          URLs such as ``www.example.org/a``
    author_lines             the people that one line names
    feed_links               topic, hubs, cloud and older documents that a feed advertises
    syndication_hints        hints about the poll interval
    feed_dates               dates, with ``month_names`` and ``calendars``
    urls                     normalised and absolute URLs, with ``wrapped_urls`` and ``tracking_parameters``
    sanitise                 safe HTML, and titles as plain text
    unsanitised_entry        the entries between step 4 and step 7

Not part of polling: ``feed_discovery`` finds feed addresses in a page, ``subscription_reader`` parses subscription
lists, with ``opml_reader``, ``url_list_reader`` and ``subscription_list``.

Every function is pure and runs in a worker process: none fetches, stores, logs or reads the clock.
"""
