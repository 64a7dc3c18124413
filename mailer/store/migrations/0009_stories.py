from tortoise import migrations
from tortoise.migrations import operations as ops
from mailer.store.fields import Instant
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("models", "0008_kept")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Story",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "partnership",
                    fields.ForeignKeyField(
                        "models.Partnership",
                        source_field="partnership_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("kind", fields.CharField(max_length=20)),
                ("words", fields.TextField(unique=False)),
                ("state", fields.CharField(default="new", max_length=20)),
                ("item_id", fields.IntField(null=True)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
                ("settled_at", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "story",
                "app": "models",
                "indexes": [Index(fields=["partnership_id", "at"], name="story_by_time")],
                "pk_attr": "id",
                "table_description": "What somebody told on being asked: a success, or where a hand is needed. *state*: new, approved, dropped.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Strength",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("words", fields.CharField(max_length=300)),
            ],
            options={
                "table": "strength",
                "app": "models",
                "unique_together": (("person", "words"),),
                "pk_attr": "id",
                "table_description": "What somebody can help with, in the words of a priority or of the convener.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Document",
            name="shared_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Meeting",
            name="comments_until",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
