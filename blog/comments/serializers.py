from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from blog.comments.ordering import CURSOR, ORDERS

TEXT = {"text": "好茶！*Lovely* tea."}


@extend_schema_serializer(examples=[OpenApiExample("Comment", {**TEXT, "name": "Bob"})])
class CommentIn(serializers.Serializer):
    """Input of a comment by a reader; all other fields are set by the server."""

    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    notify = serializers.BooleanField(required=False, allow_null=True, default=None)
    parent = serializers.IntegerField(  # type: ignore[assignment]  # DRF takes declared fields out of the class
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1
    )
    website = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    ticket = serializers.CharField(required=False, allow_blank=True, max_length=400)
    proof = serializers.CharField(required=False, allow_blank=True, max_length=400)


@extend_schema_serializer(examples=[OpenApiExample("Writing", {"name": "Bob"})])
class WritingIn(serializers.Serializer):
    name = serializers.CharField(required=False, allow_blank=True, max_length=60)


@extend_schema_serializer(examples=[OpenApiExample("Text", TEXT)])
class MarkdownIn(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)


class PreviewIn(MarkdownIn):
    post = serializers.CharField(required=False, allow_blank=True, max_length=200)
    """Slug of the post that it belongs to."""


class ListIn(serializers.Serializer):
    order = serializers.ChoiceField(ORDERS, default="oldest")
    cursor = serializers.RegexField(rf"^{CURSOR.pattern}\Z", default="", allow_blank=True)
