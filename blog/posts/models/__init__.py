"""Models of posts, pages, tags, topics and redirects."""

from blog.posts.models.drafts import Document, DocumentUpdate, PreviewLink, Revision
from blog.posts.models.live_entry import LiveEntry
from blog.posts.models.page import Page
from blog.posts.models.post import Post
from blog.posts.models.redirect import NotFoundPath, Redirect
from blog.posts.models.taxonomy import Tag, Topic
