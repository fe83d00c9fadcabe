"""Input of the activities API."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from blog.activities.services import LONGEST_URL, MOST_CHARACTERS, MOST_LINKS, MOST_PHOTOS
from frodo.fields import validate_moment


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Activity",
            {"text": "新茶到了。New tea is here.", "links": ["https://tea.example/new"], "language": "zh-hans"},
        )
    ]
)
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
        help_text=_("URLs of other pages. Titles and images are fetched afterwards."),
    )
    photos = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        default=list,
        max_length=MOST_PHOTOS,
        help_text=_("Ids of uploads, in order."),
    )
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    published_at = serializers.DateTimeField(
        required=False,
        default=None,
        allow_null=True,
        validators=[validate_moment],
        help_text=_("A time in the future schedules it. The default is now."),
    )
    comments_open = serializers.BooleanField(required=False, default=True)
