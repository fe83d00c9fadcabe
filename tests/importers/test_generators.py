"""The generators themselves say where a post was: each of their addresses leads to the imported post."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from blog.models import Page, Post
from tests import npm
from tests.importers.folders import post, write

pytestmark = pytest.mark.quality


def needs(program: str) -> str:
    return shutil.which(program) or npm.skip(f"{program} is not installed.")


def build(folder: Path, *command: str, output: str, zone: str = "UTC") -> dict[str, str]:
    """The address of each post on the built site, by the word that its text consists of."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"TZ": zone}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    for path in sorted((folder / output).rglob("*")):
        text = path.read_text(errors="replace") if path.is_file() else ""
        if text.count("marker-") == 1:
            word = text.partition("marker-")[2].partition("!")[0]
            found[word] = "/" + path.relative_to(folder / output).as_posix().removesuffix("index.html")
    return found


def compare(client, run, folder: Path, addresses: dict[str, str], prefix: str = "") -> None:
    assert addresses
    run(folder)
    entries = {
        entry.text.partition("marker-")[2].partition("!")[0]: entry
        for entry in (*Post.objects.all(), *Page.objects.all())
    }
    for word, address in addresses.items():
        answer = client.get(quote(prefix + address))
        assert (answer.status_code, answer.headers.get("Location")) == (301, entries[word].url), (word, address)


def marked(word: str, **fields) -> str:
    return post(f"marker-{word}!", **fields)


HEXO_POSTS = {
    "source/_posts/Plain Name.md": marked("a", title="'C++ & Café: Überblick?'", date="2019-01-02 23:30:15"),
    "source/_posts/sub/Deep_File.md": marked(
        "b", title="深入 Rust（一）", date="2019-01-02 03:04:05", categories="[Hot Drinks, Tea]"
    ),
    "source/_posts/2018-05-06-dated.md": marked(
        "c", title="Dated", date="2018-05-06 23:00:00 +0800", category="Green Tea"
    ),
    "source/_posts/two.md": marked(
        "d", title="Two", date="2019-12-31 23:59:59", categories="[[A, B], [C d]]", lang="de"
    ),
    "source/_posts/said.md": marked("e", title="Said", date="2019-01-01 10:00:00", permalink="x/said-it"),
    "source/_posts/offset.md": marked("f", title="Offset", date="2019-03-01T02:00:00+09:00"),
}


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"permalink": ":year/:i_month/:i_day/:post_title.html"},
        {"permalink": ":category/:name/", "category_map": {"Tea": "cha"}, "default_category": "misc"},
        {"permalink": "p/:hash/"},
        {"permalink": ":category/:title/", "filename_case": 1},
        {"permalink": ":category/:title/", "filename_case": 2},
        {"permalink": ":year:month:day_:hour-:minute-:second/:title.html", "timezone": "Asia/Shanghai"},
        {"permalink": ":timestamp/:title/", "timezone": "America/New_York"},
        {"permalink": ":lang/:title/", "permalink_defaults": {"lang": "en"}},
        {"permalink": ":year/:title/", "new_post_name": ":year-:month-:day-:title.md"},
        {"permalink": "p/:hash.html", "timezone": "Asia/Shanghai", "root": "/blog/"},
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_hexo(run, client, settings, tmp_path, config, zone):
    """Built on a machine of the author's zone, and on one of UTC."""
    settings.TIME_ZONE = zone
    zone = config.get("timezone", zone) if zone != "UTC" else zone
    write(tmp_path, {name: text.replace("---\n", "---\nlayout: false\n", 1) for name, text in HEXO_POSTS.items()})
    write(
        tmp_path,
        {"_config.yml": yaml.safe_dump({"theme": False, **config}), "package.json": '{"hexo": {"version": ""}}'},
    )
    hexo = npm.package("hexo", "bin/hexo")
    (tmp_path / "node_modules").symlink_to(npm.MODULES)
    (tmp_path / "package.json").write_text('{"hexo": {"version": ""}, "dependencies": {"hexo-renderer-marked": "*"}}')

    addresses = build(tmp_path, str(hexo), "generate", output="public", zone=zone)

    assert len(addresses) == len(HEXO_POSTS)
    compare(client, run, tmp_path, addresses, prefix=config.get("root", "").rstrip("/"))


