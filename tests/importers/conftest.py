import re
from io import StringIO

import pytest
from django.core.management import call_command

from tests import people


@pytest.fixture(autouse=True)
def media(settings, tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    return settings.MEDIA_ROOT


@pytest.fixture
def ann(db):
    return people.ann()


class Output(str):
    """What the command printed; `output["created"]` is the number in that row."""

    def __getitem__(self, label):
        if not isinstance(label, str):
            return super().__getitem__(label)
        row = re.search(rf"^ *{re.escape(label)} +(\d+)$", self, re.MULTILINE)
        return int(row[1]) if row else 0

    @property
    def adds_up(self) -> bool:
        parts = ("created", "updated", "unchanged", "skipped")
        return self["Markdown files found"] == sum(self[part] for part in parts)


@pytest.fixture
def run(ann):
    """`run(folder, "--dry-run")`, as typed at a shell."""

    def run(path, *args: str) -> Output:
        out = StringIO()
        call_command("import_blog", str(path), *args, stdout=out, stderr=StringIO())
        return Output(out.getvalue())

    return run
