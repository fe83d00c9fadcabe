"""Does a value fit a schema that speaks of others in the same document?"""

from jsonschema import Draft202012Validator


def problems(document: dict, schema: dict, value) -> list[str]:
    whole = {**document, **schema} if "$ref" in schema else {**schema, "components": document["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]
