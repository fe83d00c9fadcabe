from typing import TypedDict

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from accounts import guests
from blog.comments.models import Comment
from blog.moderation.models import Report
from blog.posts import access
from blog.posts.models import Post
from frodo import rate_limits
from frodo.api import Answer, Endpoint
from frodo.client_ip import client_address, network

SALT = "blog.moderation.report"
REPORTS = rate_limits.Rate(10, 3600)


@extend_schema_serializer(examples=[OpenApiExample("Report", {"reason": "广告。Advertising."})])
class ReportIn(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, label=_("reason"))


class Reported(TypedDict):
    reported: bool


class Reports(Endpoint):
    scope = "comments"

    @extend_schema(
        operation_id="reportComment",
        summary=_("Report a comment"),
        description=_("A second report by the same person changes nothing."),
        request=ReportIn,
        responses={201: Reported},
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Report a comment to the moderators. Idempotent."""
        serializer = ReportIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        comment = get_object_or_404(Comment.objects.visible(), pk=pk)
        access.get_readable(request, Post.threads.only("pk"), pk=comment.post_id)
        where = network(client_address(request))
        if wait := rate_limits.take("report", where, REPORTS):
            raise rate_limits.TooFast(wait)
        visitor = guests.read(request)
        if request.user.is_authenticated:
            who = f"user:{request.user.pk}"
        else:
            who = f"visitor:{visitor.id}" if visitor.id else f"network:{salted_hmac(SALT, where).hexdigest()}"[:50]
        Report.objects.get_or_create(
            comment=comment, who=who, defaults={"reason": serializer.validated_data.get("reason", "")}
        )
        return Answer({"reported": True}, 201)
