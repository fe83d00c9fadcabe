"""What may be said of a post, a page, a tag and a topic. Columns and the database have their say when it is saved."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from blog.posts.models import Post

MAX_TEXT = 1_000_000
MAX_TAGS = 50


class Slug(serializers.CharField):
    def __init__(self, **kwargs) -> None:
        super().__init__(required=False, allow_blank=True, max_length=200, default="", **kwargs)


class Language(serializers.ChoiceField):
    def __init__(self, **kwargs) -> None:
        help_text = _("Left out, it is the one in which it is written.")
        super().__init__(settings.LANGUAGES, required=False, help_text=help_text, **kwargs)


class PostIn(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(
        required=False, default="", allow_blank=True, trim_whitespace=False, max_length=MAX_TEXT, help_text="Markdown."
    )
    slug = Slug(help_text=_("Left empty, it is made from the title."))
    summary = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    language = Language()
    status = serializers.ChoiceField(
        Post.Status.choices, required=False, default=Post.Status.DRAFT, help_text=_("With a time to come: scheduled.")
    )
    published_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        default=list,
        max_length=MAX_TAGS,
        help_text=_("Each by slug or by name; a new name makes a new tag."),
    )
    topic = serializers.CharField(
        required=False, default=None, allow_null=True, allow_blank=True, max_length=120, help_text=_("As tags are.")
    )
    topic_order = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    cover_link = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)
    pinned = serializers.BooleanField(required=False, default=False)
    comments_open = serializers.BooleanField(required=False, default=True)
    approval = serializers.ChoiceField(Post.Approval.choices, required=False, default="", allow_blank=True)


class PageIn(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(
        required=False, default="", allow_blank=True, trim_whitespace=False, max_length=MAX_TEXT, help_text="Markdown."
    )
    slug = Slug(help_text=_("Left empty, it is made from the title."))
    language = Language()
    is_published = serializers.BooleanField(required=False, default=True)
    in_menu = serializers.BooleanField(required=False, default=True)
    menu_order = serializers.IntegerField(required=False, default=0, min_value=-(2**31), max_value=2**31 - 1)


class ShelfIn(serializers.Serializer):
    name = serializers.CharField(max_length=100)
    slug = Slug(help_text=_("Left empty, it is made from the name."))
    description = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
