from django.db import migrations


def compare_exactly(apps, schema_editor) -> None:
    """MySQL's collations equate A and a, e and é; a provider's ID for one person must not match another's."""
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute(
            "ALTER TABLE socialaccount_socialaccount MODIFY uid varchar(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("socialaccount", "0006_alter_socialaccount_extra_data")]

    operations = [migrations.RunPython(compare_exactly, migrations.RunPython.noop, atomic=False)]
