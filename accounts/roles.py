"""What somebody may do here, in four steps; each may all that those below it may.

An author owns the blog. An editor writes, publishes and moderates, whoever wrote it. A contributor writes drafts, which
others publish. A reader comments. Permissions that Django's admin gave to a user or a group are valid besides.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    AUTHOR = "author", _("Author: owns the blog")
    EDITOR = "editor", _("Editor: writes, publishes and moderates")
    CONTRIBUTOR = "contributor", _("Contributor: writes drafts")
    READER = "reader", _("Reader")


WRITERS = {Role.AUTHOR, Role.EDITOR, Role.CONTRIBUTOR}
PUBLISHERS = {Role.AUTHOR, Role.EDITOR}

OF_A_CONTRIBUTOR = {
    *(f"blog.{deed}_post" for deed in ("view", "add", "change", "delete")),
    *(f"blog.{deed}_upload" for deed in ("view", "add", "change", "delete")),
    *("blog.view_tag", "blog.view_topic"),
}
"""Which posts and uploads, the rooms say."""


def grants(role: str, permission: str) -> bool:
    """Does the role give this permission of Django's?"""
    if role in PUBLISHERS:
        return permission.startswith("blog.")
    return role == Role.CONTRIBUTOR and permission in OF_A_CONTRIBUTOR


def grants_some(role: str, app: str) -> bool:
    return role in WRITERS and app == "blog"
