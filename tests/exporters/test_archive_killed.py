"""An import of an archive that is killed at any moment, and run again, ends as one that was not."""

import random
import signal
from contextlib import ExitStack

import pytest

from blog.models import Comment
from tests.blogs import Blog, new_blog
from tests.exporters.zips import rows

COLUMNS = ", ".join(field.column for field in Comment._meta.concrete_fields if not field.primary_key)


def n_rows(blog: Blog) -> int:
    [row] = blog.ask("SELECT (SELECT COUNT(*) FROM blog_post) + (SELECT COUNT(*) FROM blog_comment)")
    return row[0]


@pytest.mark.quality
def test_killed_at_random_points_and_run_again_it_ends_the_same(tmp_path):
    with ExitStack() as stack:
        source, target = (stack.enter_context(new_blog(tmp_path / name)) for name in ("source", "target"))
        source.create_author()
        source.manage("demo_content")
        for _n in range(8):  # a few thousand comments, so that there is something to be killed in
            source.ask(f"INSERT INTO blog_comment ({COLUMNS}) SELECT {COLUMNS} FROM blog_comment")
        source.manage("export_blog", tmp_path / "whole.zip")
        found = rows(tmp_path / "whole.zip")
        n_all = sum(len(lines) for name, lines in found.items() if "post.j" in name or "comment.j" in name)

        for at in sorted(random.sample(range(1, n_all), 10)):
            running = target.start("import_blog", tmp_path / "whole.zip")
            while running.poll() is None and n_rows(target) < at:
                pass
            running.send_signal(signal.SIGKILL)
            running.wait()
        target.manage("import_blog", tmp_path / "whole.zip")

        target.manage("export_blog", tmp_path / "again.zip")
        assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "whole.zip").read_bytes()
