"""E-mails about reviews: to those who publish when a post is submitted, and to its author when it is published."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import PUBLISHERS, User
from blog.notifications.delivery import deliver
from blog.notifications.messages import one_line
from blog.posts.models import Post
from frodo import jobs, mail
from frodo.site_settings import site

SUBMITTED, PUBLISHED = "submitted", "published"
Status = Post.Status


def post_saved(instance: Post, **signal: object) -> None:
    """Receiver of post_save, in the transaction of the change."""
    before, now = instance.status_before, instance.status
    if before == now or not mail.can_be_sent():
        return
    if now == Status.PENDING:
        editors = User.objects.filter(role__in=PUBLISHERS, is_active=True, mail_pending=True)
        queue(SUBMITTED, instance, editors.exclude(Q(email="") | Q(pk=instance.author_id)))
    elif before == Status.PENDING and now != Status.DRAFT:
        queue(PUBLISHED, instance, [instance.author] if instance.author.email else [])


def queue(kind: str, post: Post, people: object) -> None:
    for user in people:  # type: ignore[attr-defined]  # a list or queryset
        jobs.enqueue("send_review_email", f"{kind}-{post.pk}-{user.pk}", kind=kind, post=post.pk, user=user.pk)


def send_review_email(job: jobs.Job, kind: str, post: int, user: int) -> None:
    """A job. Nothing is sent where the post is no longer in the state that the e-mail is about."""
    found = Post.objects.select_related("author").filter(pk=post).first()
    person = User.objects.filter(pk=user, is_active=True).first()
    is_pending = found is not None and found.status == Status.PENDING
    is_published = found is not None and found.status in (Status.PUBLISHED, Status.SCHEDULED)
    if found is None or person is None or not person.email or not (is_pending if kind == SUBMITTED else is_published):
        return
    if not mail.can_be_sent():
        raise jobs.Unavailable("EMAIL_URL and SITE_URL are not both set.")
    deliver(job, person.email, lambda: message(kind, found, person))


def message(kind: str, post: Post, user: User) -> EmailMultiAlternatives:
    with translation.override(user.language or site.LANGUAGE_CODE):
        title = one_line(post.title)
        path = reverse("admin:blog_post_change", args=[post.pk]) if kind == SUBMITTED else post.url
        when = post.published_at and date_format(localtime(post.published_at), "DATETIME_FORMAT")
        context = {
            "kind": kind,
            "title": title,
            "name": one_line(post.author.name),
            "site": one_line(site.SITE_NAME),
            "url": settings.SITE_URL + path,
            "time": when if post.status == Status.SCHEDULED else "",
            "settings_url": settings.SITE_URL + reverse("notifications"),
            "language": translation.get_language(),
        }
        subject = _("Awaiting review: “%(title)s”") if kind == SUBMITTED else _("Approved: “%(title)s”")
        email = EmailMultiAlternatives(
            subject % {"title": title},
            render_to_string("notifications/review.txt", context).strip() + "\n",
            mail.sender(),
            [user.email],
            headers={"Auto-Submitted": "auto-generated", "Precedence": "bulk"},
        )
        email.attach_alternative(render_to_string("notifications/review.html", context), "text/html")
    return email
