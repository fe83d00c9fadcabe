"""The activities of blog/demo. What their links lead to is written there, too: no other host is asked."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from blog.activities.models import Activity, ActivityLink
from blog.activities.posting import post_activity, remove_activity
from blog.uploads.models import Upload
from blog.uploads.storing import remove, store

ORIGIN = "demo/activities/"


def write(said: list[dict], folder: Path, author: User) -> list[Activity]:
    """Those that are not there yet."""
    there = set(ours().values_list("origin", flat=True))
    return [write_one(one, folder, author) for one in said if ORIGIN + one["key"] not in there]


def write_one(said: dict, folder: Path, author: User) -> Activity:
    photos = [store((folder / p["file"]).read_bytes(), user=author, alt=p["alt"]) for p in said.get("photos", ())]
    links = said.get("links", ())
    activity = post_activity(
        author,
        text=said["text"],
        language=said["language"],
        links=[link["url"] for link in links],
        photos=[photo.pk for photo in photos],
        published_at=timezone.now() - timedelta(hours=said["hours_ago"]),
    )
    for link in links:
        ActivityLink.objects.filter(activity=activity, url=link["url"]).update(state=ActivityLink.State.READY, **link)
    moment = activity.published_at
    Activity.objects.filter(pk=activity.pk).update(origin=ORIGIN + said["key"], created_at=moment, updated_at=moment)
    return activity


def take_away(said: list[dict]) -> tuple[int, int]:
    """Remove them as they came; how many went, and how many stay because they were changed."""
    words = {ORIGIN + one["key"]: one["text"].strip() for one in said}
    n_removed = n_kept = 0
    for activity in ours():
        if words.get(activity.origin) != activity.text:
            n_kept += 1
            continue
        photos = list(Upload.objects.filter(pk__in=activity.photo_rows.values("upload")))
        remove_activity(activity)
        for photo in photos:
            remove(photo)
        n_removed += 1
    return n_removed, n_kept


def ours():
    return Activity.objects.filter(origin__startswith=ORIGIN)
