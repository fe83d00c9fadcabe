# safe-beside-the-previous-version: it adds an index only
from django.db import migrations


class Migration(migrations.Migration):
    """Posts by tag from the index alone: Django's own index of the many-to-many table begins with the post."""

    dependencies = [("blog", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX blog_post_tags_by_tag ON blog_post_tags (tag_id, post_id)",
            migrations.RunSQL.noop,
        )
    ]