JEKYLL_POSTS = {
    "_posts/2019-01-02-Plain_Name.md": marked("a", title="x", date="2019-01-02 23:30:15"),
    "_posts/2019-01-02-C++ & Café (1).md": marked("b", categories="Hot Été!"),
    "Tea Time/_posts/2019-12-30-中文 标题.md": marked("c", category="Two Words", date="2019-12-30"),
    "_posts/2019-01-03-zone.md": marked("d", date="2019-01-03 23:00:00 +0800"),
    "_posts/2019-01-04-said.md": marked("e", slug="'My Slug?'", categories="[B, a, B]"),
    "_posts/2019-01-05-own.md": marked("f", permalink="/own/:year/:title.html"),
    "_posts/sub/2019-01-06-below.md": marked("g"),
    "_posts/2019-01-07-seconds.md": marked("h", date="2019-01-07 23:00"),
    "_recipes/Green Soup.md": marked("r", title="Soup"),
    "_recipes/deep/stew.md": marked("s", title="Stew"),
    "about.md": marked("p", title="About"),
    "guide/index.md": marked("q", title="Docs"),
}


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"permalink": "pretty", "timezone": "Asia/Shanghai"},
        {"permalink": "ordinal", "timezone": "America/New_York"},
        {"permalink": "weekdate"},
        {"permalink": "none"},
        {"permalink": "/:slugified_categories/:short_year-:i_month-:i_day/:slug.html"},
        {"permalink": "/:year_:month/:name/", "timezone": "Asia/Tokyo"},
        {"permalink": "/:long_month/:short_month/:long_day/:y_day/:w_year/:week/:w_day/:title", "baseurl": "/b"},
        {"collections": {"recipes": {"output": True, "permalink": "/cook/:path/"}}},
        {"collections": {"recipes": {"output": True}, "posts": {"permalink": "/p/:title/"}}},
        {
            "collections": {"recipes": {"output": True, "permalink": "/:collection/:name:output_ext"}},
            "permalink": "pretty",
        },
        {
            "defaults": [
                {"scope": {"path": "", "type": "posts"}, "values": {"permalink": "/d/:title/", "categories": "x"}}
            ]
        },
        {
            "defaults": [
                {"scope": {"path": "_posts/sub"}, "values": {"permalink": "/sub/:title.html"}},
                {"scope": {"path": ""}, "values": {"slug": "never-this"}},
                {"scope": {"path": "", "type": "posts"}, "values": {"permalink": "/all/:year/:day/:name/"}},
            ]
        },
        {"source": "src"},
        {"source": "src", "collections_dir": "things", "collections": {"recipes": {"output": True}}},
    ],
    ids=str,
)
def test_jekyll(run, client, settings, tmp_path, config):
    settings.TIME_ZONE = "UTC"
    jekyll = needs("jekyll")
    source, things = config.get("source", ""), config.get("collections_dir", "")
    write(tmp_path, {"_config.yml": yaml.safe_dump(config, allow_unicode=True)})
    for name, text in JEKYLL_POSTS.items():
        below = Path(source, things if name.startswith("_") else "", name)
        write(tmp_path, {str(below): text})

    addresses = build(tmp_path, jekyll, "build", "--quiet", output="_site")

    compare(client, run, tmp_path, addresses, prefix=config.get("baseurl", ""))


HUGO_POSTS = {
    "content/posts/Plain Name.md": marked("a", title="'C++ & Café: what? (1) a/b'", date="2019-01-02T23:30:15Z"),
    "content/posts/with_slug.md": marked("b", title="X", slug="'My Slug: #1 & x'", date="2019-01-03T01:00:00+08:00"),
    "content/posts/Bundle Here/index.md": marked("c", title="深入 Rust（一）", date="2019-01-04"),
    "content/posts/Deep Er/down/file.v2.md": marked("d", title="'a  -  b -c'", date="2019-12-31T23:00:00-05:00"),
    "content/notes/a+b~c@d.md": marked("e", title="Notes", date="2019-01-05"),
    "content/About Me.md": marked("f", title="About"),
    "content/posts/said.md": marked("g", title="Said", url="/x/y.html", date="2019-01-06"),
    "content/top.md": marked("h", title="Top", date="2019-01-07"),
    "content/posts/Sub/deeper/bundle/index.md": marked("i", title="I", date="2019-01-08"),
}


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"permalinks": {"posts": "/:year/:month/:day/:slug/"}},
        {"permalinks": {"posts": "/:year/:title/", "notes": "/n/:filename.html"}},
        {"permalinks": {"posts": "/:section/:yearday/:weekday-:weekdayname/:monthname/:slugorfilename/"}},
        {"permalinks": {"posts": "/:sections/:slug", "notes": "/:sections[last]/:title/"}},
        {"permalinks": {"posts": "/:sections[1:]/:filename/"}},
        {"uglyURLs": True},
        {"uglyurls": True, "permalinks": {"posts": "/:year/:slug/"}},
        {"disablePathToLower": True, "permalinks": {"notes": "/:title/"}},
        {"removePathAccents": True, "permalinks": {"posts": "/:title/"}},
        {"timeZone": "Asia/Shanghai", "permalinks": {"posts": "/:year/:month/:day/:filename/"}},
        {"baseURL": "https://blog.example/b/", "permalinks": {"posts": "/:year/:slug/"}},
        {
            "defaultContentLanguage": "en",
            "defaultContentLanguageInSubdir": True,
            "languages": {"en": {"weight": 1}, "zh": {"weight": 2}},
        },
    ],
    ids=str,
)
def test_hugo(run, client, settings, tmp_path, config):
    settings.TIME_ZONE = "UTC"
    hugo = needs("hugo")
    kinds = ["taxonomy", "term", "RSS", "sitemap", "section", "home"]
    base = {"baseURL": "https://blog.example/", "disableKinds": kinds}
    write(
        tmp_path,
        HUGO_POSTS | {"config.yaml": yaml.safe_dump(base | config), "layouts/_default/single.html": "{{ .Content }}"},
    )

    addresses = build(tmp_path, hugo, "--quiet", output="public")

    assert len(addresses) == len(HUGO_POSTS)
    compare(client, run, tmp_path, addresses, prefix="/b" if "baseURL" in config else "")
