from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0003_discussion'),
    ]

    operations = [
        migrations.AlterField(
            model_name='post',
            name='published_at',
            field=models.DateTimeField(blank=True, help_text='A time to come schedules the post. Left empty, it is now.', null=True, verbose_name='published'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['published_at', 'id', 'status'], name='by_time'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['pinned', 'published_at', 'id', 'status'], name='front_page'),
        ),
    ]
