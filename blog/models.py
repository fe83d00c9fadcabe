"""The index of tables: every room's models under one label, `blog`."""

from blog.activities.models import Activity, ActivityEvent, ActivityLink, ActivityPhoto, ActivityStream
from blog.comments.models import Comment
from blog.editor.models import AutosavedForm
from blog.events import Event
from blog.exporters.models import Export
from blog.importers.models import Import
from blog.link_check.models import CheckedLink
from blog.media.models import Upload
from blog.moderation.models import Block, Decision, Queue, Report, Rule, SpamWave, Token, TrainingExample
from blog.notifications.models import MutedPost, QueuedEmail, Subscriber
from blog.posts.models import (
    Document,
    DocumentUpdate,
    LiveEntry,
    NotFoundPath,
    Page,
    Post,
    PreviewLink,
    Redirect,
    Revision,
    Tag,
    Topic,
)
from blog.reactions.models import CommentReaction, PostReaction
from blog.search.models import SearchChange
from blog.site.models import BlogrollLink, SiteVersion
from blog.statistics.models import DailyReferrer, DailySearch, DailyViews
from blog.webhooks.models import WebhookDelivery, WebhookEndpoint
