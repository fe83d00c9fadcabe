from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from blog.discussion import visitors
from blog.discussion.models import Comment
from blog.moderation.models import Report
from blog.posts.models import Post
from frodo import rates
from frodo.addresses import client_address, network
from frodo.api import Answer, Endpoint

SALT = "blog.moderation.report"
REPORTS = rates.Rate(10, 3600)


class ReportIn(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, label=_("reason"))


class Reports(Endpoint):
    scope = "comments"

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Ask the author to look at a comment. Said twice, it is said once."""
        said = ReportIn(data=request.data)
        said.is_valid(raise_exception=True)
        comment = get_object_or_404(Comment.objects.visible(), pk=pk, post__in=Post.threads.published())
        where = network(client_address(request))
        if wait := rates.take("report", where, REPORTS):
            raise rates.TooFast(wait)
        visitor = visitors.read(request)
        if request.user.is_authenticated:
            who = f"user:{request.user.pk}"
        else:
            who = f"visitor:{visitor.id}" if visitor.id else f"network:{salted_hmac(SALT, where).hexdigest()}"[:50]
        Report.objects.get_or_create(
            comment=comment, who=who, defaults={"reason": said.validated_data.get("reason", "")}
        )
        return Answer({"reported": True}, 201)
