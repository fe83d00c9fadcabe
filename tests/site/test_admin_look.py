"""The admin's frame: its menu, its lists, and that it looks as the public site does."""

import re
from pathlib import Path

import lxml.html
import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from blog.models import Post
from tests import people
from tests.factories import make_activity, make_comment, make_post

LISTS = [
    "blog_post",
    "blog_page",
    "blog_activity",
    "blog_comment",
    "blog_tag",
    "blog_upload",
    "frodo_job",
    "accounts_user",
]


def css(name: str) -> str:
    return Path(finders.find(f"css/{name}")).read_text()


def properties(text: str, selector: str) -> dict[str, str]:
    """The custom properties of the first rule with exactly this selector."""
    start = text.index(f"\n{selector} {{") if f"\n{selector} {{" in text else text.index(f"\n  {selector} {{")
    return dict(re.findall(r"(--[a-z-]+): ([^;]+);", text[start : text.index("}", start)]))


@pytest.mark.parametrize(
    ("of_site", "of_admin"),
    [
        (":root", ':root,\nhtml[data-theme="light"]'),
        (':root:not([data-theme="light"])', ':root:not([data-theme="light"])'),
        (':root[data-theme="dark"]', 'html[data-theme="dark"]:root'),
    ],
)
def test_the_admin_has_the_colours_of_the_site(of_site, of_admin):
    site, admin = properties(css("site.css"), of_site), properties(css("admin.css"), of_admin)

    shared = {
        "--page",
        "--surface",
        "--text",
        "--muted",
        "--line",
        "--accent",
        "--accent-text",
        "--danger",
        "--ok",
        "--mark",
    }
    assert {name: site[name] for name in shared} == {name: admin[name] for name in shared}


def menu(client) -> dict[str, list[str]]:
    page = lxml.html.fromstring(client.get(reverse("admin:index")).content.decode())
    return {
        group.xpath("string(h2)"): [link.text_content() for link in group.xpath(".//li/a[1]")]
        for group in page.xpath("//*[@id='nav-sidebar']//section")
    }


@pytest.mark.django_db
def test_the_menu_is_grouped_by_what_people_do(desk):
    found = menu(desk)

    assert list(found) == ["Write", "Discussion", "Site", "People", "System"]
    assert found["Write"] == ["Posts", "Pages", "Activities", "Media"]
    assert found["Discussion"] == ["Moderation", "Comments", "Rules", "Blocked", "Spam waves"]
    assert not any("Groups" in names for names in found.values())


@pytest.mark.django_db
def test_a_contributor_sees_only_what_contributors_use(client):
    client.force_login(people.cid())

    assert menu(client) == {"Write": ["Posts", "Media"], "Site": ["Topics", "Tags"]}


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_what_it_is_for(desk, name):
    answer = desk.get(reverse(f"admin:{name}_changelist"), {} if name != "accounts_user" else {"q": "nobody"})

    assert 'class="empty-list"' in answer.content.decode()


@pytest.mark.django_db
def test_a_post_in_the_list_has_its_status_as_a_chip_and_its_cover(desk, ann):
    make_post(title="With a cover", cover_link="https://images.example/tea.jpg", pinned=True)
    make_post(title="A draft", status="draft")

    page = desk.get(reverse("admin:blog_post_changelist")).content.decode()

    assert '<span class="chip is-good">Published</span> <span class="chip">Pinned</span>' in page
    assert '<span class="chip">Draft</span>' in page
    assert 'class="list-thumb" src="https://images.example/tea.jpg"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["blog_post", "blog_comment", "blog_upload"])
def test_a_longer_list_asks_no_more_queries(desk, name, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = reverse(f"admin:{name}_changelist")
    first = make_post(cover_link="https://images.example/1.jpg")
    make_comment(first)
    desk.get(url)
    with CaptureQueriesContext(connection) as few:
        desk.get(url)
    for n in range(12):
        make_comment(make_post(title=f"Post {n}", cover_link="https://images.example/1.jpg"), name=f"Guest {n}")

    with django_assert_num_queries(len(few)):
        desk.get(url)
    assert Post.objects.count() == 13


@pytest.mark.django_db
def test_the_user_form_does_not_show_how_the_password_is_hashed(desk, ann):
    page = desk.get(reverse("admin:accounts_user_change", args=[ann.pk])).content.decode()

    assert "A password is set." in page
    assert "Reset password" in page
    assert "md5" not in page
    assert "salt" not in page


def test_the_question_before_deleting_names_no_rows_of_tables(desk):
    post = make_post(tags=["Oolong"])
    activity = make_activity(text="Rain.")
    comment = make_comment(activity)
    pages = {
        reverse("admin:blog_tag_delete", args=[post.tags.get().pk]): {"标签: 1"},
        reverse("admin:blog_activity_delete", args=[activity.pk]): {"动态: 1", "评论: 1"},
        reverse("admin:blog_comment_delete", args=[comment.pk]): {"评论: 1"},
    }

    for url, counts in pages.items():
        page = lxml.html.fromstring(
            desk.get(url, follow=True, headers={"accept-language": "zh-CN"}).content.decode()
        ).get_element_by_id("content")
        assert {item.text_content().strip() for item in page.xpath(".//h2[1]/following-sibling::ul[1]/li")} == counts
        assert "object (" not in page.text_content()
