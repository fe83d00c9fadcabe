"""What the blog keeps of people, and how it is handed out and erased (accounts.belongings)."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.belongings import Belongings, Person, register
from blog.discussion.models import Comment
from blog.discussion.silence import VISIBLE, locked_state, retell
from blog.discussion.speaking import event_data
from blog.events.recording import record
from blog.letters import own
from blog.moderation.deciding import erase, forget_writer
from blog.moderation.models import Report
from blog.posts.models import Post
from blog.reactions.models import CommentReaction, PostReaction
from blog.reactions.reacting import take_back_all
from blog.uploads import storing
from blog.uploads.models import Upload
from blog.uploads.refusals import InUse
from frodo import mail


class Posts(Belongings):
    """No stranger's traces: who wrote some is no account to be erased in passing."""

    name = "posts"

    def hinders(self, person: Person) -> str:
        if person.user is not None and Post.threads.filter(author=person.user).exists():
            return _("Posts are published under your name. Give them to another author, or delete them, first.")
        return ""

    def export(self, person: Person) -> list[dict]:
        posts = Post.threads.filter(author=person.user) if person.user else Post.threads.none()
        return list(posts.values("id", "title", "slug", "status", "published_at", "text"))

    def erase(self, person: Person, *, keep_words: bool) -> None:
        """There are none: they would have hindered."""


class Comments(Belongings):
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

    def of(self, person: Person):
        return Comment.objects.filter(person.of()).select_related("post", "user").order_by("id")


def take_name_away(comment: Comment) -> None:
    """The words stay, and nothing tells whose they are: not the row, not the events of earlier days."""
    with transaction.atomic():
        if locked_state(comment) != VISIBLE:
            return
        with translation.override(settings.LANGUAGE_CODE):
            comment.name = gettext("Somebody")
        comment.user, comment.email, comment.visitor, comment.network, comment.notify = None, "", "", "", False
        comment.save(update_fields=["name", "user", "email", "visitor", "network", "notify"])
        forget_writer(comment)
        record(comment.post, "comment.edited", event_data(comment))
        retell(comment)


class Reactions(Belongings):
    name = "reactions"

    def export(self, person: Person) -> list[dict]:
        to_posts = PostReaction.objects.filter(who=person.who).select_related("post")
        to_comments = CommentReaction.objects.filter(who=person.who).select_related("comment__post")
        given = [(reaction, reaction.post.url) for reaction in to_posts]
        given += [(reaction, reaction.comment.url) for reaction in to_comments]
        return [{"to": url, "kind": reaction.kind, "created_at": reaction.created_at} for reaction, url in given]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        take_back_all(user=person.user, visitor=person.visitor)


class Letters(Belongings):
    """Before the comments: by their e-mails a guest's letters are found."""

    name = "letters"
    template = "letters/_panel.html"

    def shown(self, person: Person) -> dict | None:
        return {"choices": own.choices(person.user)} if person.user and mail.can_be_sent() else None

    def export(self, person: Person) -> dict:
        return own.export(user=person.user, visitor=person.visitor)

    def erase(self, person: Person, *, keep_words: bool) -> None:
        own.erase(user=person.user, visitor=person.visitor)


class Reports(Belongings):
    name = "reports"

    def export(self, person: Person) -> list[dict]:
        return [
            {"about": report.comment.url, "reason": report.reason, "created_at": report.created_at}
            for report in Report.objects.filter(who=person.who).select_related("comment__post")
        ]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        Report.objects.filter(who=person.who).delete()


class Uploads(Belongings):
    """What a text shows stays, and nothing says any more who brought it."""

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
                storing.remove(upload)
            except InUse:
                Upload.objects.filter(pk=upload.pk).update(user=None, label="")

    def of(self, person: Person):
        return Upload.objects.of(person.user).order_by("id") if person.user else Upload.objects.none()


for room in (Posts(), Reactions(), Reports(), Letters(), Comments(), Uploads()):
    register(room)
