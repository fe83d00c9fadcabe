"""What a search engine is told of an activity, in schema.org's words."""


def linked_data(activity: dict, root: str) -> dict:
    """A SocialMediaPosting, https://schema.org/SocialMediaPosting, with absolute addresses under `root`.

    `activity` as its page shows it (blog.activities.shown.WRITTEN).
    """
    data = {
        "@context": "https://schema.org",
        "@type": "SocialMediaPosting",
        "headline": activity["title"],
        "articleBody": activity["description"],
        "inLanguage": activity["language"],
        "url": root + activity["url"],
        "mainEntityOfPage": root + activity["url"],
        "datePublished": activity["published_at"].isoformat(),
        "dateModified": activity["updated_at"].isoformat(),
        "author": {"@type": "Person", "name": activity["author"]["name"], "url": activity["author"]["url"] or None},
        "commentCount": activity["n_comments"],
    }
    return {name: value for name, value in data.items() if value is not None}
