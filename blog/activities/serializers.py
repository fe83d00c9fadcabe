"""What may be said of an activity. What it makes of it, blog.activities.posting knows."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from blog.activities.posting import LONGEST_URL, MOST_CHARACTERS, MOST_LINKS, MOST_PHOTOS


class ActivityIn(serializers.Serializer):
    text = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        max_length=MOST_CHARACTERS,
        help_text="Markdown.",
    )
    links = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_URL),
        required=False,
        default=list,
        max_length=MOST_LINKS,
        help_text=_("Addresses of pages elsewhere; title and picture are read there afterwards."),
    )
    photos = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        default=list,
        max_length=MOST_PHOTOS,
        help_text=_("Ids of uploads, in their order."),
    )
    language = serializers.ChoiceField(settings.LANGUAGES, required=False, default=settings.LANGUAGE_CODE)
    published_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text=_("A time to come schedules it. Left out, it is now.")
    )
    comments_open = serializers.BooleanField(required=False, default=True)
