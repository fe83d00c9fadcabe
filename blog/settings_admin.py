"""The form of the site settings: one screen for one row, whether it was saved before or not."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.authentication import signed_in_user
from blog.media.forms import PictureField
from blog.posts.models import Page, Tag, Topic
from blog.privacy_page import create_privacy_pages
from blog.site.admin import SuperuserAdmin
from frodo import themes
from frodo.site_settings import is_from_environment, site
from frodo.site_settings.models import SETTING_OF, SiteSettings, time_zones

MOST_SUGGESTIONS = 100
FIELDSETS: list[Any] = [
    (_("Site"), {"fields": ["name", "description", "logo", "icon", "language", "time_zone"]}),
    (
        _("Menu and pages"),
        {"fields": ["menu", "posts_per_page", "show_views", "offline", "footer", "icp_number", "police_number"]},
    ),
    (_("Blocks"), {"fields": ["blocks_place"], "classes": ["block-settings"]}),
    (_("Appearance"), {"fields": ["theme", "accent_color", "text_font"]}),
    (_("Feeds"), {"fields": ["posts_per_feed", "feed_summaries", "llms_txt"]}),
    (
        _("Comments"),
        {"fields": ["comment_approval", "comment_close_days", "comment_edit_minutes", "comments_per_page"]},
    ),
    (_("Notifications"), {"fields": ["comment_emails"]}),
    (_("Code in pages"), {"fields": ["head_code", "footer_code"], "classes": ["collapse"]}),
]


KINDS = (
    ("", "—"),  # of the empty row, which is no block
    ("about", _("About")),
    ("tags", _("Tag cloud")),
    ("comments", _("Latest comments")),
    ("most_read", _("Most read")),
    ("blogroll", _("Blogroll")),
    ("markdown", _("Markdown")),
)


class BlockForm(forms.Form):
    """A block beside or below every page (blog/blocks.py)."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    title = forms.CharField(
        label=_("Title"), max_length=60, required=False, help_text=_("If empty, the default title.")
    )
    n = forms.IntegerField(
        label=_("Number"), min_value=1, max_value=50, initial=5, help_text=_("Maximum number of entries.")
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Markdown, for “About” and “Markdown”."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("kind") == "markdown" and not found.get("text"):
            self.add_error("text", _("Enter some text."))
        return found


BlockFormSet = forms.formset_factory(BlockForm, can_order=True, can_delete=True, extra=1, max_num=20, validate_max=True)


class SiteSettingsForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    theme = forms.ChoiceField(label=_("Theme"), required=False, help_text=_("Folders in themes/ of the data folder."))

    class Meta:
        model = SiteSettings
        fields = [name for _title, options in FIELDSETS for name in options["fields"]]
        widgets = {
            name: forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
            for name, rows in {"menu": 6, "footer": 5, "head_code": 4, "footer_code": 4}.items()
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has_blocks = self.is_bound and "blocks-TOTAL_FORMS" in self.data
        self.blocks = BlockFormSet(self.data if has_blocks else None, initial=self.instance.blocks, prefix="blocks")
        chosen = self.initial.get("theme") or ""
        names = sorted({*themes.available(), *filter(None, [chosen])})
        cast(forms.ChoiceField, self.fields["theme"]).choices = [
            ("", _("Default")),
            *((name, theme_label(name)) for name in names),
        ]
        for name, setting in SETTING_OF.items():
            if name in self.fields and is_from_environment(setting):
                self.fields[name].disabled = True
                self.initial[name] = getattr(site, setting)
                self.fields[name].help_text = _("Set by the environment variable %(name)s.") % {"name": setting}

    def is_valid(self) -> bool:
        are_blocks_valid = not self.blocks.is_bound or self.blocks.is_valid()
        return super().is_valid() and are_blocks_valid

    def clean(self) -> dict[str, Any] | None:
        if self.blocks.is_bound and self.blocks.is_valid():
            names = BlockForm.base_fields
            rows = [form.cleaned_data for form in self.blocks.ordered_forms]
            self.instance.blocks = [{name: row[name] for name in names} for row in rows]
        return super().clean()

    def clean_theme(self) -> str:
        """Only a theme that can be used, unless the environment has decided."""
        name = self.cleaned_data["theme"]
        if name and not self.fields["theme"].disabled:
            try:
                themes.read(name)
            except themes.BrokenTheme as error:
                message = _("This theme cannot be used. %(reason)s")
                raise forms.ValidationError(message, params={"reason": str(error)}) from error
        return name


def theme_label(name: str) -> str:
    """A broken one is offered by the name of its folder: who chooses it is told what is wrong."""
    folder = themes.available().get(name)
    try:
        return themes.title_of(folder) if folder else name
    except themes.BrokenTheme:
        return name


def privacy_pages(request: HttpRequest) -> HttpResponse:
    """Of the list of pages: drafts in each language, for the user to edit."""
    if not request.user.has_perm("blog.add_page"):
        raise PermissionDenied
    if created := create_privacy_pages(signed_in_user(request)):
        words = _("Drafts created: %(titles)s. Complete the parts in brackets and publish them.")
        titles = ", ".join(page.title for page in created)
        messages.success(request, words % {"titles": titles})
    else:
        messages.info(request, _("The privacy page already exists. To create it again, delete it first."))
    return HttpResponseRedirect(reverse("admin:blog_page_changelist"))


@admin.register(SiteSettings)
class SiteSettingsAdmin(SuperuserAdmin):
    form = SiteSettingsForm
    formfield_overrides = {models.ImageField: {"form_class": PictureField}}
    change_form_template = "admin/frodo/site_settings.html"
    fieldsets = FIELDSETS

    class Media:
        js = [Script("js/admin_site_settings.js", type="module")]

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("", view(self.settings_view), name="site_settings"),
            path("privacy-pages/", view(require_POST(privacy_pages)), name="privacy_pages"),
        ]

    def settings_view(self, request: HttpRequest) -> HttpResponse:
        suggestions = [
            *Page.objects.published()[:MOST_SUGGESTIONS],
            *Topic.objects.order_by("name")[:MOST_SUGGESTIONS],
            *Tag.objects.order_by("name")[:MOST_SUGGESTIONS],
        ]
        lists = [
            (reverse("home"), _("Posts")),
            (reverse("activities"), _("Activities")),
            (reverse("topics"), _("Topics")),
            (reverse("tags"), _("Tags")),
            (reverse("archives"), _("Archives")),
            (reverse("blogroll"), _("Blogroll")),
        ]
        context = {
            "title": _("Settings"),
            "suggestions": [*lists, *((found.url, str(found)) for found in suggestions)],
            "show_delete": False,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        return self.changeform_view(request, str(SiteSettings.ONLY), extra_context=context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SiteSettings:
        return SiteSettings.current()

    def response_change(self, request: HttpRequest, obj: SiteSettings) -> HttpResponse:
        self.message_user(request, _("Settings saved."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:site_settings"))

    def log_change(self, request: HttpRequest, obj: SiteSettings, message: Any) -> None:  # type: ignore[override]  # no entry is made
        """Nobody reads a history of them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SiteSettings | None = None) -> bool:
        return False
