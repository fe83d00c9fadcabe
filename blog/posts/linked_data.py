"""What a search engine is told of a post, in schema.org's words."""


def linked_data(post: dict, root: str) -> dict:
    """A BlogPosting, https://schema.org/BlogPosting, with absolute addresses under `root`.

    `post` as its page shows it (blog.posts.shown.WRITTEN).
    """
    data = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": post["title"],
        "description": post["description"],
        "inLanguage": post["language"],
        "url": root + post["url"],
        "mainEntityOfPage": root + post["url"],
        "datePublished": post["published_at"].isoformat() if post["published_at"] else None,
        "dateModified": post["updated_at"].isoformat() if post["updated_at"] else None,
        "author": {"@type": "Person", "name": post["author"]["name"], "url": post["author"]["url"] or None},
        "keywords": [tag["name"] for tag in post["tags"]] or None,
        "commentCount": post["n_comments"],
    }
    if post["cover_url"]:
        data["image"] = post["cover_url"] if "://" in post["cover_url"] else root + post["cover_url"]
    return {name: value for name, value in data.items() if value is not None}
