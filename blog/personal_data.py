"""Personal data stored by the blog: export and erasure (accounts.personal_data)."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts.personal_data import Person, PersonalData, register
from blog.comments.edit_services import VISIBLE, locked_state, rewrite_comment_events
from blog.comments.models import Comment, CommentQuerySet
from blog.events import record
from blog.media import services
from blog.media.errors import InUse
from blog.media.models import Upload, UploadQuerySet
from blog.moderation.actions import erase, forget_writer
from blog.moderation.models import Report
from blog.notifications import preferences
from blog.posts.models import Post
from blog.posts.trash import trashed
from blog.reactions.models import CommentReaction, PostReaction, Reaction
from blog.reactions.services import delete_all_reactions
from frodo import mail
from frodo.site_settings import site


class Posts(PersonalData):
    """Posts are not erased with an account: authors must delete or hand them over first. Their trash is."""

    name = "posts"

    def blocks_erasure(self, person: Person) -> str:
        if person.user is not None and Post.threads.filter(author=person.user).exclude(kind=Post.TRASHED).exists():
            return gettext("You have published posts. Assign them to another author or delete them first.")
        return ""

    def export(self, person: Person) -> list[dict]:
        posts = Post.threads.filter(author=person.user) if person.user else Post.threads.none()
        return [dict(row) for row in posts.values("id", "title", "slug", "status", "published_at", "text")]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        if person.user is not None:
            for post in trashed(Post).filter(author=person.user):
                post.delete()


class Comments(PersonalData):
    name = "comments"

    def export(self, person: Person) -> list[dict]:
        return [
            {
                "id": comment.pk,
                "post": comment.post.title,
                "url": comment.url,
                "answer_to": comment.parent_id,
                "signed": comment.name,
                "email": comment.email,
                "text": comment.text,
                "state": comment.state,
                "created_at": comment.created_at,
                "edited_at": comment.edited_at,
            }
            for comment in self.of(person)
        ]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        for comment in self.of(person).order_by("-id"):  # answers before what they answer
            if keep_words and comment.is_visible:
                take_name_away(comment)
            else:
                erase(comment)

    def of(self, person: Person) -> CommentQuerySet:
        return Comment.objects.filter(person.of()).select_related("post", "user").order_by("id")


def take_name_away(comment: Comment) -> None:
    """Keep the text and remove everything that identifies the writer, from the events, too."""
    with transaction.atomic():
        if locked_state(comment) != VISIBLE:
            return
        with translation.override(site.LANGUAGE_CODE):
            comment.name = gettext("Anonymous")
        comment.user, comment.email, comment.visitor, comment.network, comment.notify = None, "", "", "", False
        comment.save(update_fields=["name", "user", "email", "visitor", "network", "notify"])
        forget_writer(comment)
        record(comment.post, "comment.edited", comment.event_data())
        rewrite_comment_events(comment)


class Reactions(PersonalData):
    name = "reactions"

    def export(self, person: Person) -> list[dict]:
        to_posts = PostReaction.objects.filter(who=person.who).select_related("post")
        to_comments = CommentReaction.objects.filter(who=person.who).select_related("comment__post")
        given: list[tuple[Reaction, str]] = [(reaction, reaction.post.url) for reaction in to_posts]
        given += [(reaction, reaction.comment.url) for reaction in to_comments]
        return [{"to": url, "kind": reaction.kind, "created_at": reaction.created_at} for reaction, url in given]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        delete_all_reactions(user=person.user, visitor=person.visitor)


class Notifications(PersonalData):
    """Before the comments, because a guest's notifications are found by their e-mail addresses."""

    name = "notifications"
    template = "notifications/_panel.html"

    def shown(self, person: Person) -> dict | None:
        return {"choices": preferences.choices(person.user)} if person.user and mail.can_be_sent() else None

    def export(self, person: Person) -> dict:
        return preferences.export(user=person.user, visitor=person.visitor)

    def erase(self, person: Person, *, keep_words: bool) -> None:
        preferences.erase(user=person.user, visitor=person.visitor)


class Reports(PersonalData):
    name = "reports"

    def export(self, person: Person) -> list[dict]:
        return [
            {"about": report.comment.url, "reason": report.reason, "created_at": report.created_at}
            for report in Report.objects.filter(who=person.who).select_related("comment__post")
        ]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        Report.objects.filter(who=person.who).delete()


class Uploads(PersonalData):
    """Images in use stay, without the uploader."""

    name = "uploads"

    def export(self, person: Person) -> list[dict]:
        return [
            {
                "url": upload.url,
                "called": upload.label,
                "description": upload.alt,
                "kind": upload.kind,
                "bytes": upload.n_bytes,
                "created_at": upload.created_at,
            }
            for upload in self.of(person)
        ]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        for upload in self.of(person):
            try:
                services.remove(upload)
            except InUse:
                Upload.objects.filter(pk=upload.pk).update(user=None, label="")

    def of(self, person: Person) -> UploadQuerySet:
        return Upload.objects.of(person.user).order_by("id") if person.user else Upload.objects.none()


for room in (Posts(), Reactions(), Reports(), Notifications(), Comments(), Uploads()):
    register(room)
