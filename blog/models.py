"""The index of tables: every room's models under one label, `blog`."""

from blog.activities.models import Activity, ActivityEvent, ActivityLink, ActivityPhoto, ActivityStream
from blog.chores import ChoreTime
from blog.discussion.models import Comment
from blog.events.models import Event
from blog.letters.models import Letter, Mailbox, Mute
from blog.moderation.models import Block, Decision, Flood, Lesson, Queue, Report, Rule, Token
from blog.posts.models import OldAddress, Page, Post, Tag, Topic
from blog.reactions.models import CommentReaction, PostReaction
from blog.reading.models import Edition
from blog.uploads.models import Upload

__all__ = [
    "Activity",
    "ActivityEvent",
    "ActivityLink",
    "ActivityPhoto",
    "ActivityStream",
    "Block",
    "ChoreTime",
    "Comment",
    "CommentReaction",
    "Decision",
    "Edition",
    "Event",
    "Flood",
    "Lesson",
    "Letter",
    "Mailbox",
    "Mute",
    "OldAddress",
    "Page",
    "Post",
    "PostReaction",
    "Queue",
    "Report",
    "Rule",
    "Tag",
    "Token",
    "Topic",
    "Upload",
]
