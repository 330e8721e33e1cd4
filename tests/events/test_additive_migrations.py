"""A migration adds first: the code of before goes on serving while it runs, and after it.

Each kind of change that takes something away has a control here.
"""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from events.migrations._concurrent_index import AddIndexConcurrently
from tests.additive import taken_away

#: The last migration of the time before this rule.
BASELINE = "0040_platform_of_blocks"


def test_migrations_since_the_baseline_take_nothing_away_f17() -> None:
    loader = MigrationLoader(None)
    newer = [key for key in loader.disk_migrations if key[0] == "events" and key[1] > BASELINE]
    assert ("events", BASELINE) in loader.disk_migrations
    found = {
        name: taken_away(
            loader.disk_migrations[app, name], loader.project_state((app, name), at_end=False)
        )
        for app, name in newer
    }
    assert {name: missed for name, missed in found.items() if missed} == {}


BY_SIZE = models.Index(fields=["size"], name="by_size")


def scene() -> ProjectState:
    """Return a model as an earlier migration left it."""
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20, null=True)),
        ("size", models.IntegerField(default=0)),
    ]
    state.add_model(ModelState("events", "Thing", fields))
    return state


def migration(*operations: Operation, **marks: object) -> migrations.Migration:
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), **marks})
    return made("0999_new", "events")


def text(**options: object) -> models.Field:
    return models.CharField(**{"max_length": 20, "null": True} | options)


@pytest.mark.parametrize(
    ("operation", "named"),
    [
        (migrations.RemoveField("thing", "name"), "RemoveField thing.name"),
        (migrations.RenameField("thing", "name", "title"), "RenameField thing.name"),
        (migrations.DeleteModel("Thing"), "DeleteModel Thing"),
        (migrations.RenameModel("Thing", "Object"), "RenameModel Thing"),
        (migrations.AlterModelTable("thing", "things"), "AlterModelTable thing"),
        (migrations.AlterUniqueTogether("thing", {("name", "size")}), "AlterUniqueTogether thing"),
        (
            migrations.AddConstraint(
                "thing", models.CheckConstraint(condition=models.Q(size__gte=0), name="positive")
            ),
            "AddConstraint thing.positive",
        ),
        (migrations.RunSQL("SELECT 1"), "RunSQL"),
        (migrations.AddField("thing", "kind", text(null=False)), "AddField thing.kind"),
        (
            migrations.AddField("thing", "kind", text(null=False, default="a")),
            "AddField thing.kind",
        ),
        (migrations.AlterField("thing", "name", text(null=False)), "AlterField thing.name"),
        (migrations.AlterField("thing", "name", text(max_length=19)), "AlterField thing.name"),
        (migrations.AlterField("thing", "name", text(unique=True)), "AlterField thing.name"),
        (migrations.AlterField("thing", "name", text(db_column="n")), "AlterField thing.name"),
        (
            migrations.AlterField("thing", "name", models.IntegerField(null=True)),
            "AlterField thing.name",
        ),
        (
            migrations.SeparateDatabaseAndState([migrations.RunSQL("SELECT 1")]),
            "RunSQL",
        ),
        (migrations.AddIndex("thing", BY_SIZE), "AddIndex thing.by_size"),
        (AddIndexConcurrently("thing", BY_SIZE), "AddIndexConcurrently thing.by_size"),
        (
            migrations.SeparateDatabaseAndState([migrations.AddIndex("thing", BY_SIZE)]),
            "AddIndex thing.by_size",
        ),
        (migrations.AddField("thing", "kind", text(db_index=True)), "AddField thing.kind"),
        (migrations.AddField("thing", "kind", text(unique=True)), "AddField thing.kind"),
        (
            migrations.AddField(
                "thing", "other", models.ForeignKey("events.Thing", models.CASCADE, null=True)
            ),
            "AddField thing.other",
        ),
        (
            migrations.AlterField("thing", "name", text(db_index=True)),
            "AlterField thing.name",
        ),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_change_that_takes_away_is_found_unless_it_is_marked_f17(
    operation: Operation, named: str
) -> None:
    assert taken_away(migration(operation), scene()) == [named]
    marked = migration(operation, unused_since={named: "0038"})
    assert taken_away(marked, scene()) == []
    other = migration(operation, unused_since={"RemoveField thing.size": "0038"})
    assert taken_away(other, scene()) == [named]


@pytest.mark.parametrize(
    "operation",
    [
        migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("thing", "kind", text()),
        migrations.AddField("thing", "kind", text(null=False, db_default="a")),
        migrations.AddField("thing", "things", models.ManyToManyField("events.Thing")),
        migrations.AlterField("thing", "name", text(max_length=30)),
        migrations.AlterField("thing", "size", models.IntegerField(null=True)),
        migrations.AlterField("thing", "name", models.EmailField(max_length=30, null=True)),
        migrations.AddField("thing", "kind", text(null=False, db_default="a", db_index=False)),
        migrations.AlterModelOptions("thing", {"ordering": ["size"]}),
        migrations.RunPython(migrations.RunPython.noop),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_change_that_only_adds_is_fine_f17(operation: Operation) -> None:
    assert taken_away(migration(operation), scene()) == []


def test_table_of_the_same_migration_may_have_anything_f17() -> None:
    other = migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])
    positive = models.CheckConstraint(condition=models.Q(id__gte=0), name="positive")
    needed = migrations.AddField(
        "other", "thing", models.ForeignKey("events.Thing", models.CASCADE)
    )
    new = migration(other, needed, migrations.AddConstraint("other", positive))

    assert taken_away(new, scene()) == []


def test_index_is_fine_if_it_is_built_concurrently_or_on_a_new_table_f17() -> None:
    concurrently = migration(AddIndexConcurrently("thing", BY_SIZE), atomic=False)
    fields = [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]
    new = migration(migrations.CreateModel("Other", fields), migrations.AddIndex("other", BY_SIZE))

    assert [taken_away(one, scene()) for one in (concurrently, new)] == [[], []]
