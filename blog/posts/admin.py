"""Dashboard."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Model
from django.db.models.functions import Coalesce
from django.forms import Script, Textarea
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime, now
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.authentication import signed_in_user
from blog.editor.admin import EditorAdmin, acknowledge, search_phrases
from blog.media.errors import StoreAway
from blog.media.forms import CleanFile, PictureField
from blog.media.services import keep
from blog.posts import documents, live_posts, permissions, services
from blog.posts.admin_list import PostListAdmin
from blog.posts.admin_mixins import RevisionsMixin, TrashFilter, TrashMixin
from blog.posts.forms import BUTTONS, PostForm, RevisedForm, TagsField, TagsWidget
from blog.posts.models import LiveEntry, Page, Post, PreviewLink, Redirect, Tag, Topic
from blog.posts.preview import preview
from blog.posts.querysets import PostQuerySet
from blog.posts.slugs import pinyin_slug, slug_for
from blog.site.admin import LargeListAdmin, PublishedFilter, chip
from frodo.api import number
from frodo.api.conditional import version
from frodo.conflict_retry import EditConflict
from frodo.errors import ServiceError
from frodo.fields import searched

WRITING: dict[type[models.Field], dict[str, Any]] = {
    models.TextField: {"widget": Textarea(attrs={"rows": 4, "class": "vLargeTextField"})},
    models.URLField: {"assume_scheme": "https"},
    models.ImageField: {"form_class": PictureField},
}


class WritingAdmin(RevisionsMixin, TrashMixin, LargeListAdmin, EditorAdmin):
    """For whatever has Markdown in it: a wide text area with the rendered page beside it."""

    formfield_overrides = WRITING
    list_per_page = 25
    list_defer = ("text", "excerpt")
    change_form_template = "admin/blog/writing_change_form.html"
    save_on_top = True

    class Media:
        css = {"all": ["css/admin_writing.css", "css/admin_media.css"]}
        js = [Script("js/markdown_editor/editor.js", type="module"), Script("js/editor/settings.js", type="module")]

    def get_urls(self) -> list:
        name = self.opts.model_name
        return [
            path("preview/", self.admin_site.admin_view(self.preview), name=f"{name}_preview"),
            path("suggest-slug/", self.admin_site.admin_view(suggest_slug), name=f"{name}_suggest_slug"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest) -> HttpResponse:
        return preview(request, self.model)

    def get_view_on_site_url(self, obj: Model | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj is None or getattr(obj, "is_visible", False) else None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        update = request.POST.get("document_update")
        if update and object_id and request.POST.get("account") == str(request.user.pk):
            entry = self.get_object(request, object_id)
            if isinstance(entry, Post | Page) and self.has_change_permission(request, entry):
                documents.store_with_form(entry, update, user=signed_in_user(request))
        context = {
            "preview_url": reverse(f"admin:{self.opts.model_name}_preview"),
            "slug_url": reverse(f"admin:{self.opts.model_name}_suggest_slug"),
            "search_phrases": search_phrases(),
            "document_path": self.document_path(request, object_id),
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, context)

    def document_path(self, request: HttpRequest, object_id: str | None) -> str:
        """Where the browser joins the text under edit; empty for a form that comes back with a text from elsewhere."""
        if not object_id or (request.method == "POST" and "document_n" not in request.POST):
            return ""
        return f"/ws/documents/{self.opts.model_name}/{object_id}/"


def suggest_slug(request: HttpRequest) -> HttpResponse:
    """For `?title=`, as JSON: the slug that saving would make of it, and the one in pinyin."""
    title = request.GET.get("title", "")[:200]
    return JsonResponse({"slug": slug_for(title), "pinyin": pinyin_slug(title)})


SEARCH_ENGINES: Any = (
    _("Search engines"),
    {"fields": ["seo_title", "seo_description", "canonical_url"], "classes": ["collapse"]},
)


class RedirectInline(admin.TabularInline):
    model = Redirect
    fields = ["path"]
    extra = 0
    classes = ["collapse"]


class StatusFilter(admin.SimpleListFilter):
    """By what readers see now: a scheduled post whose time has come is published."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return Post.Status.choices

    def queryset(self, request: HttpRequest, posts: Any) -> models.QuerySet:
        match self.value():
            case "draft":
                return posts.drafts()
            case "pending":
                return posts.pending()
            case "scheduled":
                return posts.scheduled()
            case "published":
                return posts.released()
        return posts


