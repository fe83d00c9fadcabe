"""The author's desk."""

from django.contrib import admin, messages
from django.db import models
from django.forms import Script, Textarea
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.posts import publishing, rights
from blog.posts.models import OldAddress, Page, Post, Tag, Topic
from blog.posts.preview import preview
from blog.uploads.forms import PictureField

WRITING = {
    models.TextField: {"widget": Textarea(attrs={"rows": 4, "class": "vLargeTextField"})},
    models.URLField: {"assume_scheme": "https"},
    models.ImageField: {"form_class": PictureField},
}


class WritingAdmin(admin.ModelAdmin):
    """For whatever has Markdown in it: a wide text area with the rendered page beside it."""

    formfield_overrides = WRITING
    change_form_template = "admin/blog/writing_change_form.html"
    save_on_top = True

    class Media:
        css = {"all": ["css/admin_writing.css", "css/admin_uploads.css"]}
        js = ["js/admin_writing.js", Script("js/uploads/writing.js", type="module")]

    def get_urls(self) -> list:
        return [
            path("preview/", self.admin_site.admin_view(self.preview), name=f"{self.opts.model_name}_preview"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest) -> HttpResponse:
        return preview(request, self.model)

    def get_view_on_site_url(self, obj=None) -> str | None:
        return super().get_view_on_site_url(obj) if obj is None or obj.is_visible else None

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        address = reverse(f"admin:{self.opts.model_name}_preview")
        return super().changeform_view(request, object_id, form_url, {"preview_url": address, **(extra_context or {})})


class OldAddressInline(admin.TabularInline):
    model = OldAddress
    fields = ["path"]
    extra = 0
    classes = ["collapse"]


class StatusFilter(admin.SimpleListFilter):
    """By what readers see now: a scheduled post whose time has come is published."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return Post.Status.choices

    def queryset(self, request: HttpRequest, posts):
        match self.value():
            case "draft":
                return posts.drafts()
            case "scheduled":
                return posts.scheduled()
            case "published":
                return posts.published()
        return posts


@admin.register(Post)
class PostAdmin(WritingAdmin):
    list_display = ["title", "status", "published_at", "author", "language", "n_comments", "n_views", "pinned"]
    list_filter = [StatusFilter, "language", "pinned", "comments_open", "author", "topic", "tags"]
    list_select_related = ["author"]
    search_fields = ["title", "slug", "summary", "text"]
    date_hierarchy = "published_at"
    autocomplete_fields = ["tags", "topic"]
    readonly_fields = ["created_at", "updated_at", "n_views"]
    actions = ["publish", "withdraw", "pin", "unpin", "close_comments", "open_comments"]
    inlines = [OldAddressInline]
    fieldsets = [
        (None, {"fields": ["title", "text"]}),
        (_("Publishing"), {"fields": [("status", "published_at"), ("tags", "topic", "topic_order")]}),
        (_("In lists"), {"fields": ["summary", ("cover", "cover_link"), "pinned"]}),
        (
            _("More"),
            {
                "fields": [
                    "slug",
                    ("language", "author"),
                    ("comments_open", "approval"),
                    ("created_at", "updated_at", "n_views"),
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest):
        posts = rights.seen_by(request.user, super().get_queryset(request))
        return posts.defer("html", "plain", "toc", "front_matter", "imported")

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or rights.may_change(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or rights.may_change(request.user, obj))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return rights.may_publish(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> list[str]:
        """What decides on publishing is not a contributor's to choose."""
        more = () if self.has_publish_permission(request) else rights.OF_PUBLISHERS
        return [*super().get_readonly_fields(request, obj), *more]

    def get_inlines(self, request: HttpRequest, obj: Post | None) -> list:
        return super().get_inlines(request, obj) if self.has_publish_permission(request) else []

    def save_model(self, request: HttpRequest, obj: Post, form, change: bool) -> None:
        if not change and obj.author_id is None:
            obj.author = request.user
        super().save_model(request, obj, form, change)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {
            "author": request.user.pk,
            "language": request.LANGUAGE_CODE,
            **super().get_changeform_initial_data(request),
        }

    @admin.action(description=_("Publish the selected posts"), permissions=["publish"])
    def publish(self, request: HttpRequest, posts) -> None:
        done = publishing.publish(posts)
        self.say(request, ngettext("%d post published.", "%d posts published.", done) % done)

    @admin.action(description=_("Make the selected posts drafts"), permissions=["publish"])
    def withdraw(self, request: HttpRequest, posts) -> None:
        done = publishing.withdraw(posts)
        self.say(request, ngettext("%d post is a draft now.", "%d posts are drafts now.", done) % done)

    @admin.action(description=_("Pin to the front page"), permissions=["publish"])
    def pin(self, request: HttpRequest, posts) -> None:
        publishing.change(posts, pinned=True)

    @admin.action(description=_("Unpin"), permissions=["publish"])
    def unpin(self, request: HttpRequest, posts) -> None:
        publishing.change(posts, pinned=False)

    @admin.action(description=_("Close comments"), permissions=["publish"])
    def close_comments(self, request: HttpRequest, posts) -> None:
        publishing.change(posts, comments_open=False)

    @admin.action(description=_("Open comments"), permissions=["publish"])
    def open_comments(self, request: HttpRequest, posts) -> None:
        publishing.change(posts, comments_open=True)

    def say(self, request: HttpRequest, words: str) -> None:
        self.message_user(request, words, messages.SUCCESS)


@admin.register(Page)
class PageAdmin(WritingAdmin):
    list_display = ["title", "language", "is_published", "in_menu", "menu_order", "updated_at"]
    list_editable = ["in_menu", "menu_order"]
    list_filter = ["language", "is_published", "in_menu"]
    search_fields = ["title", "slug", "text"]
    inlines = [OldAddressInline]
    fieldsets = [
        (None, {"fields": ["title", "text"]}),
        (_("More"), {"fields": ["slug", "language", "is_published", ("in_menu", "menu_order")]}),
    ]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).defer("html", "plain", "toc", "front_matter", "imported")


class ShelfAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "n_posts"]
    search_fields = ["name", "slug"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).annotate(n_all=models.Count("posts"))

    @admin.display(description=_("posts"), ordering="n_all")
    def n_posts(self, shelf: Tag | Topic) -> int:
        return shelf.n_all


@admin.register(Tag)
class TagAdmin(ShelfAdmin):
    pass


@admin.register(Topic)
class TopicAdmin(ShelfAdmin):
    pass


@admin.register(OldAddress)
class OldAddressAdmin(admin.ModelAdmin):
    list_display = ["path", "post", "page"]
    list_select_related = ["post", "page"]
    search_fields = ["path", "post__title", "page__title"]
    autocomplete_fields = ["post", "page"]
