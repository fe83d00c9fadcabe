"""Every screen of the admin, found by its URL patterns: a screen that is added is looked at, too."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.tokens import services as tokens
from blog.media import services as media
from blog.models import (
    Block,
    BlogrollLink,
    CheckedLink,
    Comment,
    DailyReferrer,
    DailySearch,
    DailyViews,
    Export,
    Import,
    NotFoundPath,
    Page,
    Post,
    PreviewLink,
    Redirect,
    Report,
    Revision,
    Rule,
    SpamWave,
    WebhookDelivery,
    WebhookEndpoint,
)
from blog.moderation import actions
from blog.moderation.models import Decision
from blog.posts import trash
from blog.posts.live_posts import add_entry
from blog.setup import setup_path
from frodo.jobs import Job
from tests import people
from tests.accounts.browser_sessions import sign_in
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic
from tests.media.sample_images import picture

LONG = "A title that goes on and on, as long as titles of posts about the weather in distant mountains ever get 天气"
WALKED = ("admin/", "accounts/2fa/", "accounts/email/", "accounts/me/", "accounts/password/", "accounts/sessions/")
NOT_WALKED = r"admin/logout/|admin/r/|accounts/.*<|.*\^|.*\(\?P"
"""Signing out, redirects, what is removed by a form, lists of one Django app, and the admin's 404."""


def fill() -> None:
    """One row or more of every model in the admin, in many of its states."""
    ann, cid, now = people.ann(), people.cid(), timezone.now()
    people.edith(), people.bob()
    call_command("demo_content", author="ann", verbosity=0)
    upload = media.store(picture(width=800, height=600), user=ann, name="hill.png", alt="A hill")
    media.store(picture(width=60, height=900), user=ann, name=f"{'long-name-' * 9}.png")
    topic = make_topic("Mountains", description="Up and down.")
    post = make_post(
        title=LONG, tags=("tea & cake", "hills", "散步"), topic=topic, cover_link="/static/img/favicon.svg"
    )
    drafts = [
        make_post(title="A draft", status="draft"),
        make_post(title="By a contributor", status="pending", author=cid),
        make_post(title="Tomorrow", status="scheduled", days_ago=-1),
        make_post(title="Secret", visibility="password", password="open"),
        make_post(title="Unlisted", visibility="unlisted", pinned=True),
        make_post(title="Ours", visibility="private", comments_open=False),
    ]
    live = make_post(title="Live from the hill", live="live")
    for text in ("We are off.", f"**The top.** ![]({upload.file.url})"):
        add_entry(live, text, user=ann)
    trash.put(make_post(title="Thrown away"))
    trash.put(make_page(title="An old page"))
    for n, kind in enumerate(("draft", "published", "updated")):
        Revision.objects.create(post=post, kind=kind, title=LONG, text=f"Text {n}.", user=ann, created_at=now)
    page = make_page(title="Tea house", text="Open at noon.\n" * 9)
    Revision.objects.create(page=page, kind="updated", title="Tea", text="Open at two.", user=None, created_at=now)
    PreviewLink.objects.create(post=drafts[0], user=ann)
    make_activity(text="A heron.", links=["https://a.example/"], photos=[upload.pk])
    discuss(post)
    Rule.objects.create(value="casino", action="refuse", note="Every week.")
    Rule.objects.create(kind="host", value="spam.example", is_active=False)
    Block.objects.create(network="192.0.2.0/24", name="Mallory", reason="Spam", created_by=ann)
    Block.objects.create(user=people.mallory(), name="Mallory", lifted_at=now)
    SpamWave.objects.create(until=now, ended_at=now, was_notified=True)
    Redirect.objects.create(path="/2019/an-old-path-that-was-long-before-it-was-short/", post=post, n_uses=1234)
    Redirect.objects.create(path="/elsewhere/", url="https://a.example/" + "deep/" * 20)
    NotFoundPath.objects.create(
        path="/wp-login.php", n_requests=99, last_requested_at=now, referrer="https://b.example/"
    )
    BlogrollLink.objects.create(name="Hills", url="https://a.example/", description="Up")
    for state, reason in (("broken", "bad_status 404"), ("failed", "timed_out"), ("works", "")):
        url = f"https://a.example/{state}/{'path/' * 12}"
        CheckedLink.objects.create(post=post, url=url, state=state, reason=reason, checked_at=now, n_failures=2)
    send_and_run(now)
    for n in range(60):
        date = timezone.localdate() - timedelta(days=n)
        for entry in (0, post.pk):
            DailyViews.objects.create(date=date, post=entry, n=(11 * n) % 40)
    DailyReferrer.objects.create(date=timezone.localdate(), name="news.example", n=2)
    DailySearch.objects.create(date=timezone.localdate(), name="茶", n=1)
    tokens.create_personal_token(ann, "A script", ["posts"], expires_at=now + timedelta(days=9))
    tokens.sign_in(ann, name="Ann's phone")
    missing = [model._meta.label for model in admin.site._registry if last(model) is None]
    assert missing in ([], ["frodo.SiteSettings"]), missing


