"""Comments as a tree of replies, for templates."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.conf import settings
from django.urls import reverse

from blog.comments.models import Comment, CommentQuerySet
from blog.comments.ordering import nodes_of, read, walk
from blog.posts.models import Post
from frodo import mail
from frodo.site_settings import site

FIELDS = (
    *("id", "parent", "author", "body", "state", "created_at", "edited_at"),
    *("reactions", "score", "pinned", "featured"),
)
MAX_DEPTH = 3
"""Deeper replies are shown at this depth and name the comment that they reply to."""


@dataclass(slots=True)
class ThreadEntry:
    """A comment and its replies."""

    comment: dict
    depth: int = 1
    answers: list["ThreadEntry"] = field(default_factory=list)
    answer_to: dict | None = None
    """Set if the reply is not nested under its parent."""
    is_template: bool = False
    """An empty entry, which scripts copy for new comments."""


@dataclass(slots=True)
class Thread:
    places: list[ThreadEntry]
    pattern: ThreadEntry
    n_all: int
    rest: int
    """Number of comments after these."""
    next: str | None
    """Cursor of the next page (blog.comments.ordering)."""
    post_id: int
    """Of the post that the comments belong to; its events are followed."""
    last_event: int
    event_key: str
    """Of an unlisted post (blog.posts.models.Post)."""
    max_depth: int = MAX_DEPTH

    @property
    def presence(self) -> bool:
        """Whether readers see who reads and writes."""
        return settings.SHOW_PRESENCE


async def thread(post: Post, order: str = "oldest", page: int = 1) -> dict:
    """Context of templates/comments/_thread.html: one page of the comments, in two queries. `post` is complete
    (AsyncModel.complete); no thread while its discussion is not public.
    """
    discussion = post.discussion
    if discussion is None:
        return {"thread": None}
    part = await sync_to_async(read)(discussion, order, start=(page - 1) * site.COMMENTS_PER_PAGE)
    rows = await Comment.to_dicts(part.comments, FIELDS, native=True)
    found = Thread(
        as_entries(rows),
        ThreadEntry({}, is_template=True),
        part.n_all,
        part.rest,
        part.next,
        discussion.pk,
        discussion.last_event,
        discussion.event_key,
    )
    return {"thread": found, "mail": mail.about_comments()}


def page_url(comment: Comment, post: Post | None = None) -> str | None:
    """URL of the page that shows a comment without JavaScript: of its post, or of a translation that shares its
    comments. None if it is not shown.
    """
    post = post or comment.post
    ids = walk(nodes_of(comment.post))
    if comment.pk not in ids:
        return None
    page = ids.index(comment.pk) // site.COMMENTS_PER_PAGE + 1
    url = post.url if page == 1 else f"{reverse('comments', args=[post.slug])}?page={page}"
    return f"{url}#{comment.anchor}"


def as_entries(comments: Iterable[dict]) -> list[ThreadEntry]:
    """A tree no deeper than MAX_DEPTH. Parents come before their replies in `comments`."""
    top: list[ThreadEntry] = []
    places: dict[int, ThreadEntry] = {}
    holders: dict[int, list[ThreadEntry]] = {}
    for comment in comments:
        parent = places.get(comment["parent"])
        if parent is None:
            place, holder = ThreadEntry(comment), top
        elif parent.depth < MAX_DEPTH:
            place, holder = ThreadEntry(comment, parent.depth + 1), parent.answers
        else:
            place, holder = ThreadEntry(comment, MAX_DEPTH, answer_to=parent.comment), holders[parent.comment["id"]]
        holder.append(place)
        places[comment["id"]], holders[comment["id"]] = place, holder
    return top


def latest_comments(n: int) -> list[Comment]:
    """The latest visible comments of the site, with their posts.

    Selects comments first, then their posts: joined, a database may sort all comments with the texts of their posts.
    """
    found: list[Comment] = []
    comments, size = Comment.objects.visible(), n
    while len(found) < n:
        batch = newest(comments, size)
        posts = Post.threads.published().for_links().in_bulk({comment.post_id for comment in batch})
        for comment in batch:
            if comment.post_id in posts:
                comment.post = posts[comment.post_id]
                found.append(comment)
        if len(batch) < size:
            break
        comments, size = (
            comments.filter(pk__lt=batch[-1].pk),
            min(2 * size, 1000),
        )  # a post that is hidden may have many
    return found[:n]


def newest(comments: CommentQuerySet, n: int) -> list[Comment]:
    return list(comments.only("post_id", "name", "html", "created_at", "edited_at").order_by("-id")[:n])
