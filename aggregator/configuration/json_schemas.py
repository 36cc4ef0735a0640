"""Renders the JSON Schemas with which an editor checks the YAML files."""

from __future__ import annotations

import json

from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(model: type[BaseModel]) -> str:
    """Returns the JSON Schema of a configuration file as a document that ends with a newline."""
    return json.dumps({"$schema": DIALECT, **model.model_json_schema()}, indent=2, ensure_ascii=False) + "\n"