@admin.register(Post)
class PostAdmin(PostListAdmin, WritingAdmin):
    form = PostForm
    list_filter = [
        StatusFilter,
        PublishedFilter,
        "visibility",
        "language",
        "pinned",
        "comments_open",
        "author",
        "topic",
        "tags",
        TrashFilter,
    ]
    list_prefetch = ("author",)
    search_fields = searched("title", "slug", "summary", "text", "tags__name")
    autocomplete_fields = ["tags", "topic", "translation_of"]
    readonly_fields = ["created_at", "updated_at", "n_views"]
    actions = [*TrashMixin.actions, "publish", "unpublish", "pin", "unpin", "close_comments", "open_comments"]
    inlines = [RedirectInline]
    fieldsets = [
        (None, {"fields": ["title", "text"]}),
        (_("Publishing"), {"fields": ["status", "published_at", "visibility", "password", "slug", "author", "pinned"]}),
        (_("Tags and topic"), {"fields": ["tags", "topic", "topic_order"]}),
        (_("Excerpt and cover"), {"fields": ["summary", "cover", "cover_link"]}),
        (_("Live post"), {"fields": ["live"]}),
        (_("Comments"), {"fields": ["comments_open", "approval"]}),
        (_("Language"), {"fields": ["language", "translation_of", "shares_comments"]}),
        SEARCH_ENGINES,
        (_("Details"), {"fields": ["created_at", "updated_at", "n_views"], "classes": ["collapse"]}),
    ]

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.preview_links)
        live = self.admin_site.admin_view(self.live_entries)
        return [
            path("<int:pk>/preview-links/", view, name="blog_post_preview_links"),
            path("<int:pk>/live/", live, name="blog_post_live_entries"),
            *super().get_urls(),
        ]

    def preview_links(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lists the secret URLs of a draft, creates and revokes them."""
        post = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        if request.method == "POST":
            if revoked := request.POST.get("revoke"):
                post.preview_links.filter(token=revoked).delete()
            else:
                PreviewLink.objects.create(post=post, user=signed_in_user(request))
            return HttpResponseRedirect(request.path)
        links = post.preview_links.filter(expires_at__gt=now()).select_related("user")
        urls = [(link, request.build_absolute_uri(reverse("shared_preview", args=[link.token]))) for link in links]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Preview links"),
            "subtitle": str(post),
            "opts": self.opts,
            "original": post,
            "links": urls,
        }
        return TemplateResponse(request, "admin/blog/post/preview_links.html", context)

    def live_entries(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The entries of a live post, the newest first, and the form of a new one."""
        post = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        text, opened, error, status = request.POST.get("text", ""), None, "", 200
        if request.method == "POST":
            try:
                self.change_entry(request, post, text)
            except (ServiceError, ValidationError, EditConflict) as problem:
                opened = number(request.POST.get("entry"))
                status, error = 409 if isinstance(problem, EditConflict) else 400, problem_of(problem)
            else:
                return HttpResponseRedirect(request.path)
        entries = list(post.entries.order_by("-id"))
        for entry in entries:
            entry.version = version(entry.text)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Live entries"),
            "subtitle": str(post),
            "opts": self.opts,
            "original": post,
            "entries": entries,
            "text": text,
            "open": opened,
            "error": error,
        }
        return TemplateResponse(request, "admin/blog/post/live_entries.html", context, status=status)

    def change_entry(self, request: HttpRequest, post: Post, text: str) -> None:
        action = request.POST.get("action", "add")
        if action == "add":
            live_posts.add_entry(post, text, user=signed_in_user(request))
            return
        entry = get_object_or_404(post.entries, pk=number(request.POST.get("entry")))
        seen = request.POST.get("version")

        def is_expected(entry: LiveEntry) -> bool:
            return version(entry.text) == seen

        if action == "delete":
            live_posts.delete_entry(entry, is_expected=is_expected)
        else:
            live_posts.edit_entry(entry, text, is_expected=is_expected)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        posts = permissions.seen_by(signed_in_user(request), cast(PostQuerySet, super().get_queryset(request)))
        return posts.defer("html", "plain", "toc", "front_matter", "imported")

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or permissions.may_change(signed_in_user(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or permissions.may_change(signed_in_user(request), obj))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return permissions.may_publish(signed_in_user(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> list[str]:
        """What decides on publishing is not a contributor's to choose."""
        more = () if self.has_publish_permission(request) else permissions.PUBLISHER_FIELDS
        return [*super().get_readonly_fields(request, obj), *more]

    def get_inlines(self, request: HttpRequest, obj: Post | None) -> list:
        return list(super().get_inlines(request, obj)) if self.has_publish_permission(request) else []

    def get_form(self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "tags" in form.base_fields:
            cast(TagsField, form.base_fields["tags"]).may_create = self.has_publish_permission(request)
        return form

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "tags":
            kwargs["widget"] = TagsWidget(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"may_publish": self.has_publish_permission(request), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        if not any(name in request.POST for name in BUTTONS):
            return super().response_add(request, obj, post_url_continue)
        return self.stay(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if not any(name in request.POST for name in BUTTONS):
            return super().response_change(request, obj)
        return self.stay(request, obj)

    def stay(self, request: HttpRequest, post: Post) -> HttpResponse:
        """The form again, with a message that says what became of the post."""
        self.say(request, outcome(post, is_new="_publish" in request.POST or "_publish_now" in request.POST))
        return acknowledge(request, HttpResponseRedirect(reverse("admin:blog_post_change", args=[post.pk])))

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        if not change and obj.author_id is None:
            obj.author = request.user
        cover = form.cleaned_data.get("cover")
        if isinstance(cover, CleanFile):  # as an upload it has variants
            try:
                obj.cover = keep(cover.found, user=signed_in_user(request), name=cover.label).file.name
            except StoreAway as error:
                raise error.__cause__ or error from None
        super().save_model(request, obj, form, change)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {
            "author": request.user.pk,
            "language": request.LANGUAGE_CODE,
            **super().get_changeform_initial_data(request),
        }

    @admin.action(description=_("Publish the selected posts"), permissions=["publish"])
    def publish(self, request: HttpRequest, posts: PostQuerySet) -> None:
        done = services.publish(posts)
        self.say(request, ngettext("%d post published.", "%d posts published.", done) % done)

    @admin.action(description=_("Make the selected posts drafts"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, posts: PostQuerySet) -> None:
        done = services.unpublish(posts)
        self.say(request, ngettext("%d post is a draft now.", "%d posts are drafts now.", done) % done)

    @admin.action(description=_("Pin to the front page"), permissions=["publish"])
    def pin(self, request: HttpRequest, posts: PostQuerySet) -> None:
        self.set_each(request, posts, pinned=True)

    @admin.action(description=_("Unpin"), permissions=["publish"])
    def unpin(self, request: HttpRequest, posts: PostQuerySet) -> None:
        self.set_each(request, posts, pinned=False)

    @admin.action(description=_("Close comments"), permissions=["publish"])
    def close_comments(self, request: HttpRequest, posts: PostQuerySet) -> None:
        self.set_each(request, posts, comments_open=False)

    @admin.action(description=_("Open comments"), permissions=["publish"])
    def open_comments(self, request: HttpRequest, posts: PostQuerySet) -> None:
        self.set_each(request, posts, comments_open=True)

    def set_each(self, request: HttpRequest, posts: PostQuerySet, **fields: Any) -> None:
        done = services.update_each(posts, **fields)
        self.say(request, ngettext("%d post changed.", "%d posts changed.", done) % done)

    def say(self, request: HttpRequest, words: str) -> None:
        self.message_user(request, words, messages.SUCCESS)


def problem_of(error: ServiceError | ValidationError | EditConflict) -> str:
    if isinstance(error, EditConflict):
        now = cast(LiveEntry, error.entry).text
        words = gettext(
            "This entry was changed meanwhile and was not saved. Save again to replace what stands there now:"
        )
        return f"{words} “{now}”"
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def outcome(post: Post, *, is_new: bool) -> str:
    """Of saving a post, for its author; with a link where readers see it."""
    if post.status == Post.Status.DRAFT:
        return gettext("Draft saved.")
    if post.status == Post.Status.PENDING:
        return gettext("Submitted for review. An editor will publish it.")
    if post.status == Post.Status.SCHEDULED:
        time = date_format(localtime(post.published_at), "DATETIME_FORMAT").rstrip(".")  # of "8 a.m."
        return gettext("Scheduled for %(time)s.") % {"time": time}
    words = gettext("Published.") if is_new else gettext("Updated.")
    return format_html('{} <a href="{}">{}</a>', words, post.url, gettext("View post"))


@admin.register(Page)
class PageAdmin(WritingAdmin):
    form = RevisedForm
    list_display = ["title", "state", "language", "in_menu", "menu_order", "updated_at"]
    empty_text = _("Pages hold timeless content, such as About or Contact.")
    list_editable = ["in_menu", "menu_order"]
    list_filter = ["language", "is_published", "in_menu", TrashFilter]
    search_fields = searched("title", "slug", "text")
    inlines = [RedirectInline]
    fieldsets = [
        (None, {"fields": ["title", "text"]}),
        (_("More"), {"fields": ["slug", "language", "is_published", ("in_menu", "menu_order")]}),
        SEARCH_ENGINES,
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).defer("html", "plain", "toc", "front_matter", "imported")

    @admin.display(description=_("status"), ordering="is_published")
    def state(self, page: Page) -> str:
        return chip(_("Published"), "good") if page.is_published else chip(_("Draft"))


class TaxonomyAdmin(EditorAdmin):
    list_display = ["name", "slug", "n_posts"]
    search_fields = searched("name", "slug")
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Counted apart from the tags: joined, they are counted once more for the number of pages."""
        links = Post.tags.through if self.model is Tag else Post
        name = str(self.opts.model_name)
        of_one = links.objects.order_by().filter(**{name: models.OuterRef("pk")})
        n_all = of_one.values(name).annotate(n=models.Count("pk")).values("n")
        return super().get_queryset(request).annotate(n_all=Coalesce(models.Subquery(n_all), 0))

    @admin.display(description=_("posts"), ordering="n_all")
    def n_posts(self, taxonomy: Tag | Topic) -> int:
        return taxonomy.n_all  # type: ignore[union-attr]  # of get_queryset


@admin.register(Tag)
class TagAdmin(TaxonomyAdmin):
    empty_text = _("Tags are created when you type them in a post.")


@admin.register(Topic)
class TopicAdmin(TaxonomyAdmin):
    empty_text = _("A topic is a series of posts, in an order that you choose.")
