"""The index of admin screens, one import per folder, and their menu."""

from typing import cast

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blog import settings_admin
from blog.activities import admin as activities
from blog.dashboard import dashboard
from blog.importers import admin as importers
from blog.link_check import admin as links
from blog.media import admin as uploads
from blog.moderation import admin as moderation
from blog.posts import admin as posts
from blog.posts.redirects import admin as redirects
from blog.site import admin as blogroll
from blog.webhooks import admin as webhooks
from frodo.admin_menu import Group, Link, Model
from frodo.admin_site import Site

admin.site.index_title = _("Dashboard")
site = cast(Site, admin.site)
site.dashboard = dashboard
site.hidden_models = frozenset({"frodo.sitesettings"})
site.menu = (
    Group(
        "write",
        _("Write"),
        (Model("blog.post"), Model("blog.page"), Model("blog.activity"), Model("blog.upload", _("Media"))),
    ),
    Group(
        "discussion",
        _("Discussion"),
        (
            Link(_("Moderation"), "moderation", "blog.change_comment"),
            Model("blog.comment"),
            Model("blog.rule", _("Rules")),
            Model("blog.block", _("Blocked")),
            Model("blog.spamwave", _("Spam waves")),
        ),
    ),
    Group(
        "site",
        _("Site"),
        (
            Link(_("Settings"), "admin:site_settings", "superuser"),
            Link(_("Statistics"), "statistics", "blog.view_dailyviews"),
            *(Model("blog.topic"), Model("blog.tag"), Model("blog.blogrolllink")),
            *(Model("blog.redirect"), Model("blog.notfoundpath"), Model("blog.checkedlink")),
        ),
    ),
    Group("people", _("People"), (Model("accounts.user"),)),
    Group(
        "system",
        _("System"),
        (
            Link(_("System check"), "doctor", "superuser"),
            Model("blog.import"),
            Link(_("Export"), "exports", "superuser"),
            *(Model("blog.webhookendpoint"), Model("blog.webhookdelivery")),
            Model("frodo.job"),
            Model("frodo.job", _("E-mails"), "?type__exact=send_email"),
            Model("accounts.personaltoken"),
            Model("accounts.device"),
        ),
    ),
)
