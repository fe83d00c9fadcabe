"""What each place shows of a post: names that Post declares, and `to_dicts` gathers."""

LINK = ("title", "url", "language", "published_at")
CARD = (
    *LINK,
    *("summary", "intro", "description", "cover_url", "cover_width", "cover_height"),
    *("minutes", "views", "n_comments", "pinned"),
)
FOUND = (*CARD, "plain")
FEED = (*LINK, "id", "description", "html", "cover_url", "updated_at", "author", "tags")
WRITTEN = (
    *("id", "slug", "title", "url", "language", "status", "published_at", "updated_at"),
    *("body", "toc", "description", "cover_url", "cover_width", "cover_height", "minutes"),
    *("views", "n_comments", "reactions", "last_event", "author", "tags", "topic"),
    *("takes_comments", "comments_close_at"),
)
PAGE = ("title", "language", "updated_at", "body", "toc", "description")
NEAR = ("earlier", "later", "series", "related")
"""Other posts, each asked of the database while the others are."""
