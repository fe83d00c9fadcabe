"""Migrations run while the previous version serves: what would break it needs a reason in the file."""

import inspect
from types import SimpleNamespace

import pytest
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

OURS = {"frodo", "accounts", "blog"}
MARKER = "# safe-beside-the-previous-version:"
DESTRUCTIVE = (
    operations.RemoveField,
    operations.DeleteModel,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.AddConstraint,
    operations.AlterUniqueTogether,
    operations.RunSQL,
)


def breaks_previous_version(operation: operations.base.Operation, app: str, before: ProjectState) -> bool:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        return any(breaks_previous_version(each, app, before) for each in operation.database_operations)
    if isinstance(operation, operations.AddField):
        field = operation.field
        return not (field.null or field.many_to_many or field.has_db_default())  # it inserts rows without this column
    if isinstance(operation, operations.AlterField):
        after = before.clone()
        operation.state_forwards(app, after)
        old, new = (
            state.apps.get_model(app, operation.model_name)._meta.get_field(operation.name) for state in (before, after)
        )
        kinds = old.db_parameters(connection)["type"] == new.db_parameters(connection)["type"]
        return not kinds or (old.null and not new.null) or (new.unique and not old.unique)
    return isinstance(operation, DESTRUCTIVE)


def faults(migration: Migration, before: ProjectState) -> list[str]:
    found = []
    for operation in migration.operations:
        if breaks_previous_version(operation, migration.app_label, before):
            found.append(f"{migration}: {operation.describe()}")
        operation.state_forwards(migration.app_label, before)
    return found


def test_no_migration_breaks_the_version_before_it():
    loader = MigrationLoader(None)
    found = []
    for key, migration in loader.disk_migrations.items():
        if key[0] not in OURS or migration.initial or not migration.dependencies or key[1].startswith("0001_"):
            continue
        if MARKER not in inspect.getsource(inspect.getmodule(type(migration))):
            found += faults(migration, loader.project_state(key, at_end=False))

    assert found == [], "CONTRIBUTING.md, Migrations, says how to do it in two releases."


def state() -> ProjectState:
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20, null=True))]
    made = ProjectState()
    made.add_model(ModelState("blog", "Thing", fields))
    return made


def change(operation: operations.base.Operation) -> SimpleNamespace:
    return SimpleNamespace(app_label="blog", operations=[operation])


@pytest.mark.parametrize(
    "operation",
    [
        operations.RemoveField("Thing", "name"),
        operations.RenameField("Thing", "name", "title"),
        operations.DeleteModel("Thing"),
        operations.AddField("Thing", "size", models.IntegerField(default=0)),
        operations.AlterField("Thing", "name", models.TextField(null=True)),
        operations.AlterField("Thing", "name", models.CharField(max_length=20)),
        operations.AddConstraint("Thing", models.UniqueConstraint(fields=["name"], name="one_name")),
        operations.RunSQL("DROP TABLE blog_thing"),
        operations.SeparateDatabaseAndState(database_operations=[operations.RemoveField("Thing", "name")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_breaks_it_is_found(operation):
    assert len(faults(change(operation), state())) == 1


@pytest.mark.parametrize(
    "operation",
    [
        operations.AddField("Thing", "size", models.IntegerField(db_default=0)),
        operations.AddField("Thing", "size", models.IntegerField(null=True)),
        operations.AlterField("Thing", "name", models.CharField("its name", max_length=20, null=True)),
        operations.AddIndex("Thing", models.Index(fields=["name"], name="by_name")),
        operations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
        operations.RunPython(operations.RunPython.noop),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_does_not_is_not(operation):
    assert faults(change(operation), state()) == []
