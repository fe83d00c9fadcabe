"""API input of posts, pages, tags and topics. The model validates further when it is saved."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from blog.posts.models import Post
from frodo.fields import validate_moment

MAX_TEXT = 1_000_000
MAX_TAGS = 50


class Slug(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, max_length=200, default="", **kwargs)


class Language(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        help_text = _("The default is the language of the text.")
        super().__init__(settings.LANGUAGES, required=False, help_text=help_text, **kwargs)


class MetaIn(serializers.Serializer):
    """What search engines are told of a post or page."""

    canonical_url = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)
    seo_title = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    seo_description = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Post",
            {
                "title": "一壶茶",
                "text": "今天煮了**茶**。\n\nToday I made *tea*.",
                "summary": "关于茶。About tea.",
                "language": "zh-hans",
                "status": "published",
                "tags": ["tea", "茶"],
                "topic": "Drinks",
            },
        )
    ]
)
class PostIn(MetaIn):
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(
        required=False, default="", allow_blank=True, trim_whitespace=False, max_length=MAX_TEXT, help_text="Markdown."
    )
    slug = Slug(help_text=_("If empty, made from the title."))
    summary = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    language = Language()
    status = serializers.ChoiceField(
        Post.Status.choices,
        required=False,
        default=Post.Status.DRAFT,
        help_text=_("With a time in the future: scheduled."),
    )
    visibility = serializers.ChoiceField(Post.Visibility.choices, required=False, default=Post.Visibility.PUBLIC)
    password = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=100, help_text=_("With the visibility “password”.")
    )
    published_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, validators=[validate_moment]
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        default=list,
        max_length=MAX_TAGS,
        help_text=_("Slugs or names. A new name creates a tag."),
    )
    topic = serializers.CharField(
        required=False, default=None, allow_null=True, allow_blank=True, max_length=120, help_text=_("Like tags.")
    )
    translation_of = serializers.CharField(
        required=False,
        default=None,
        allow_null=True,
        allow_blank=True,
        max_length=200,
        help_text=_("Slug of the post in another language."),
    )
    shares_comments = serializers.BooleanField(
        required=False, default=False, help_text=_("A translation shows the comments of its original.")
    )
    topic_order = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    cover_link = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)
    pinned = serializers.BooleanField(required=False, default=False)
    live = serializers.ChoiceField(
        Post.Live.choices,
        required=False,
        default="",
        allow_blank=True,
        help_text=_("`live` while entries are added, `ended` afterwards."),
    )
    comments_open = serializers.BooleanField(required=False, default=True)
    approval = serializers.ChoiceField(Post.Approval.choices, required=False, default="", allow_blank=True)


@extend_schema_serializer(examples=[OpenApiExample("LiveEntry", {"text": "**进球！** Goal in the 12th minute."})])
class LiveEntryIn(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False, max_length=20_000, help_text="Markdown.")


@extend_schema_serializer(
    examples=[OpenApiExample("Page", {"title": "关于 About", "text": "我是谁。Who I am.", "slug": "about"})]
)
class PageIn(MetaIn):
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(
        required=False, default="", allow_blank=True, trim_whitespace=False, max_length=MAX_TEXT, help_text="Markdown."
    )
    slug = Slug(help_text=_("If empty, made from the title."))
    language = Language()
    is_published = serializers.BooleanField(required=False, default=True)
    in_menu = serializers.BooleanField(required=False, default=True)
    menu_order = serializers.IntegerField(required=False, default=0, min_value=-(2**31), max_value=2**31 - 1)


@extend_schema_serializer(
    examples=[OpenApiExample("Tag", {"name": "茶 Tea", "slug": "tea", "description": "叶与水。Leaves and water."})]
)
class TaxonomyIn(serializers.Serializer):
    name = serializers.CharField(max_length=100)
    slug = Slug(help_text=_("If empty, made from the name."))
    description = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
