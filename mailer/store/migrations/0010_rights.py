from tortoise import migrations
from tortoise.migrations import operations as ops
from mailer.store.fields import Instant
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("models", "0009_stories")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AttendanceCount",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "meeting",
                    fields.ForeignKeyField(
                        "models.Meeting",
                        source_field="meeting_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=30)),
                ("partstat", fields.CharField(max_length=20)),
                ("came", fields.BooleanField(null=True)),
                ("people", fields.IntField(default=0)),
                ("guests", fields.IntField(default=0)),
            ],
            options={
                "table": "attendance_count",
                "app": "models",
                "indexes": [Index(fields=["meeting_id"], name="count_by_meeting")],
                "pk_attr": "id",
                "table_description": "What is left of invitations whose people are forgotten: how many of which kind said what, and came. No names.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Forgotten",
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
                ("digest", fields.CharField(max_length=64)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "forgotten",
                "app": "models",
                "unique_together": (("partnership", "digest"),),
                "pk_attr": "id",
                "table_description": "An address whose owner was erased. Only its digest is kept, so that no list brings the person back unasked.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Log",
            name="actor",
            field=fields.CharField(default="", db_default="", max_length=400),
        ),
        ops.AddField(
            model_name="Organisation",
            name="kind",
            field=fields.CharField(default="", db_default="", max_length=30),
        ),
        ops.AddField(
            model_name="Organisation",
            name="kind_why",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Person",
            name="kind_why",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
    ]
