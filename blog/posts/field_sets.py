"""Which fields of a post each page, list, feed and API response contains."""

LINK = ("title", "url", "language", "published_at")
CARD = (
    *LINK,
    *("summary", "intro", "description", "cover_url", "cover_width", "cover_height", "cover_sources"),
    *("minutes", "views", "n_comments", "pinned"),
)
SEARCH_RESULT = (*CARD, "plain", "kind")
FEED = (*LINK, "id", "description", "html", "cover_url", "updated_at", "author", "tags")
DETAIL = (
    *("id", "slug", "title", "url", "language", "status", "published_at", "updated_at"),
    *("body", "toc", "description", "cover_url", "cover_width", "cover_height", "cover_sources", "share_image_url"),
    *("minutes", "views", "n_comments", "reactions", "last_event", "author", "tags", "topic", "live", "live_entries"),
    *("takes_comments", "comments_close_at"),
    *("visibility", "canonical_url", "meta_title", "meta_description", "translations"),
)
PAGE = (
    *("title", "language", "updated_at", "body", "toc", "description"),
    *("canonical_url", "meta_title", "meta_description"),
)
NEIGHBOURS = ("previous", "next", "series", "related")
"""Other posts, queried concurrently."""
