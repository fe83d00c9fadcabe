"""Posts and pages of an archive as Markdown files with front matter, which other programs can read, too."""

import yaml

from blog.exporters.archive.tables import Table

END = "\n---\n"
KEPT = (
    "title",
    "slug",
    "published_at",
    "updated_at",
    "status",
    "visibility",
    "is_published",
    "language",
    "summary",
    "pinned",
)


def path_of(table: Table, row: dict) -> str:
    """`posts/12-一壶茶.md`; names of files may not be longer than 255 bytes."""
    folder = f"{row['kind']}s" if row.get("kind") == "post" else "activities" if "kind" in row else "pages"
    slug = "" if folder == "activities" else "-" + row["slug"].encode()[:120].decode(errors="ignore")
    return f"{folder}/{row['id']}{slug}.md"


def document(row: dict, tags: list[str]) -> bytes:
    """The file. What is above the text is for people and other programs; an import takes it from the row."""
    fields = {name: row[name] for name in KEPT if row.get(name) not in (None, "", False)}
    if tags:
        fields["tags"] = tags
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n{row['text']}".encode()


def text_of(data: bytes) -> str:
    """Raises ValueError (UnicodeDecodeError too) for what is not such a file."""
    text = data.decode()
    end = text.find(END, 3)
    if not text.startswith("---\n") or end < 0:
        raise ValueError("---")
    return text[end + len(END) :]
