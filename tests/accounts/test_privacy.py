"""What docs/privacy.md says is stored is what is stored, and erasing an account leaves nothing that identifies it."""

import re

import pytest
from django.apps import apps
from django.db import models

from accounts.models import User
from tests.databases import ROOT
from tests.factories import make_post

IDENTIFYING = {"email", "ip", "network", "user_agent", "visitor", "who", "to"}
"""Names of columns that can identify somebody, besides references to accounts."""
OF_NO_PERSON = {"accounts.user_groups", "accounts.user_user_permissions"}


def identifying_tables() -> set[str]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label == "async_models" or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            to_user = isinstance(field, models.ForeignKey) and field.related_model is User
            if to_user or (field.name in IDENTIFYING and not isinstance(field, models.ForeignKey)):
                found.add(model._meta.label_lower)
    return found | {"accounts.user"}


def test_each_table_that_can_identify_somebody_is_in_the_document():
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = {name for line in text.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+\.\w+)`", line)}

    assert identifying_tables() - OF_NO_PERSON - rows == set()
    assert rows <= {model._meta.label_lower for model in apps.get_models()}


@pytest.mark.parametrize("words", ["remove", "keep"])
def test_after_erasing_no_table_says_who_it_was(db, client, words):
    """Every column of every table is read."""
    post = make_post(slug="a-walk")
    reader = User.objects.create_user("zebediah", "zebediah@example.org", "zebediah's word", display_name="Zebediah")
    client.force_login(reader)
    sent = client.post(
        "/api/posts/a-walk/comments/",
        {"text": "I was there.", "notify": True},
        "application/json",
        headers={"Idempotency-Key": "a-key-of-a-reader"},
    )
    assert sent.status_code == 201, sent.content
    client.put(f"/api/posts/{post.slug}/reactions/", {"kind": "love"}, "application/json")
    assert "zebediah" in str(everything()).lower()

    answer = client.post("/accounts/me/erase/", {"words": words, "confirm": "erase", "password": "zebediah's word"})

    assert answer.status_code == 302, answer.content
    assert [row for row in everything() if "zebediah" in str(row).lower()] == []


def everything() -> list[tuple[str, dict]]:
    return [
        (model._meta.label, row)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != "async_models"
        for row in model._base_manager.values()
    ]
