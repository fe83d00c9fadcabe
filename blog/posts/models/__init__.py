"""What the author writes, and how it is found."""

from blog.posts.models.address import OldAddress
from blog.posts.models.page import Page
from blog.posts.models.post import Post
from blog.posts.models.shelf import Tag, Topic

__all__ = ["OldAddress", "Page", "Post", "Tag", "Topic"]
