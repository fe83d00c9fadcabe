import pytest

from blog.importers.errors import BrokenFrontMatter
from blog.importers.front_matter import split


@pytest.mark.parametrize(
    ("text", "data", "body"),
    [
        ("---\ntitle: Tea\n---\nHot.", {"title": "Tea"}, "Hot."),
        ("---  \ntitle: Tea\n---\t\nHot.", {"title": "Tea"}, "Hot."),
        ("\n\n---\ntitle: Tea\n...\nHot.", {"title": "Tea"}, "Hot."),
        ("----\ntitle: Tea\n----\nHot.", {"title": "Tea"}, "Hot."),
        ('+++\ntitle = "茶"\ndate = 2019-07-25\n+++\nHot.', {"title": "茶", "date": "2019-07-25"}, "Hot."),
        ('{\n"title": "Tea",\n"n": {"a": 1}\n}\nHot.', {"title": "Tea", "n": {"a": 1}}, "Hot."),
        (';;;\n"title": "Tea"\n;;;\nHot.', {"title": "Tea"}, "Hot."),
        ("title: Tea\ntags:\n- a\n---\nHot.", {"title": "Tea", "tags": ["a"]}, "Hot."),
        ("---\n---\nHot.", {}, "Hot."),
        ("---\n# only a remark\n---\nHot.", {}, "Hot."),
    ],
)
def test_fields_are_parted_from_the_text(text, data, body):
    found = split(text)

    assert (found.data, found.body) == (data, body)


@pytest.mark.parametrize(
    "text",
    [
        "No fields.",
        "---\nTwo lines across\n---\nthe page.",
        "---\nA line across the page and no more.",
        "Note: this is a heading\n---\nText.",
        "{% note %} A tag at the start {% endnote %}",
        "title: not quite\n\nA paragraph of prose.\n\n---\nText.",
        "",
    ],
)
def test_what_only_looks_like_fields_stays_text(text):
    found = split(text)

    assert (found.data, found.body) == ({}, text)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("x: 2019-07-25 10:00:00", "2019-07-25 10:00:00"),
        ("x: 1.10", "1.10"),
        ("x: 1.5", 1.5),
        ("x: 007", "007"),
        ("x: 42", 42),
        ("x: 12:30", "12:30"),
        ("x: yes", "yes"),
        ("x: true", True),
        ("x: !ruby/object:Foo bar", "bar"),
        ("x: ~", None),
        ("x:", None),
    ],
)
def test_a_value_keeps_its_spelling(line, value):
    assert split(f"---\n{line}\n---\n").data == {"x": value}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("x: Django: the book", "Django: the book"),
        ("x: [转载] 茶经", "[转载] 茶经"),
        ('x: "Tea" and milk', '"Tea" and milk'),
        ("x: 'It's tea'", "It's tea"),
        ("x: @ann says", "@ann says"),
        ("x: *stars*", "*stars*"),
        ("x: `code`", "`code`"),
        ("x: 100% tea: yes", "100% tea: yes"),
        ("x:\tTea", "Tea"),
    ],
)
def test_a_common_slip_is_repaired_and_reported(line, value):
    found = split(f"---\ny: 1\n{line}\n---\n")

    assert found.data == {"y": 1, "x": value}
    assert found.repaired == [3]


def test_a_forgotten_space_and_tabs_are_repaired():
    assert split("---\ntitle:Tea\ntags:\n\t- a\n\t- b\n---\n").data == {"title": "Tea", "tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: Tea\ntags: [a, b\n---\nx", 3),
        ('---\ntitle: "Tea\n---\nx', 2),
        ("---\n- a: b\n---\nx", 2),
        ("---\ntitle: Tea\nand no end", 1),
        ('+++\ntitle = "Tea"\ndate = \n+++\nx', 3),
        ('{"title": "Tea",\n"x" 1}\ny', 2),
    ],
)
def test_what_cannot_be_repaired_is_refused_with_its_line(text, line):
    with pytest.raises(BrokenFrontMatter) as refusal:
        split(text)

    assert refusal.value.line == line
    assert f"line {line}" in str(refusal.value)


BILLION_LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "fields",
    [
        BILLION_LAUGHS,
        "x: &x [*x]\n",
        "x: " + "[" * 5000 + "]" * 5000,
        "x: " + "a" * 300_000,
        "".join(f"k{n}: 1\n" for n in range(10_000)),
        "x: !!python/object/apply:os.system [echo]\n? [a, b]\n: c\n- d",
    ],
)
def test_hostile_fields_are_refused_quickly(fields):
    with pytest.raises(BrokenFrontMatter):
        split(f"---\n{fields}\n---\nx")


def test_deep_json_and_toml_are_refused_or_read_never_crash():
    for text in ('{"a": ' + "[" * 100_000 + "\n}\n", "+++\na = " + "[" * 5000 + "]" * 5000 + "\n+++\n"):
        with pytest.raises(BrokenFrontMatter):
            split(text)


def test_nothing_in_it_can_run():
    found = split("---\nx: !!python/object/apply:os.system [echo]\n---\n")

    assert found.data == {"x": ["echo"]}
