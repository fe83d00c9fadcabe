from datetime import timedelta
from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = _("Blog")

    def ready(self) -> None:
        from blog import cache_purging, personal_data  # noqa: F401 - what they register
        from blog.blocks import blocks_context
        from blog.menu import menu_context
        from blog.search import receivers as search_receivers
        from frodo.site_frame import register_frame_context

        register_frame_context(menu_context)
        register_frame_context(blocks_context)
        register_statistics()
        connect_signals()
        register_image_usage()
        search_receivers.connect()
        register_comment_hooks()
        register_moves()
        register_jobs()
        register_webhooks()


def register_statistics() -> None:
    """What the page cache counts is written down by day."""
    from blog.posts import page_cache_source
    from blog.statistics import recording

    page_cache_source.on_views.append(recording.add_views)
    page_cache_source.on_visits.append(recording.add_visits)


def connect_signals() -> None:
    """What a saved or deleted row causes elsewhere; `blog.cache_purging` and `blog.search.receivers` list their own."""
    from django.contrib.auth.models import Group
    from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

    from accounts.models import User
    from blog import share_images
    from blog.activities import events as activity_events
    from blog.models import Block, Comment, Decision, Event, Page, Post, Report, Rule, SpamWave, WebhookEndpoint
    from blog.moderation import policy, queue_events
    from blog.notifications import review_emails
    from blog.posts import announcements, documents
    from blog.webhooks import delivery, events
    from frodo.site_settings.models import SiteSettings

    pre_save.connect(events.before_post_saved, sender=Post)
    for module in (share_images, announcements, review_emails, events):
        post_save.connect(module.post_saved, sender=Post)
    post_delete.connect(share_images.post_deleted, sender=Post)
    post_delete.connect(events.post_deleted, sender=Post)
    post_save.connect(documents.entry_saved, sender=Post)
    post_save.connect(documents.entry_saved, sender=Page)
    post_save.connect(share_images.settings_saved, sender=SiteSettings)
    post_save.connect(delivery.endpoint_saved, sender=WebhookEndpoint)
    post_save.connect(activity_events.event_recorded, sender=Event)
    post_save.connect(events.event_recorded, sender=Event)
    post_save.connect(events.decision_saved, sender=Decision)
    for sender in (Rule, Block, SpamWave):
        post_save.connect(policy.policy_changed, sender=sender)
        post_delete.connect(policy.policy_changed, sender=sender)
    for model in (Decision, SpamWave, Block, Report):
        post_save.connect(queue_events.row_changed, sender=model)
    post_delete.connect(queue_events.row_changed, sender=Comment)
    post_save.connect(queue_events.comment_saved, sender=Comment)
    for through in (User.user_permissions.through, User.groups.through, Group.permissions.through):
        m2m_changed.connect(queue_events.rights_changed, sender=through)


def register_image_usage() -> None:
    """Which rows show an image."""
    from django.db.models import Q

    from blog.media.models import register_finder
    from blog.models import Activity, Page, Post

    register_finder(lambda upload: Post.objects.filter(Q(text__contains=upload.key) | Q(cover=upload.file.name)))
    register_finder(lambda upload: Page.objects.filter(text__contains=upload.key))
    register_finder(Activity.objects.with_image)


def register_comment_hooks() -> None:
    """What a comment causes outside of `blog.comments`."""
    from blog.comments import hooks
    from blog.moderation import checks
    from blog.notifications import comment_emails, subscriptions

    hooks.register_moderation(checks)
    hooks.register_subscriptions(subscriptions.subscription_state)
    hooks.on_submit.register(subscriptions.remember_language)
    hooks.on_publish.register(comment_emails.queue_comment_emails)
    hooks.on_edit.register(comment_emails.queue_edit_emails)
    hooks.on_pending.register(comment_emails.queue_pending_email)


def register_moves() -> None:
    """What moves with the comments of a post that begins to share those of its original."""
    from blog.comments.services import move_comments
    from blog.notifications.subscriptions import move_mutes
    from blog.posts.models.post import moves
    from blog.reactions.services import move_reactions
    from blog.search.models import record_changes

    moves.extend([move_comments, move_reactions, move_mutes, lambda _post, original: record_changes([original.pk])])


def register_webhooks() -> None:
    from blog.comments import hooks
    from blog.webhooks import delivery, events
    from frodo.jobs import register

    hooks.on_pending.register(events.comment_pending)
    tries = {"max_attempts": 15, "priority": 3}  # for about two days
    describe = {"describe": delivery.describe, "on_failure": delivery.give_up}
    register("send_webhook", delivery.send_webhook, _("Send webhook"), **tries, **describe)
    register("announce_post", events.announce, _("Notify webhooks of a scheduled post"))
    log = _("Delete old webhook deliveries")
    register("delete_old_webhook_deliveries", delivery.delete_old, log, every=timedelta(days=1))


def register_jobs() -> None:
    from blog import share_images
    from blog.activities import link_previews
    from blog.activities.models import ActivityEvent
    from blog.editor import autosave
    from blog.events.services import prune
    from blog.exporters import runs
    from blog.importers import admin_jobs
    from blog.link_check import checking
    from blog.media import variants
    from blog.moderation.blocks import forget_blocks
    from blog.notifications import delivery, retention, review_emails
    from blog.posts import announcements, revisions, trash
    from blog.posts.redirects import usage
    from blog.search.indexing import delete_old_changes
    from blog.statistics import recording
    from frodo.jobs import register

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
    register("draw_share_images", share_images.draw_share_images, images, every=day, priority=7)
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
    register("delete_old_statistics", recording.delete_old, _("Delete old statistics"), every=day)
    register("delete_ended_blocks", forget_blocks, _("Delete ended blocks of networks"), every=day)
    paths = _("Delete old paths that were not found")
    register("delete_old_not_found_paths", usage.delete_old, paths, every=day)
    minutes = timedelta(minutes=5)
    register("check_links", checking.check_links, _("Check links and images"), every=minutes, priority=9, is_long=True)
    register("export_blog", runs.execute, _("Export"), max_attempts=2, priority=8, is_long=True)
    register("delete_old_exports", runs.delete_old, _("Delete old exports"), every=day)
    register("thin_revisions", revisions.thin, _("Delete old revisions of drafts"), every=day)
    register("empty_trash", trash.delete_expired, _("Empty the trash"), every=day)
    register("delete_old_autosaves", autosave.delete_old, _("Delete old unsaved forms"), every=day)
    register("delete_search_changes", delete_old_changes, _("Delete old changes of the search index"), every=day)
