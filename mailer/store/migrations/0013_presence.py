from tortoise import migrations
from tortoise.migrations import operations as ops
from mailer.store.fields import Instant
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("models", "0012_polls")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Presence",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "invitation",
                    fields.ForeignKeyField(
                        "models.Invitation",
                        source_field="invitation_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("recurrence_id", Instant(auto_now=False, auto_now_add=False)),
                ("attended", fields.BooleanField()),
            ],
            options={
                "table": "presence",
                "app": "models",
                "unique_together": (("invitation", "recurrence_id"),),
                "pk_attr": "id",
                "table_description": "Whether somebody was at one date of a series.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Occurrence",
            name="attendance_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Occurrence",
            name="told_headcount",
            field=fields.IntField(null=True),
        ),
    ]
