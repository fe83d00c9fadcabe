"""Structured data (schema.org) of posts and activities."""

from accounts.models import User
from frodo.site_urls import absolute


def post_structured_data(post: dict, root: str) -> dict:
    """A BlogPosting, https://schema.org/BlogPosting, with absolute URLs under `root`.

    `post`: fields of blog.posts.querysets.DETAIL.
    """
    data = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": post["meta_title"],
        "description": post["meta_description"],
        "inLanguage": post["language"],
        "url": post["canonical_url"] or root + post["url"],
        "mainEntityOfPage": post["canonical_url"] or root + post["url"],
        "datePublished": post["published_at"].isoformat() if post["published_at"] else None,
        "dateModified": post["updated_at"].isoformat() if post["updated_at"] else None,
        "author": person(post["author"], root),
        "keywords": [tag["name"] for tag in post["tags"]] or None,
        "commentCount": post["n_comments"],
    }
    if image := post["cover_url"] or post["share_image_url"]:
        data["image"] = absolute(image, root)
    if post["live"]:
        data |= live_blog(post, root)
    return {name: value for name, value in data.items() if value is not None}


def live_blog(post: dict, root: str) -> dict:
    """What a live post has besides, https://schema.org/LiveBlogPosting. It ended with its last entry."""
    entries = post["live_entries"]
    is_over = post["live"] == "ended" and entries
    return {
        "@type": "LiveBlogPosting",
        "coverageStartTime": (entries[0]["created_at"] if entries else post["published_at"]).isoformat(),
        "coverageEndTime": entries[-1]["created_at"].isoformat() if is_over else None,
        "liveBlogUpdate": [
            {
                "@type": "BlogPosting",
                "headline": entry["plain"][:110],
                "articleBody": entry["plain"],
                "url": f"{root}{post['url']}#entry-{entry['id']}",
                "datePublished": entry["created_at"].isoformat(),
                "dateModified": (entry["updated_at"] or entry["created_at"]).isoformat(),
                "author": {"@type": "Person", "name": entry["author_name"]},
            }
            for entry in reversed(entries)
        ],
    }


def author_structured_data(author: User, url: str) -> dict:
    """A ProfilePage of a Person, https://schema.org/ProfilePage."""
    person = {"@type": "Person", "name": author.name, "url": url, "description": author.bio, "sameAs": author.url}
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "mainEntity": {name: value for name, value in person.items() if value},
    }


def person(author: dict, root: str) -> dict:
    """https://schema.org/Person. The page of the author here says more; the website is the same person's."""
    page = root + author["page_url"] if author.get("page_url") else ""
    data = {"@type": "Person", "name": author["name"], "url": page or author["url"]}
    if page:
        data["sameAs"] = author["url"]
    return {name: value for name, value in data.items() if value}


def activity_structured_data(activity: dict, root: str) -> dict:
    """A SocialMediaPosting, https://schema.org/SocialMediaPosting, with absolute URLs under `root`.

    `activity`: fields of blog.activities.querysets.DETAIL.
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
        "author": person(activity["author"], root),
        "commentCount": activity["n_comments"],
    }
    if picture := picture_of(activity):
        data["image"] = absolute(picture, root)
    return {name: value for name, value in data.items() if value is not None}


def picture_of(activity: dict) -> str:
    """Its first photo, or the image of a link preview; empty if there is none."""
    images = [*activity["photos"], *(link["picture"] for link in activity["links"] if link["picture"])]
    return images[0]["url"] if images else ""
