"""The schema as a page shows it: by room, each operation with its parameters, bodies and answers in rows."""

import json
import re
from collections.abc import Iterator

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from frodo.api.schema.building import schema
from frodo.async_model.schema import REF

RESPONSES = "#/components/responses/"
PART = "Part"
CODE = re.compile(r"`([^`]+)`")


def rooms(language: str, root: str) -> list[dict]:
    """`root`: the address before `/api/`, for examples."""
    whole = schema(language)
    found: dict[str, dict] = {each["name"]: {**each, "operations": []} for each in whole["tags"]}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]]["operations"].append(shown(path, method, operation, whole, root))
    return [room for room in found.values() if room["operations"]]


def kinds(language: str) -> Iterator[dict]:
    """What the operations speak of."""
    for name, each in schema(language)["components"]["schemas"].items():
        if not (name.endswith(PART) and "`fields`" in each.get("description", "")):
            yield {"name": name, "rows": list(rows(each))}


def shown(path: str, method: str, operation: dict, whole: dict, root: str) -> dict:
    body = operation.get("requestBody")
    media, content = next(iter(body["content"].items())) if body else ("", {})
    example = content.get("example")
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "summary": operation.get("summary", ""),
        "words": [words(part) for part in operation.get("description", "").split("\n\n") if part],
        "is_open": {} in operation["security"],
        "parameters": [parameter(each) for each in operation.get("parameters", ())],
        "media": media,
        "takes_files": media.startswith("multipart/"),
        "rows": list(rows(content.get("schema", {}), whole)),
        "example": pretty(example),
        "answers": [answer(status, each, whole) for status, each in operation["responses"].items()],
        "curl": curl(path, method, media, example, root),
    }


def words(text: str) -> SafeString:
    """Of Markdown, what the schema uses: code."""
    return mark_safe(CODE.sub(r"<code>\1</code>", conditional_escape(text)))  # noqa: S308 - escaped before


def parameter(each: dict) -> dict:
    schema = each["schema"]
    return {
        "name": each["name"],
        "place": each["in"],
        "words": words(each.get("description", "")),
        "type": kind(schema),
        "is_required": each.get("required", False),
        "choices": schema.get("enum", ()),
        "default": schema.get("default", ""),
    }


def answer(status: str, said: dict, whole: dict) -> dict:
    if "$ref" in said:
        said = whole["components"]["responses"][said["$ref"].removeprefix(RESPONSES)]
    content = next(iter(said.get("content", {}).values()), {})
    return {
        "status": status,
        "words": words(said["description"]),
        "type": kind(content["schema"]) if content else "",
        "example": pretty(content.get("example")),
        "is_good": status < "400",
    }


def rows(schema: dict, whole: dict | None = None) -> Iterator[dict]:
    """One for each name of an object, those of all its parts."""
    if "$ref" in schema and whole:
        schema = whole["components"]["schemas"][schema["$ref"].removeprefix(REF)]
    for part in schema.get("allOf", ()):
        yield from rows(part, whole)
    for name, each in schema.get("properties", {}).items():
        yield {
            "name": name,
            "type": kind(each),
            "words": words(each.get("description", "")),
            "is_required": name in schema.get("required", ()),
        }


def kind(schema: dict) -> SafeString | str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return format_html('<a href="#schema-{}">{}</a>', name, name)
    if "allOf" in schema:
        return format_html_join(" + ", "{}", ((kind(each),) for each in schema["allOf"]))
    if "anyOf" in schema or "oneOf" in schema:
        options = schema.get("anyOf") or schema["oneOf"]
        whole = [each for each in options if not each.get("$ref", "").endswith(PART)]
        return format_html_join(" | ", "{}", ((kind(each),) for each in whole))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return format_html_join(" | ", "<code>{}</code>", ((json.dumps(each, ensure_ascii=False),) for each in values))
    if schema.get("type") == "array":
        return format_html("{} [ ]", kind(schema.get("items", {})))
    if "properties" in schema:
        return format_html("{{ {} }}", format_html_join(", ", "{}", ((name,) for name in schema["properties"])))
    if isinstance(schema.get("additionalProperties"), dict):
        return format_html("{{ …: {} }}", kind(schema["additionalProperties"]))
    names = schema.get("type", _("anything"))
    return " | ".join(names) if isinstance(names, list) else schema.get("format") or names


def pretty(example) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)


def curl(path: str, method: str, media: str, example, root: str) -> str:
    address = re.sub(r"\{(\w+)\}", lambda match: {"slug": "tea", "id": "12"}.get(match[1], match[1]), path)
    lines = [f"curl {'-X ' + method.upper() + ' ' if method != 'get' else ''}{root}{address}"]
    if method != "get":
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if media.startswith("multipart/"):
        lines.append("-F file=@tea.jpg")
    elif example is not None:
        said = json.dumps(example, ensure_ascii=False).replace("'", "'\\''")
        lines += [f"-H 'Content-Type: {media}'", f"-d '{said}'"]
    return " \\\n  ".join(lines)
