"""The admin's form of a post: its buttons decide on the status, and new tags are made by typing them."""

from functools import cached_property
from typing import Any, cast

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from blog.editor.forms import Conflict, VersionedModelForm, comparable
from blog.posts import documents, revisions
from blog.posts.models import Post, Tag
from frodo.admin_site import is_key
from frodo.api import number
from frodo.api.conditional import version

STATUS_OF_BUTTON = {
    "_publish": Post.Status.PUBLISHED,
    "_publish_now": Post.Status.PUBLISHED,
    "_unpublish": Post.Status.DRAFT,
    "_submit": Post.Status.PENDING,
    "_withdraw": Post.Status.DRAFT,
}
OF_CONTRIBUTORS = ("_submit", "_withdraw")
"""Buttons for which nobody needs to be allowed to choose the status."""
BUTTONS = (*STATUS_OF_BUTTON, "_continue")
MOST_REVISIONS = 100
NEW = "new:"
"""Before the name of a tag that is made by saving."""


class TagsField(forms.ModelMultipleChoiceField):
    """Takes ids of tags, and names of new ones as `new:Oolong`."""

    default_error_messages = {"no_new": _("You cannot create tags. Choose one that exists.")}
    may_create = True

    def clean(self, value: Any) -> Any:
        names = [str(each)[len(NEW) :] for each in value or () if str(each).startswith(NEW)]
        known = [each for each in value or () if not str(each).startswith(NEW)]
        if unfit := [each for each in known if not is_key(each)]:
            raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": unfit[0]})
        return super().clean([*known, *(str(self.named(name).pk) for name in dict.fromkeys(names))])

    def named(self, name: str) -> Tag:
        if found := Tag.objects.named(name.strip()):
            return found
        if not self.may_create:
            raise ValidationError(self.error_messages["no_new"], code="no_new")
        try:
            Tag(name=name).full_clean(exclude=["slug", "name_key"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return Tag.objects.get_or_make(name)


class RevisedForm(VersionedModelForm):
    """Knows from the revisions what the form was loaded with, and merges the changes of two who wrote at once.

    A text that comes from its document, as the editor's does, is merged already: `document_n` is the last update in it.
    """

    @cached_property
    def document_n(self) -> int | None:
        n = number(self.data.get("document_n"))
        is_merged = n and self.instance.pk and documents.includes_saved(self.instance, self.initial.get("text", ""), n)
        return n if is_merged else None

    def find_conflicts(self) -> list[Conflict]:
        return [each for each in super().find_conflicts() if each.name != "text" or self.document_n is None]

    def save(self, commit: bool = True) -> Any:
        self.instance.document_n = self.document_n
        return super().save(commit)

    def base_of(self, name: str) -> str | None:
        if name not in ("title", "text"):
            return None
        texts = revisions.of(self.instance).values_list(name, flat=True)[:MOST_REVISIONS]
        return next((text for text in texts if version(comparable(text)) == (self.loaded or {}).get(name)), None)


class TagsWidget(AutocompleteSelectMultiple):
    """Shows what was chosen in a form that comes back, new names as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["attrs"] = {"data-tags": "true", "data-token-separators": '[",", "，"]'}
        super().__init__(*args, **kwargs)

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        # The button that clears all of them would stand in a list without being an item of it.
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}

    def optgroups(self, name: str, value: Any, attrs: dict | None = None) -> list:
        new = [each for each in value if str(each).startswith(NEW)]
        groups = super().optgroups(name, [each for each in value if is_key(each)], attrs)
        groups[0][1].extend(self.create_option(name, each, each[len(NEW) :], True, n) for n, each in enumerate(new))
        return groups


class PostForm(RevisedForm):
    class Meta:
        widgets = {"status": forms.HiddenInput}
        field_classes = {"tags": TagsField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "visibility" in self.fields:
            self.fields["visibility"].required = False  # a form without it leaves it

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or self.instance.visibility

    def full_clean(self) -> None:
        button = next((name for name in STATUS_OF_BUTTON if name in self.data), None) if self.is_bound else None
        if button and "status" in self.fields:
            self.data = data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("status")] = STATUS_OF_BUTTON[button]
            if button == "_publish_now":
                for part in ("published_at_0", "published_at_1"):
                    data[self.add_prefix(part)] = ""
        super().full_clean()
        if button in OF_CONTRIBUTORS and "status" not in self.fields:
            self.instance.status = STATUS_OF_BUTTON[button]
