"""The index of tables: every room's models under one label, `blog`."""

from blog.discussion.models import Comment
from blog.events.models import Event
from blog.posts.models import OldAddress, Page, Post, Tag, Topic
from blog.reading.models import Edition

__all__ = ["Comment", "Edition", "Event", "OldAddress", "Page", "Post", "Tag", "Topic"]
