"""Reads and edits the configuration files.

loading          YAML files → ``Configuration``, or errors with file, line and suggestion
settings_dump    settings of a feed → the values to write
yaml_edits       text of feeds.yaml → its text with one feed more or less
file_updates     writes edited files to disk
starter_files    the files of ``aggregator init``
json_schemas     JSON Schemas for editors
"""
