"""The menu of every page: links of the site settings, else the pages that are in the menu and activities."""

from urllib.parse import unquote

from django.db.models import F, Subquery, Value

from blog.activities.models import Activity
from blog.posts.models import Page
from frodo.site_settings import SNAPSHOT, check_version, site
from frodo.snapshots import SnapshotVersion

COLUMNS = ("source", "menu_order", "title", "slug")
ACTIVITIES, PAGES, SETTINGS = range(3)


def menu_context() -> dict:
    """Template context of the menu, in one query: `menu`, a list of links, and `has_activities`.

    The query brings along the version of the site settings, so that every page is made with those that hold now.
    """
    newest = Activity.objects.published().newest().values("pk")[:1]
    activity = Activity.objects.filter(pk=Subquery(newest)).order_by()
    version = SnapshotVersion.objects.filter(pk=SNAPSHOT).order_by()
    rows = (
        Page.objects.for_menu()
        .order_by()
        .annotate(source=Value(PAGES))
        .values_list(*COLUMNS)
        .union(
            activity.annotate(source=Value(ACTIVITIES), menu_order=Value(0)).values_list(*COLUMNS),
            version.annotate(
                source=Value(SETTINGS), menu_order=Value(0), title=F("version"), slug=Value("")
            ).values_list(*COLUMNS),
            all=True,
        )
    )
    found = sorted(rows, key=lambda row: row[1:3])
    check_version(next((title for source, _order, title, _slug in found if source == SETTINGS), None))
    pages = [Page(title=title, slug=slug) for source, _order, title, slug in found if source == PAGES]
    has_activities = any(row[0] == ACTIVITIES for row in found)
    links = site.MENU or [{"title": page.title, "url": page.url} for page in pages]
    menu = [{**link, "path": unquote(link["url"])} for link in links]  # `request.path` is decoded, too
    return {"menu": menu, "has_activities": has_activities}
