"""Every kind of HTML page in one language: with every feature of Markdown, empty, and as an error."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import NamedTuple
from unittest import mock

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone, translation

from accounts.tokens import services
from blog.media import services as media_services
from blog.models import ActivityLink, BlogrollLink, Comment, Post
from blog.moderation import email_links
from blog.notifications.models import QueuedEmail, Subscriber
from blog.notifications.signed_links import confirm_url, stop_url
from blog.posts.live_posts import add_entry
from frodo.error_views import unavailable
from tests import people
from tests.accounts.browser_sessions import sign_in
from tests.accounts.totp import set_up
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic
from tests.media.sample_images import picture

MARKDOWN = """\
First paragraph with a hard\\
break, a soft
break, `code`, *em*, **strong**, ***both***, ~~gone~~, <kbd>Ctrl</kbd>, H<sub>2</sub>O, <mark>mark</mark>,
<ruby>漢<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>, [link](https://a.example/ "title"), <https://b.example/>,
https://c.example/?a=1&b=2, [reference][r], ![alone]({image} "A title"), a note[^1], and it again[^1].

[r]: /tags/ 'Tags'
[^1]: The note.

    With a second paragraph.

<!--more-->

## Two
### Three
#### Four
### Two

Setext
------

- [ ] to do
- [x] done
  1. nested
  2. list

  a loose item
- plain

5. five
6. six

> A quote
>> within a quote
> - with a list

---

```python title="a.py" {{1}}
def f(x): return x
```

```
plain
```

```unknown-language
plain
```

    indented code

| left | centre | right | none |
|:-----|:------:|------:|------|
| a    | b      | c     | `|`  |

![A figure]({image} "With a caption")

$$\\begin{{aligned}} x &= 1 \\\\ y &< 2 \\end{{aligned}}$$

Inline $\\frac{{1}}{{2}}$, $\\text{{a<b}}$, and $x^2$.

<details><summary>Folded</summary>

**Markdown** inside.

</details>

<iframe width="560" height="315" src="https://www.youtube.com/embed/I07XMi7MHd4" title="A film" frameborder="0"
allow="autoplay; encrypted-media" referrerpolicy="strict-origin-when-cross-origin" allowfullscreen></iframe>

<video src="/media/film.mp4" controls></video>

<figure><picture><source srcset="{image} 2x"><img src="{image}" alt="by hand"></picture>
<figcaption>By hand</figcaption></figure>

Term
: Definition

Last.
"""
COMMENT = """\
A *comment* with `code`, a [link](https://a.example/), https://b.example/, a list:

- one
- two

1. three

> quoted

# heading

```python
x = 1
```

$x^2$ and ![picture](https://a.example/a.png) and @Ann.
"""


class Page(NamedTuple):
    name: str
    path: str
    html: str
    templates: set[str]


class Guest:
    """A browser in one language, which keeps what it is shown."""

    def __init__(self, language: str, found: list[Page]) -> None:
        self.language, self.found = language, found
        self.client = Client(headers={"accept-language": language}, raise_request_exception=False)

    def keep(self, name: str, path: str, answer: HttpResponse, status: int) -> HttpResponse:
        assert answer.status_code == status, f"{name}: {answer.status_code}"
        templates = {template.name for template in getattr(answer, "templates", None) or [] if template.name}
        self.found.append(Page(name, path, answer.content.decode(), templates))
        return answer

    def get(self, name: str, path: str, status: int = 200) -> HttpResponse:
        return self.keep(name, path, self.client.get(path), status)

    def post(self, name: str, path: str, status: int = 200, /, **data) -> HttpResponse:
        return self.keep(name, path, self.client.post(path, data), status)


@override_settings(
    ALLOWED_HOSTS=["testserver"],
    EMAIL_URL="smtp://kept.here",
    CAN_SEND_MAIL=True,
    SIGN_IN_PROVIDERS={"github": "GitHub"},
    SOCIALACCOUNT_PROVIDERS={"github": {"APPS": [{"client_id": "x", "secret": "y"}]}},
    POSTS_PER_PAGE=2,
)
def every_kind_of_page(language: str) -> list[Page]:
    found: list[Page] = []

    def visitor() -> Guest:
        return Guest(language, found)

    with translation.override(language):
        empty_blog(visitor())
        fill(language)
        public(visitor())
        discussion(visitor(), visitor())
        account(visitor(), visitor(), visitor(), visitor())
        messages(visitor())
        moderation(visitor())
        errors(visitor(), visitor(), visitor(), visitor())
    return found


def empty_blog(guest: Guest) -> None:
    for path in ("/", "/activities/", "/tags/", "/topics/", "/archives/", "/blogroll/"):
        guest.get(f"empty {path}", path)


def fill(language: str) -> None:
    ann = people.ann()
    ann.bio = "Ann writes."
    ann.save()
    code = "zh-hans" if language.startswith("zh") else "en"
    call_command("demo_content", stdout=StringIO())
    upload = media_services.store(picture(width=800, height=600), user=ann, name="hill.png", alt="A hill")
    call_command("run_jobs", "make_variants", stdout=StringIO())
    image = upload.file.url
    topic = make_topic(description="Walks by the river.\nAnd back.")
    for n in range(3):
        made = {"topic": topic, "topic_order": n, "language": code, "slug": f"walk-{n}"}
        make_post(title=f'Walk <{n}> & "more"', tags=("tea & cake", "hills"), text=MARKDOWN.format(image=image), **made)
    Post.objects.filter(slug="walk-1").update(cover=upload.file.name, cover_width=800, cover_height=600)
    Post.objects.filter(slug="walk-0").update(updated_at=timezone.now() + timedelta(days=2), n_views=7)
    old = {"published_at": datetime(2019, 5, 1, 12, 30, 1, 123456, tzinfo=UTC), "comments_open": False}
    make_post(title="Old", slug="old", cover_link="https://a.example/cover.png", **old)
    live = make_post(title="Live", slug="live", live="live", days_ago=3)
    make_post(title="Herons", slug="herons", visibility="password", password="open")
    for text in ("Kick-off <b>", f"**Goal** ![]({image})"):
        add_entry(live, text, user=ann)
    make_page(title="About us", slug="about-us", text=MARKDOWN.format(image=image))
    BlogrollLink.objects.create(
        name="Hills", url="https://a.example/", feed_url="https://a.example/feed", description="<Up>"
    )
    BlogrollLink.objects.create(name="No feed", url="https://b.example/?a=1&b=2")
    activity = make_activity(
        text=COMMENT.replace("# heading\n", ""), links=["https://a.example/", "https://b.example/"], photos=[upload.pk]
    )
    ActivityLink.objects.filter(url="https://a.example/").update(
        title="A <page>", description="Its words", state="ready"
    )
    post = Post.objects.get(slug="walk-1")
    first = make_comment(post, text=COMMENT, name="Bob <b>", email="bob@example.org")
    answer = make_comment(post, text="An answer", name="小满", parent=first)
    make_comment(post, text="Another", parent=answer, edited_at=timezone.now(), user=ann)
    make_comment(post, text="Pinned", pinned=True, featured=True, reactions={"love": 2})
    make_comment(post, text="Gone", state="removed")
    make_comment(activity, text=COMMENT)
    Post.threads.filter(pk__in=[post.pk, activity.pk]).update(reactions={"upvote": 3, "funny": 1}, n_comments=5)


def public(guest: Guest) -> None:
    paths = [
        "/",
        "/page/2/",
        "/post/walk-0/",
        "/post/walk-1/",
        "/post/walk-2/",
        "/post/old/",
        "/p/about-us/",
        "/activities/",
    ]
    paths += [
        "/tags/",
        "/tag/hills/",
        "/tag/hills/page/2/",
        "/topics/",
        "/topic/walks/",
        "/archives/",
        "/archives/2019/",
        "/archives/2019/5/",
        "/author/ann/",
        "/blogroll/",
    ]
    paths += ["/offline/", "/search/", "/search/?q=walk", "/search/?q=nothing-like-it", "/search/?q=%E4%B8%80"]
    paths += ["/post/live/", "/post/herons/", "/comments/latest/"]
    paths += ["/search/?q=walk&tag=hills&year=2010-"]
    paths += ["/post/everything-on-one-page/", "/post/一篇文章里的所有写法/"]
    for path in paths:
        guest.get(path, path)
    with override_settings(THEME="magazine"):
        for path in (
            "/",
            "/page/2/",
            "/post/walk-1/",
            "/post/old/",
            "/tag/hills/",
            "/topics/",
            "/archives/",
            "/search/?q=walk",
        ):
            guest.get(f"magazine {path}", path)
    guest.get("activity", Post.threads.filter(kind="activity").latest("pk").url)


def discussion(guest: Guest, bob: Guest) -> None:
    path = "/post/walk-1/comment/"
    with override_settings(COMMENTS_PER_PAGE=2):
        guest.get("comments 1", "/post/walk-1/comments/")
        guest.get("comments 2", "/post/walk-1/comments/?page=2&order=newest")
        guest.get("long thread", "/post/walk-1/")
    guest.get("write a comment", path)
    guest.get("reply", f"{path}?parent={Comment.objects.order_by('pk').first().pk}")
    guest.get("comments closed", "/post/old/comment/")
    guest.post("comment refused", path, 400, text="", name="", email="no")
    guest.post("comment preview", path, text=COMMENT, name="Bob", intent="preview")
    with override_settings(COMMENT_APPROVAL="always"):
        pending = guest.client.post(
            path, {"text": "Held.", "name": "Bob", "email": "bob@example.org", "notify": "true"}
        )
    guest.get("comment held", pending["Location"])
    bob.client.force_login(people.bob())
    bob.get("write a comment, signed in", path)


def account(guest: Guest, bob: Guest, ann: Guest, coming: Guest) -> None:
    guest.get("sign in", "/accounts/sign-in/")
    guest.post("wrong password", "/accounts/sign-in/", 400, login="bob", password="x")
    guest.get("ask for a code", "/accounts/login/code/")
    guest.post("no address", "/accounts/login/code/", email="no")
    guest.client.post("/accounts/login/code/", {"email": "cid@example.org"})
    guest.get("enter the code", "/accounts/login/code/confirm/")
    guest.post("code refused", "/accounts/login/code/confirm/", code="x")
    guest.client.post("/accounts/sign-out/")
    guest.get("sign up", "/accounts/signup/")
    guest.post("name refused", "/accounts/signup/", email="newcomer@example.org", name="Ann")
    guest.client.post("/accounts/signup/", {"email": "newcomer@example.org", "name": "New"})
    guest.get("prove the address", "/accounts/confirm-email/")
    guest.client.post("/accounts/sign-out/")
    guest.get("forgotten password", "/accounts/password/reset/")
    guest.client.post("/accounts/password/reset/", {"email": "bob@example.org"})
    guest.get("code for a new password", "/accounts/password/reset/confirm/")
    guest.get("closed account", "/accounts/inactive/")
    with override_settings(ACCOUNT_RATE_LIMITS={"signup": "0/h"}):
        guest.post("too many", "/accounts/signup/", 429, email="newcomer@example.org", name="New")
    guest.post("to a provider", "/accounts/with/github/login/")
    guest.get("provider came back oddly", "/accounts/with/github/login/callback/", 400)
    guest.get("confirm the provider", "/accounts/with/github/login/")
    guest.client.post("/api/posts/walk-1/comments/", {"text": "Hello.", "name": "Gil"}, "application/json")
    guest.get("a guest's own page", "/accounts/me/")
    guest.get("a guest's data", "/accounts/guest/erase/")

    user = people.bob()
    user.socialaccount_set.create(provider="github", uid="7", extra_data={"label": "bob"})
    services.sign_in(user, name="Bob's phone")
    services.sign_in(user, name="Bob's other phone")
    services.create_personal_token(user, "A <script>", ["comments"], expires_at=timezone.now() + timedelta(days=9))
    bob.client.force_login(user)
    bob.get("own page", "/accounts/me/?done=saved")
    bob.post("own page refused", "/accounts/me/", 400, name="Ann", website="no address")
    bob.get("tokens", "/accounts/me/tokens/")
    bob.post("token refused", "/accounts/me/tokens/", 400, name="")
    bob.post("token made", "/accounts/me/tokens/", 201, name="A script", scopes=["comments"], days="30")
    bob.get("messages", "/notifications/")
    bob.get("erase", "/accounts/me/erase/")
    bob.post("erase refused", "/accounts/me/erase/", 400, words="", confirm="no")
    bob.get("erased", "/accounts/erased/")
    sign_in(ann.client)
    ann.get("the author's page", "/accounts/me/")
    ann.get("the author cannot be erased", "/accounts/me/erase/")
    ann.get("change the password", "/accounts/password/change/")
    ann.post("change refused", "/accounts/password/change/", oldpassword="x", password1="y", password2="z")
    ann.get("addresses", "/accounts/email/")
    ann.get("sessions", "/accounts/sessions/")
    ann.get("sign out", "/accounts/sign-out/")
    ann.get("two-factor authentication is off", "/accounts/2fa/")
    ann.get("an authenticator app", "/accounts/2fa/totp/activate/")
    ann.post("app refused", "/accounts/2fa/totp/activate/", code="000000")
    ann.get("a passkey", "/accounts/2fa/webauthn/add/")
    ann.get("no passkeys", "/accounts/2fa/webauthn/")
    data = {"name": "Phone", "credential": {}}
    passkey = Authenticator.objects.create(user=people.ann(), type=Authenticator.Type.WEBAUTHN, data=data)
    ann.get("passkeys", "/accounts/2fa/webauthn/")
    passkey.delete()
    set_up(ann.client)
    ann.get("two-factor authentication is on", "/accounts/2fa/")
    ann.get("recovery codes are shown once", "/accounts/2fa/recovery-codes/")
    ann.get("new recovery codes", "/accounts/2fa/recovery-codes/generate/")
    ann.client.post("/accounts/2fa/recovery-codes/generate/")
    ann.get("recovery codes", "/accounts/2fa/recovery-codes/")
    ann.get("turn it off", "/accounts/2fa/totp/deactivate/")
    ann.get("confirm by password", "/accounts/reauthenticate/")
    ann.get("confirm by app", "/accounts/2fa/reauthenticate/")
    sign_in(coming.client)
    coming.get("code", "/accounts/2fa/authenticate/")
    coming.post("code refused", "/accounts/2fa/authenticate/", code="000000")


def messages(guest: Guest) -> None:
    comment = Comment.objects.filter(email__gt="").earliest("pk")
    subscriber = Subscriber.objects.of("bob@example.org")
    message = QueuedEmail(kind=QueuedEmail.Kind.REPLY, subscriber=subscriber, comment=comment, user=people.ann())
    for name, kind in (
        ("answers", QueuedEmail.Kind.REPLY),
        ("one's posts", QueuedEmail.Kind.COMMENT),
        ("all", QueuedEmail.Kind.CONFIRM),
    ):
        message.kind = kind
        path = stop_url(message).removeprefix(settings.SITE_URL)
        guest.get(f"stop {name}", path)
        guest.post(f"stopped {name}", path, action="stop")
        guest.post(f"again {name}", path, action="again")
    path = confirm_url(message).removeprefix(settings.SITE_URL)
    guest.get("confirm", path)
    guest.post("confirmed", path)
    guest.get("odd link", "/notifications/stop/x/", 404)


def moderation(guest: Guest) -> None:
    pending = Comment.objects.filter(state="pending").earliest("pk")
    approve, remove = (
        email_links.decision_url(pending, verb).removeprefix(settings.SITE_URL) for verb in ("approve", "remove")
    )
    guest.get("approve by link", approve)
    guest.get("remove by link", remove)
    guest.post("approved by link", approve)
    guest.get("decided already", remove)
    guest.get("odd decision", "/moderate/x/", 404)


def errors(guest: Guest, contributor: Guest, strict: Guest, stranger: Guest) -> None:
    guest.get("404", "/nothing-here/", 404)
    contributor.client.force_login(people.cid())
    contributor.get("403", "/admin/moderation/", 403)
    strict.client = Client(enforce_csrf_checks=True)
    strict.post("403 of a form", "/post/walk-1/comment/", 403, text="Hello.")
    stranger.client.defaults["HTTP_HOST"] = "elsewhere.example"
    stranger.get("400", "/search/?q=x", 400)
    with mock.patch("blog.search.views.search", side_effect=RuntimeError):
        guest.get("500", "/search/?q=walking", 500)
    request = RequestFactory().post("/post/walk-1/comment/", {"text": "What I wrote."})
    guest.keep("503", request.path, unavailable(request), 503)
    guest.found[-1].templates.add("503.html")  # rendered by hand, as the ASGI handler does
