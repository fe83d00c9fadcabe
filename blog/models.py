"""The index of tables: every room's models under one label, `blog`."""

from blog.chores import ChoreTime
from blog.discussion.models import Comment
from blog.events.models import Event
from blog.letters.models import Letter, Mailbox, Mute
from blog.posts.models import OldAddress, Page, Post, Tag, Topic
from blog.reactions.models import CommentReaction, PostReaction
from blog.reading.models import Edition

__all__ = [
    "ChoreTime",
    "Comment",
    "CommentReaction",
    "Edition",
    "Event",
    "Letter",
    "Mailbox",
    "Mute",
    "OldAddress",
    "Page",
    "Post",
    "PostReaction",
    "Tag",
    "Topic",
]
