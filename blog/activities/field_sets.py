"""Which fields of an activity each page, feed and API response contains."""

LIST = (
    *("id", "url", "title", "language", "body", "description", "published_at", "updated_at"),
    *("author", "links", "photos", "n_comments", "reactions"),
)
DETAIL = (*LIST, "slug", "last_event", "takes_comments", "comments_close_at")
FEED = (*LIST, "html")
