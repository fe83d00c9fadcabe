"""What endpoints share, in words: errors, headers, parameters, ways to say who one is."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.plumbing import ResolvedComponent

from frodo.api.callers import OnlyWriters, PublishersWrite, SignedIn, WritersWrite
from frodo.api.cursors import MAX_LIMIT
from frodo.api.documenting import ListOf, PageOf, Parameter, Part
from frodo.api.idempotency import MAX_KEY
from frodo.api.schema.types import Types
from frodo.async_model.schema import REF

WHO = {
    WritersWrite: _("Contributors, editors and the author write."),
    PublishersWrite: _("Editors and the author write."),
    OnlyWriters: _("For contributors, editors and the author."),
    SignedIn: _("For who is signed in."),
}
ALWAYS = {OnlyWriters, SignedIn}
ON_WRITES = {WritersWrite, PublishersWrite}

FOUND = _("What was asked for.")
DONE = _("Done; there is nothing to say.")
NOTHING_NEW = _("What is known by this ETag is still so.")

IN_PATH = {
    "slug": _("The last part of its address; it may hold any letters."),
    "pk": _("Its number."),
}

SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": _("The site's own pages. Writing needs the header X-CSRFToken as well, from /api/me/."),
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": _("A token: of a device, from /api/token/, or one's own for a script, with scopes."),
    },
}

STATUSES = {
    400: _(
        "Something in it cannot be: `parse_error`, `invalid` with what is wrong by field, `bad_parameter`, "
        "`unknown_field`."
    ),
    401: _("Nobody is signed in, or the token is not good any more: `not_authenticated`, `authentication_failed`."),
    403: _("This one may not do that: `permission_denied`, `scope_missing`, `not_by_token`, `other_site`."),
    404: _("There is no such thing, or not for this one: `not_found`."),
    409: _("It is not any more what it was: `conflict` with `current`, `yours` and `etag`."),
    413: _("The body is too large: `too_large`."),
    415: _("The body is of another kind: `unsupported_media_type`."),
    422: _("The Idempotency-Key was used with another request: `idempotency_key_reused`."),
    429: _("Too often: `too_fast`. Retry-After says when."),
    503: _("The database is away for a moment: `unavailable`."),
}

HEADERS = {
    "ETag": (_("The version of what was sent."), True),
    "Link": (_("RFC 8288: `next` and `prev`, where there are such pages."), False),
    "Location": (_("Where it is now."), False),
    "Idempotent-Replayed": (_("`true`: this was answered before, and nothing was made now."), False),
    "Retry-After": (_("Seconds."), True),
    "WWW-Authenticate": (_("How to say who one is."), False),
}

IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    _("Who sends the same again with the same key within a day is given the first answer; nothing is made twice."),
    {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": r"^[\x20-\x7e]+$"},
    "header",
)
IF_MATCH = Parameter(
    "If-Match",
    _("The ETag of the version that is changed. It is refused with 409 when it is another one now."),
    {"type": "string", "examples": ['"v0f1e2d3c4b5a6978-9a8b7c6d5e4f3a2b1c0d9e8f"']},
    "header",
)
IF_NONE_MATCH = Parameter("If-None-Match", _("An ETag; 304 says that nothing has changed."), place="header")
FIELDS = Parameter("fields", _("Only these names, with commas between them."))
CURSOR = Parameter("cursor", _("As in `next` and `previous` of the page before."))
PAGE_LIMIT = Parameter(
    "limit", _("How many at most."), {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 20}
)


def parameters_of(response) -> Iterable[Parameter]:
    if isinstance(response, PageOf):
        if response.orders:
            yield Parameter("order", _("Sorted how."), {"type": "string", "enum": list(response.orders)})
        yield CURSOR
        yield PAGE_LIMIT
    if isinstance(response, PageOf | ListOf):
        response = response.row
    if isinstance(response, Part):
        yield FIELDS
        words = _("Shown in full, with commas between them: %s.") % ", ".join(response.expand)
        yield Parameter("expand", words if response.expand else _("Nothing here can be shown in full."))


def scope_words(scope: str | None) -> str | Promise:
    if scope is None:
        return _("Not with a personal token.")
    return _("A personal token needs the scope `%s`.") % scope


def headers(*names: str) -> dict:
    """A name with "?" is not always there."""
    found = {}
    for name in names:
        words, is_certain = HEADERS[name.rstrip("?")]
        kind = "integer" if name == "Retry-After" else "string"
        found[name.rstrip("?")] = {"description": str(words), "schema": {"type": kind}}
        if is_certain and not name.endswith("?"):
            found[name]["required"] = True
    return found


def refused(status: int, more: str | Promise, types: Types) -> dict:
    if not more:
        if str(status) not in types.responses:
            types.responses[str(status)] = spelled_out(status, more, types)
        return {"$ref": f"#/components/responses/{status}"}
    return spelled_out(status, more, types)


def spelled_out(status: int, more: str | Promise, types: Types) -> dict:
    schema = "Conflict" if status == 409 and not more else "Error"
    types.components.setdefault("Error", ERROR)
    if schema == "Conflict":
        types.components.setdefault("Conflict", CONFLICT)
    words = " ".join(str(each) for each in (STATUSES.get(status, ""), more) if each)
    answer = {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": REF + schema}, "example": example(status)}},
    }
    if status in {429, 503}:
        answer["headers"] = headers("Retry-After")
    if status == 401:
        answer["headers"] = headers("WWW-Authenticate")
    return answer


def example(status: int) -> dict:
    code, message, more = EXAMPLES.get(status, ("refused", "This cannot be done.", {}))
    return {"error": {"code": code, "message": now(message), **more}}


EXAMPLES = {
    400: ("invalid", "Some fields need another look.", {"fields": {"title": ["…"]}}),
    401: ("not_authenticated", "Sign in first.", {}),
    403: ("not_a_writer", "Only those who write this blog may do that.", {}),
    404: ("not_found", "There is no such thing.", {}),
    409: (
        "conflict",
        "This was changed meanwhile, elsewhere. Look at both versions, then save again with the new ETag.",
        {"current": {"title": "一壶茶"}, "yours": {"title": "A pot of tea"}, "etag": '"v0f1e2d3c4b5a6978-"'},
    ),
    413: ("too_large", "That is more than is taken at once.", {}),
    415: ("unsupported_media_type", "…", {}),
    422: ("idempotency_key_reused", "This Idempotency-Key was used with another request. Use a new one.", {}),
    429: ("too_fast", "…", {}),
    503: ("unavailable", "The site cannot do this just now. Try again in a moment.", {}),
}

ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": _("Stable, for programs.")},
                "message": {"type": "string", "description": _("For people, in their language.")},
                "fields": {
                    "type": "object",
                    "description": _("What is wrong with each field."),
                    "additionalProperties": True,
                },
            },
            "required": ["code", "message"],
        }
    },
    "required": ["error"],
}
CONFLICT = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "const": "conflict"},
                "message": {"type": "string"},
                "current": {"type": "object", "description": _("As it is now.")},
                "yours": {"type": "object", "description": _("As it was sent.")},
                "etag": {"type": "string", "description": _("Of the current version, for If-Match.")},
            },
            "required": ["code", "message", "current", "yours", "etag"],
        }
    },
    "required": ["error"],
}


def security(name: str, scheme: dict) -> ResolvedComponent:
    return ResolvedComponent(name=name, type=ResolvedComponent.SECURITY_SCHEMA, object=name, schema=scheme)
