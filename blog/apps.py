from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = _("Blog")

    def ready(self) -> None:
        from blog import cache_purging, personal_data  # noqa: F401 - what they register
        from blog.blocks import blocks_context
        from blog.job_registry import register_jobs
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
        register_shared_comments()
        register_jobs()


def register_statistics() -> None:
    """What the page cache counts is written down by day."""
    from blog import statistics
    from blog.posts import page_cache_source

    page_cache_source.on_views.append(statistics.add_views)
    page_cache_source.on_visits.append(statistics.add_visits)


def connect_signals() -> None:
    """What a saved or deleted row causes elsewhere; `blog.cache_purging` and `blog.search.receivers` list their own."""
    from django.contrib.auth.models import Group
    from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

    from accounts.models import User
    from blog import share_images, webhooks
    from blog.activities import events as activity_events
    from blog.models import Block, Comment, Decision, Event, Page, Post, Report, Rule, SpamWave, WebhookEndpoint
    from blog.moderation import policy, queue_events
    from blog.notifications import review_emails
    from blog.posts import announcements, documents
    from blog.webhooks import events
    from frodo.site_settings.models import SiteSettings

    pre_save.connect(events.before_post_saved, sender=Post)
    for module in (share_images, announcements, review_emails, events):
        post_save.connect(module.post_saved, sender=Post)
    post_delete.connect(share_images.post_deleted, sender=Post)
    post_delete.connect(events.post_deleted, sender=Post)
    post_save.connect(documents.entry_saved, sender=Post)
    post_save.connect(documents.entry_saved, sender=Page)
    post_save.connect(share_images.settings_saved, sender=SiteSettings)
    post_save.connect(webhooks.endpoint_saved, sender=WebhookEndpoint)
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
    from blog.webhooks import events as webhook_events

    hooks.register_moderation(checks)
    hooks.register_subscriptions(subscriptions.subscription_state)
    hooks.on_submit.register(subscriptions.remember_language)
    hooks.on_publish.register(comment_emails.queue_comment_emails)
    hooks.on_edit.register(comment_emails.queue_edit_emails)
    hooks.on_pending.register(comment_emails.queue_pending_email)
    hooks.on_pending.register(webhook_events.comment_pending)


def register_shared_comments() -> None:
    """What moves with the comments of a post that begins to share those of its original."""
    from blog.comments.edit_services import move_comments
    from blog.notifications.subscriptions import move_mutes
    from blog.posts.models.translation import on_share_comments
    from blog.reactions.services import move_reactions
    from blog.search.models import record_changes

    on_share_comments.extend([move_comments, move_reactions, move_mutes])
    on_share_comments.append(lambda _post, original: record_changes([original.pk]))
