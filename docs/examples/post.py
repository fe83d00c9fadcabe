#!/usr/bin/env python3
"""Post a Markdown file to a blog, or bring the post there up to date. Needs nothing but Python 3.8.

    export FRODO_URL=https://blog.example.org FRODO_TOKEN=...
    python3 post.py tea.md [--publish]

The file may begin with front matter: lines such as "title: Tea" and "tags: tea, walks" between two lines of "---".
Without a title there, the first heading is taken; without a slug, the file's name.
"""

import argparse
import json
import os
import sys
import uuid
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

LISTS = {"tags"}
TAKEN = {"title", "slug", "summary", "language", "status", "published_at", "tags", "topic"}


def read(path):
    """What the API takes, from a file."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    said = {}
    if text.startswith("---\n") and "\n---\n" in text[3:]:
        front, text = text[4:].split("\n---\n", 1)
        for line in front.splitlines():
            name, colon, value = line.partition(":")
            name, value = name.strip(), value.strip().strip("\"'")
            if colon and name in TAKEN:
                said[name] = [each.strip(" []\"'") for each in value.split(",")] if name in LISTS else value
    text = text.lstrip("\n")
    if "title" not in said and text.startswith("# "):
        said["title"], _, text = text[2:].partition("\n")
    said.setdefault("title", path.stem)
    said.setdefault("slug", path.stem.lower().replace(" ", "-"))
    return {**said, "text": text.strip() + "\n"}


class Blog:
    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/"), token

    def ask(self, method, path, data=None, **headers):
        """Status, answer and ETag. What the blog refuses is no exception: its reason is in the answer."""
        body = None if data is None else json.dumps(data).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value}
        headers.update({"Content-Type": "application/json", "Authorization": "Bearer " + self.token})
        request = Request(self.url + path, body, headers, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer), answer.headers.get("ETag")
        except HTTPError as error:
            with error:
                return error.code, json.load(error), None

    def put(self, said):
        """Make the post, or change the one with this slug unless somebody else does so meanwhile."""
        path = "/api/posts/{}/".format(quote(said["slug"], safe=""))
        status, _there, etag = self.ask("GET", path)
        if status == 404:
            return self.ask("POST", "/api/posts/", said, Idempotency_Key=str(uuid.uuid4()))
        if status != 200:
            return status, _there, None
        return self.ask("PATCH", path, said, If_Match=etag)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--publish", action="store_true", help="else a new post is a draft")
    options = parser.parse_args()
    said = read(options.file)
    if options.publish:
        said["status"] = "published"
    blog = Blog(os.environ["FRODO_URL"], os.environ["FRODO_TOKEN"])
    status, answer, _etag = blog.put(said)
    if status not in (200, 201):
        error = answer["error"]
        sys.exit("{}: {} {}".format(error["code"], error["message"], error.get("fields", "")))
    print("{} {}{}".format("Made" if status == 201 else "Changed", blog.url, answer["url"]))


if __name__ == "__main__":
    main()
