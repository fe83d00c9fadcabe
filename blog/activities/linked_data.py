"""What a search engine is told of an activity, in schema.org's words."""

from blog.absolute import absolute


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
    if picture := picture_of(activity):
        data["image"] = absolute(picture, root)
    return {name: value for name, value in data.items() if value is not None}


def picture_of(activity: dict) -> str:
    """Its first photo, or what a link of its shows; empty where there is none."""
    shown = [*activity["photos"], *(link["picture"] for link in activity["links"] if link["picture"])]
    return shown[0]["url"] if shown else ""
