"""The index of admin screens, one import per room."""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blog.activities import admin as activities
from blog.letters import admin as letters
from blog.moderation import admin as moderation
from blog.posts import admin as posts
from blog.uploads import admin as uploads

__all__ = ["activities", "letters", "moderation", "posts", "uploads"]

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = settings.SITE_NAME
admin.site.index_title = _("The author's desk")
