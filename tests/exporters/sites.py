"""A small blog with something of everything that can be exported."""

from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.utils import timezone

from blog.media.services import store
from blog.models import Comment, CommentReaction, Page, Post, PostReaction, Redirect, Tag
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic
from tests.media.sample_images import picture

TEXT = """An image: ![A cup]({url})

| a | b |
|---|---|
| 1 | `{{% raw %}}` {{{{ page.title }}}} {{{{< figure >}}}} |

```python
print("---")
```

---

她说：“茶凉了。”<script>alert(1)</script>
"""


def make_site(ann, bob) -> None:
    group = Group.objects.create(name="Helpers")
    group.permissions.add(Permission.objects.get(codename="change_comment"))
    bob.groups.add(group)
    bob.user_permissions.add(Permission.objects.get(codename="view_post"))
    upload = store(picture("webp"), user=ann, name="cup.webp", alt="A cup")
    topic = make_topic("Walks", description="On foot")
    tea = make_post(
        title="一壶茶: tea & “quotes”",
        tags=("茶", "Tea time"),
        text=TEXT.format(url=upload.url),
        topic=topic,
        topic_order=2,
        summary="How long\ndoes it take?",
        pinned=True,
        language="zh-hans",
        front_matter={"mathjax": True, "layout": "wide", "nested": {"a": [1, "2"]}, "aliases": ["/old/tea/"]},
        comments_open=False,
    )
    tea.cover.save("cup.png", ContentFile(picture("png")), save=True)
    old = make_post(title="Old name", tags=("tea time",), days_ago=400)
    old.slug = "new-name"
    old.save()
    make_post(title="Later", published_at=timezone.now() + timedelta(days=30))
    make_post(title="A draft", status="draft", published_at=None, tags=("never seen",))
    make_page(title="About", in_menu=True)
    Page.objects.create(title="Hidden", text="Not yet.", is_published=False)
    Redirect.objects.create(path="/2019/01/tea.html", post=tea)
    Redirect.objects.create(path="/elsewhere", url="https://example.org/")
    make_activity(text="A heron by the river. https://example.org/heron")
    first = make_comment(tea, text="Lovely *tea*", email="bob@example.org", network="192.0.2.0/24", visitor="v1")
    make_comment(tea, text="Indeed", parent=first, user=ann, name="Ann")
    make_comment(tea, text="Buy now", state=Comment.State.PENDING, name="Spammer")
    make_comment(old, text="Gone", state=Comment.State.REMOVED)
    PostReaction.objects.create(post=tea, who="visitor:v1", visitor="v1", kind="love")
    CommentReaction.objects.create(comment=first, who=f"user:{bob.pk}", user=bob, kind="upvote")
    Post.objects.filter(pk=tea.pk).update(reactions={"love": 1}, n_comments=2, n_views=17)
    Tag.objects.filter(name="茶").update(description="Leaves\nand water")


PAGES = (
    *("/", "/post/new-name/", "/archives/", "/tags/", "/topics/", "/topic/walks/", "/p/about/", "/activities/"),
    *("/atom.xml", "/feed.json", "/sitemap.xml", "/api/posts/?expand=author,tags", "/comments.xml"),
)
