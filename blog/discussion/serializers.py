from rest_framework import serializers

from blog.discussion.order import CURSOR, ORDERS


class CommentIn(serializers.Serializer):
    """What a stranger may say of a comment. All else is set by us."""

    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    notify = serializers.BooleanField(required=False, allow_null=True, default=None)
    parent = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    website = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    ticket = serializers.CharField(required=False, allow_blank=True, max_length=400)
    proof = serializers.CharField(required=False, allow_blank=True, max_length=400)


class WritingIn(serializers.Serializer):
    name = serializers.CharField(required=False, allow_blank=True, max_length=60)


class MarkdownIn(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)


class ListIn(serializers.Serializer):
    order = serializers.ChoiceField(ORDERS, default="oldest")
    cursor = serializers.RegexField(rf"^{CURSOR.pattern}\Z", default="", allow_blank=True)