def discuss(post: Post) -> None:
    ann = people.ann()
    first = make_comment(post, text="**Lovely.** " * 40, name="Bob", email="bob@example.org", network="192.0.2.0/24")
    make_comment(post, text="An answer.", name="小满", parent=first, user=ann)
    make_comment(post, text="Cheap pills!\n\nhttps://spam.example/" + "x" * 90, name="Pills " * 9, state="removed")
    held = ["first", "rule"]
    for n in range(3):
        make_comment(post, text=f"May I? {n}", name="Eve", state="pending", email="eve@example.org")
    waiting = make_comment(post, text="Hello, I am new.", state="pending", pending_reasons=held[:1])
    Report.objects.create(comment=first, who="visitor:1", reason="Rude")
    actions.approve(waiting, actions.Actor(ann, Decision.Source.ADMIN))


def send_and_run(now) -> None:
    """What runs in the background has run, one way or the other."""
    ann = people.ann()
    endpoint = WebhookEndpoint.objects.create(url="https://hooks.example/in", is_active=False, failing_since=now)
    for state in ("delivered", "failed"):
        WebhookDelivery.objects.create(
            endpoint=endpoint, type="post.published", state=state, status=500, response="No.", attempts=3
        )
    error = "Traceback (most recent call last):\n  ...\nTimeoutError: nobody answers at a.example"
    failed = {"state": "failed", "error": error, "attempts": 5, "available_at": None, "finished_at": now}
    for name, args in (("run_import", {"pk": 1}), ("fetch_link_preview", {"pk": 1}), ("send_webhook", {"delivery": 1})):
        Job.objects.create(type=name, key="99", args=args, **failed)
    report = "created: 12\nskipped: 1\n  2019-01-01-tea.md: no title\n"
    for state in ("done", "checked", "failed"):
        found = {"kind": "posts", "author": ann, "user": ann, "report": report, "size": 12345, "finished_at": now}
        Import.objects.create(name=f"{state}.xml", state=state, unknown_authors=["luyu"], **found)
    Export.objects.create(format="hugo", state="done", file="blog.zip", size=1234567)
    Export.objects.create(format="wxr", state="failed")


def last(model: type[Model]) -> Model | None:
    """The object whose form is opened. Of posts, the one that has most."""
    rows = model._default_manager.all()
    if model is Post:
        return rows.filter(title=LONG).first()
    if model is Page:
        return rows.filter(title="Tea house").first()
    if model is Comment:
        return rows.filter(name="Bob").first()
    if model is Job:
        return rows.filter(state="failed").first()  # others may be done and gone before they are looked at
    return rows.order_by("-pk").first()


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, before + str(each.pattern))
        else:
            yield before + str(each.pattern)


def path_of(pattern: str) -> str:
    folders = pattern.split("/")
    if "<str:token>" in pattern:
        return setup_path(people.of_role("newcomer", "author"))
    if "/live/" in pattern:
        key = Post.objects.get(live="live").pk
    elif "/preview-links/" in pattern:
        key = PreviewLink.objects.get().post_id
    elif "<" in pattern:
        models = {"moderation": Comment, "export": Export}
        key = last(models.get(folders[1]) or apps.get_model(folders[1], folders[2])).pk
    else:
        key = ""
    return "/" + re.sub(r"<[^>]+>", str(key), pattern)


def more_paths() -> Iterator[str]:
    """The same screens in other states."""
    for title in ("A draft", "By a contributor", "Tomorrow", "Live from the hill"):
        yield reverse("admin:blog_post_change", args=[Post.objects.get(title=title).pk])
    for name, query in (
        ("admin:blog_post_changelist", "?trash=1"),
        ("admin:blog_page_changelist", "?trash=1"),
        ("admin:blog_post_changelist", "?status=draft&q=draft"),
        ("admin:blog_comment_changelist", "?state__exact=pending"),
        ("admin:blog_checkedlink_changelist", "?state=all"),
        ("moderation", "?tab=new"),
        ("moderation", "?tab=reported"),
        ("moderation", "?tab=decided"),
        ("statistics", "?by=year"),
    ):
        yield reverse(name) + query
    for state in ("checked", "failed"):
        yield reverse("admin:blog_import_change", args=[Import.objects.get(state=state).pk])


def screens(*, are_empty: bool = False) -> tuple[dict[str, str], dict[str, int]]:
    """What answers the owner with a page: its path by its pattern. And the status of all that does not.

    `are_empty`: of a new blog, where nothing has a screen of its own.
    """
    walked = [each for each in patterns(get_resolver()) if each.startswith(WALKED) and not re.match(NOT_WALKED, each)]
    found = {each: path_of(each) for each in walked if not (are_empty and "<" in each)}
    if not are_empty:
        found |= {path: path for path in more_paths()}
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    sign_in(client)
    pages, others = {}, {}
    for pattern, path in found.items():
        answer = client.get(path, follow=True)
        path = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        if answer.status_code != 200:
            others[pattern] = answer.status_code
        elif answer["Content-Type"].startswith("text/html") and path not in pages.values():
            pages[pattern] = path
    return pages, others
