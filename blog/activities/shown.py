"""What each place shows of an activity: names that Activity declares, and `to_dicts` gathers."""

LISTED = (
    *("id", "url", "title", "language", "body", "description", "published_at", "updated_at"),
    *("author", "links", "photos", "n_comments", "reactions"),
)
WRITTEN = (*LISTED, "slug", "last_event", "takes_comments", "comments_close_at")
FEED = (*LISTED, "html")
