"""What the API's schema says of posts, pages, tags and topics."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from blog.posts import api
from blog.posts.models import Page, Post, Tag, Topic
from blog.posts.serializers import PageIn, PostIn, ShelfIn
from frodo.api.documenting import LIMIT, ListOf, PageOf, Parameter, Part, With, documented

WITH_SOURCE = _("Those who may change it get its text as well.")
OVERWRITES = _("With `If-Match`, two devices do not overwrite each other.")

POST_EXAMPLE = {
    "title": "一壶茶",
    "text": "今天煮了**茶**。\n\nToday I made *tea*.",
    "summary": "关于茶。About tea.",
    "language": "zh-hans",
    "status": "published",
    "tags": ["tea", "茶"],
    "topic": "Drinks",
}
POST_ANSWER = {
    "id": 7,
    "slug": "一壶茶",
    "title": "一壶茶",
    "summary": "关于茶。About tea.",
    "language": "zh-hans",
    "status": "published",
    "published_at": "2026-03-01T08:00:00Z",
    "updated_at": "2026-03-01T08:00:00Z",
    "url": "/post/%E4%B8%80%E5%A3%B6%E8%8C%B6/",
    "cover_url": "",
    "minutes": 1,
    "n_comments": 2,
    "reactions": {"love": 3},
    "comments_open": True,
    "takes_comments": True,
    "comments_close_at": None,
    "pinned": False,
    "author": {"name": "Ann", "url": ""},
    "tags": [{"name": "tea", "slug": "tea", "url": "/tag/tea/"}],
    "topic": {"name": "Drinks", "slug": "drinks", "url": "/topic/drinks/"},
}
SOURCE_ANSWER = {"text": POST_EXAMPLE["text"], "topic_order": 0, "approval": "", "cover_link": ""}
PAGE_EXAMPLE = {"title": "关于 About", "text": "我是谁。Who I am.", "slug": "about", "language": "zh-hans"}
PAGE_ANSWER = {
    "id": 1,
    "slug": "about",
    "title": "关于 About",
    "language": "zh-hans",
    "updated_at": "2026-03-01T08:00:00Z",
    "url": "/p/about/",
}
PAGE_SOURCE = {"text": PAGE_EXAMPLE["text"], "is_published": True, "in_menu": True, "menu_order": 0}
SHELF_EXAMPLE = {"name": "茶 Tea", "slug": "tea", "description": "叶与水。Leaves and water."}


def shelf_answer(kind: str) -> dict:
    return {**SHELF_EXAMPLE, "url": f"/{kind}/tea/", "n_posts": 3}


WHOLE_POST = With(Post, {"text": str, "topic_order": int, "approval": str, "cover_link": str})
WHOLE_PAGE = With(Page, {"text": str, "is_published": bool, "in_menu": bool, "menu_order": int})
OF_POSTS = Part(Post, ("author", "tags", "topic", "earlier", "later", "series", "related"))
OF_PAGES, OF_TAGS, OF_TOPICS = Part(Page), Part(Tag), Part(Topic)
LANGUAGES = [code for code, _name in settings.LANGUAGES]

documented(
    api.Posts,
    "GET",
    _("Posts, the newest first"),
    id="listPosts",
    response=PageOf(OF_POSTS, tuple(api.ORDERS)),
    query=(
        Parameter("tag", _("With this tag, by slug.")),
        Parameter("topic", _("In this topic, by slug.")),
        Parameter("author", _("By this person, by the name to sign in with.")),
        Parameter("year", _("Published in this year."), {"type": "integer", "minimum": 2, "maximum": 9998}),
        Parameter("language", _("In this language."), {"type": "string", "enum": LANGUAGES}),
        Parameter(
            "status",
            _("Others than published ones are for those who write."),
            {"type": "string", "enum": [*Post.Status.values, api.ALL], "default": "published"},
        ),
    ),
    answer={"next": None, "previous": None, "results": [POST_ANSWER]},
)
documented(
    api.Posts,
    "POST",
    _("Write a post"),
    id="createPost",
    status=201,
    response=WHOLE_POST,
    body=PostIn,
    example=POST_EXAMPLE,
    answer=POST_ANSWER | SOURCE_ANSWER,
    has_versions=True,
    more=_("It is a draft, unless it says otherwise. A contributor writes drafts only (`cannot_publish`)."),
)
documented(
    api.OnePost,
    "GET",
    _("A single post"),
    id="getPost",
    response=OF_POSTS,
    answer=POST_ANSWER,
    has_versions=True,
    more=WITH_SOURCE,
)

for endpoint, whole, name, body, example, answer, words in (
    (
        api.OnePost,
        WHOLE_POST,
        "Post",
        PostIn,
        POST_EXAMPLE,
        POST_ANSWER | SOURCE_ANSWER,
        (_("Put another version of a post in its place"), _("Change what is named of a post"), _("Take a post away")),
    ),
    (
        api.OnePage,
        WHOLE_PAGE,
        "Page",
        PageIn,
        PAGE_EXAMPLE,
        PAGE_ANSWER | PAGE_SOURCE,
        (_("Put another version of a page in its place"), _("Change what is named of a page"), _("Take a page away")),
    ),
    (
        api.OneTag,
        Tag,
        "Tag",
        ShelfIn,
        SHELF_EXAMPLE,
        shelf_answer("tag"),
        (_("Put another version of a tag in its place"), _("Change what is named of a tag"), _("Take a tag away")),
    ),
    (
        api.OneTopic,
        Topic,
        "Topic",
        ShelfIn,
        SHELF_EXAMPLE,
        shelf_answer("topic"),
        (
            _("Put another version of a topic in its place"),
            _("Change what is named of a topic"),
            _("Take a topic away"),
        ),
    ),
):
    shared = {"response": whole, "answer": answer, "has_versions": True, "more": OVERWRITES}
    documented(endpoint, "PUT", words[0], id=f"replace{name}", body=body, example=example, **shared)
    first = dict([next(iter(example.items()))])
    documented(endpoint, "PATCH", words[1], id=f"change{name}", body=body, example=first, **shared)
    documented(endpoint, "DELETE", words[2], id=f"delete{name}", response=None, has_versions=True, more=OVERWRITES)

for endpoint, one, whole, part, name, body, example, answer, words in (
    (
        api.Pages,
        api.OnePage,
        WHOLE_PAGE,
        OF_PAGES,
        "Page",
        PageIn,
        PAGE_EXAMPLE,
        PAGE_ANSWER | PAGE_SOURCE,
        (_("The standing pages, in the menu's order"), _("Write a page"), _("One page")),
    ),
    (
        api.Tags,
        api.OneTag,
        Tag,
        OF_TAGS,
        "Tag",
        ShelfIn,
        SHELF_EXAMPLE,
        shelf_answer("tag"),
        (_("Tags by name, with how many posts bear each"), _("Make a tag"), _("One tag")),
    ),
    (
        api.Topics,
        api.OneTopic,
        Topic,
        OF_TOPICS,
        "Topic",
        ShelfIn,
        SHELF_EXAMPLE,
        shelf_answer("topic"),
        (_("Topics by name, with how many posts each holds"), _("Make a topic"), _("One topic")),
    ),
):
    documented(endpoint, "GET", words[0], id=f"list{name}s", response=ListOf(part), answer={"results": [answer]})
    documented(
        endpoint,
        "POST",
        words[1],
        id=f"create{name}",
        status=201,
        response=whole,
        body=body,
        example=example,
        answer=answer,
        has_versions=True,
    )
    documented(one, "GET", words[2], id=f"get{name}", response=part, answer=answer, has_versions=True)

documented(
    api.Search,
    "GET",
    _("Posts that hold every word"),
    id="search",
    response=ListOf(OF_POSTS, {"terms": list[str]}),
    query=(Parameter("q", _("Words, with spaces between them."), {"type": "string", "examples": ["茶"]}), LIMIT),
    answer={"terms": ["茶"], "results": [POST_ANSWER]},
    more=_("Those with all of them in the title come first, then the newest."),
)
