"""What does an editor need to know to check the YAML while it is typed?"""

from __future__ import annotations

import json

from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(model: type[BaseModel]) -> str:
    """The JSON Schema of one configuration file, as a document that ends with a newline."""
    return json.dumps({"$schema": DIALECT, **model.model_json_schema()}, indent=2, ensure_ascii=False) + "\n"
