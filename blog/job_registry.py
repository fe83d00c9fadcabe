"""The jobs of the blog: name, function, title in the admin, and how often each runs or is tried again."""

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from blog import share_images, statistics, webhooks
from blog.activities import link_previews
from blog.activities.models import ActivityEvent
from blog.editor import autosave
from blog.events import prune
from blog.exporters import runs
from blog.importers import admin_jobs
from blog.link_check import check_links
from blog.media import variants
from blog.moderation.blocks import forget_blocks
from blog.notifications import delivery, retention, review_emails
from blog.posts import announcements, revisions, trash
from blog.posts.redirects import usage
from blog.search.indexing import delete_old_changes
from blog.webhooks import events as webhook_events
from frodo.jobs import register


def register_jobs() -> None:
    hours, day = timedelta(hours=6), timedelta(days=1)
    email = {"priority": 0, "max_attempts": 17, "pass_job": True, "describe": delivery.describe}  # for about three days
    register("send_email", delivery.send_email, _("Send e-mail"), **email)
    review = {"priority": 0, "max_attempts": 17, "pass_job": True}
    register("send_review_email", review_emails.send_review_email, _("Send e-mail about a review"), **review)
    preview = {"priority": 1, "backoff": timedelta(minutes=2), "on_failure": link_previews.give_up}
    register("fetch_link_preview", link_previews.fetch_link_preview, _("Fetch link preview"), **preview)
    image = {"priority": 6, "max_attempts": 3}
    register("draw_share_image", share_images.draw_share_image, _("Draw the image of a post for other sites"), **image)
    images = _("Draw the images of posts for other sites")
    register("draw_share_images", share_images.draw_share_images, images, every=day, priority=7, is_long=True)
    announcement = {"priority": 6, "backoff": timedelta(minutes=5)}
    register("submit_to_indexnow", announcements.submit_to_indexnow, _("Submit a post to IndexNow"), **announcement)
    register("ping_websub_hub", announcements.ping_websub_hub, _("Notify the WebSub hub of a post"), **announcement)
    variant = {"priority": 2, "max_attempts": 3, "on_failure": variants.give_up}
    register("make_variants", variants.make_variants, _("Create variants of an image"), **variant)
    imports: dict = {"priority": 8, "max_attempts": 3, "is_long": True}
    imports |= {"describe": admin_jobs.describe, "on_failure": admin_jobs.give_up}
    register("run_import", admin_jobs.run_import, _("Import a blog"), **imports)
    register("delete_imported_files", admin_jobs.delete_old, _("Delete uploaded files of imports"), every=day)
    register("delete_old_events", prune, _("Delete old events"), every=hours)
    register("delete_activity_events", partial(prune, ActivityEvent), _("Delete old events of activities"), every=hours)
    register("erase_personal_data", retention.forget, _("Erase old IP addresses and e-mail addresses"), every=day)
    register("delete_old_statistics", statistics.delete_old, _("Delete old statistics"), every=day)
    register("delete_ended_blocks", forget_blocks, _("Delete ended blocks of networks"), every=day)
    paths = _("Delete old paths that were not found")
    register("delete_old_not_found_paths", usage.delete_old, paths, every=day)
    minutes = timedelta(minutes=5)
    register("check_links", check_links, _("Check links and images"), every=minutes, priority=9, is_long=True)
    register("export_blog", runs.execute, _("Export"), max_attempts=2, priority=8, is_long=True)
    register("delete_old_exports", runs.delete_old, _("Delete old exports"), every=day)
    register("thin_revisions", revisions.thin, _("Delete old revisions of drafts"), every=day)
    register("empty_trash", trash.delete_expired, _("Empty the trash"), every=day)
    register("delete_old_autosaves", autosave.delete_old, _("Delete old unsaved forms"), every=day)
    register("delete_search_changes", delete_old_changes, _("Delete old changes of the search index"), every=day)
    tries = {"max_attempts": 15, "priority": 3}  # for about two days
    describe = {"describe": webhooks.describe, "on_failure": webhooks.give_up}
    register("send_webhook", webhooks.send_webhook, _("Send webhook"), **tries, **describe)
    register("announce_post", webhook_events.announce, _("Notify webhooks of a scheduled post"))
    log = _("Delete old webhook deliveries")
    register("delete_old_webhook_deliveries", webhooks.delete_old, log, every=day)
