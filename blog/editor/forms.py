"""Model forms with optimistic locking."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast

from django import forms
from django.core.files.base import File
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.editor import merge
from blog.editor.differences import Part, compare
from frodo.api.conditional import version

VERSION = "form_version"
CHOICE = "keep-"
"""`keep-title=saved` in a submitted form: the saved title is kept, not the submitted one."""

CHANGED = gettext_lazy(
    "This was changed elsewhere after you opened it, so nothing has been saved yet. "
    "Compare both versions below, then save again."
)


@dataclass
class Conflict:
    """A field that was changed elsewhere since the form was loaded; `parts` is the difference."""

    name: str
    label: str
    saved: str
    yours: str
    is_yours_changed: bool

    @property
    def choice(self) -> str:
        return CHOICE + self.name

    @property
    def parts(self) -> list[Part]:
        return compare(self.saved, self.yours)


class VersionedModelForm(forms.ModelForm):
    """Refuses to overwrite changes that were saved after the form was loaded.

    The page carries a digest of each field's value. Fields that were changed elsewhere, and that the user had left
    alone, are taken from the database (`taken`). A form in which both changed the same field is invalid and has
    `conflicts`, for the user to decide. The caller locks the row first. A form without digests, as a script may send
    it, overwrites.
    """

    conflicts: list[Conflict] = []
    merged: list[Conflict] = []
    """Fields that both have changed, in which the changes of both are joined."""
    taken: list[Conflict] = []
    """Fields that only the other has changed."""

    @cached_property
    def digests(self) -> dict[str, str]:
        names = [name for name, field in self.fields.items() if not field.disabled]
        return {name: version(comparable(self.saved_value(name))) for name in names}

    @property
    def version(self) -> str:
        """For the page: the version that the next save is based on."""
        return json.dumps(self.digests, separators=(",", ":")) if self.instance.pk else ""

    @property
    def short_version(self) -> str:
        """For a URL."""
        return version(self.digests)

    @property
    def labels_taken(self) -> str:
        return ", ".join(each.label for each in self.taken)

    def saved_value(self, name: str) -> Any:
        return self.get_initial_for_field(self.fields[name], name)

    def full_clean(self) -> None:
        if self.is_bound and self.loaded == self.digests:
            for name in self.fields:
                if self.data.get(CHOICE + name) == "saved":
                    self.take_saved(name)
        super().full_clean()
        if self.taken and not self.conflicts:
            super().full_clean()  # with their values

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.instance.pk and self.loaded is not None and self.loaded != self.digests and not self.taken:
            found = self.find_conflicts()
            self.taken = [each for each in found if not each.is_yours_changed]
            self.merged = [each for each in found if each.is_yours_changed and self.merge(each.name)]
            self.conflicts = [each for each in found if each not in self.merged and each not in self.taken]
            for each in self.taken:
                self.take_saved(each.name)
            if self.conflicts:
                self.add_error(None, forms.ValidationError(CHANGED, code="conflict"))
        return self.cleaned_data if cleaned is None else cleaned

    def base_of(self, name: str) -> str | None:
        """The text that the form was loaded with, of a field in which changes are to be merged; None where unknown."""
        return None

    def merge(self, name: str) -> bool:
        """Put the changes of both in the place of the submitted text, unless they contradict each other."""
        base = self.base_of(name)
        text = None if base is None else merge(base, self.saved_value(name), self.cleaned_data.get(name, ""))
        if text is None:
            return False
        self.data = data = cast(QueryDict, self.data).copy()
        data[self.add_prefix(name)] = self.cleaned_data[name] = text
        return True

    @cached_property
    def loaded(self) -> dict[str, str] | None:
        """The digests that the form was loaded with; None where it names none."""
        data = self.data.get(VERSION)
        if not data:
            return None
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def find_conflicts(self) -> list[Conflict]:
        found = []
        for name, saved in self.digests.items():
            loaded = (self.loaded or {}).get(name)
            yours = version(comparable(self.submitted(name)))
            if loaded != saved and yours != saved:
                label = str(self[name].label)
                values = (self.text_of(name, self.saved_value(name)), self.text_of(name, self.submitted(name)))
                found.append(Conflict(name, label, *values, is_yours_changed=yours != loaded))
        return found

    def submitted(self, name: str) -> Any:
        if isinstance(self.fields[name], forms.FileField):
            sent = self[name].data  # None: the field was left alone; False: the file is to be taken out
            return self.saved_value(name) if sent is None else sent or ""
        return self.cleaned_data[name] if name in self.cleaned_data else self[name].data

    def text_of(self, name: str, value: Any) -> str:
        """A field's value as people read it."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField) and value not in field.empty_values:
            keys = [value] if isinstance(value, Model) or not is_several(value) else value
            keys = [key.pk if isinstance(key, Model) else key for key in keys]
            rows = field.queryset.filter(pk__in=keys) if field.queryset is not None else ()
            return ", ".join(sorted(str(row) for row in rows))
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            labels = {str(key): str(label) for key, label in cast(Iterable[tuple[Any, Any]], field.choices)}
            return ", ".join(labels.get(str(key), str(key)) for key in (value if is_several(value) else [value]))
        if is_several(value):
            return " ".join(str(each) for each in value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, datetime):
            return localize(timezone.localtime(value))
        return "" if value is None else str(value).replace("\r\n", "\n")

    def take_saved(self, name: str) -> None:
        """Put the saved value in the place of the submitted one, as if it had been submitted."""
        field, key, value = self.fields[name], self.add_prefix(name), self.saved_value(name)
        self.data = data = cast(QueryDict, self.data).copy()
        if isinstance(field, forms.FileField):
            self.files = files = cast(MultiValueDict, self.files).copy()
            files.pop(key, None)
            data.pop(f"{key}-clear", None)
        elif isinstance(field.widget, forms.MultiWidget):
            for i, part in enumerate(field.widget.decompress(value) or ()):
                data[f"{key}_{i}"] = "" if part is None else str(part)
        elif isinstance(field.widget, forms.CheckboxInput):
            data.pop(key, None)
            if value:
                data[key] = "on"
        elif is_several(value):
            data.setlist(key, [str(each) for each in field.prepare_value(value)])
        else:
            value = field.prepare_value(value)
            data[key] = "" if value is None else str(value)


def is_several(value: Any) -> bool:
    return isinstance(value, list | tuple | set | QuerySet)


def comparable(value: Any) -> Any:
    """The same for a value as it comes from the database and as it comes back from an untouched form."""
    if is_several(value):
        return sorted(str(comparable(each)) for each in value)
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, File):
        return value.name or ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    if isinstance(value, str):
        return "\n".join(value.split("\r\n")).strip()
    return "" if value is None else value
