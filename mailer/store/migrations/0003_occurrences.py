from tortoise import migrations
from tortoise.migrations import operations as ops
from mailer.store.fields import Instant
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("models", "0002_life")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Occurrence",
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
                ("recurrence_id", Instant(auto_now=False, auto_now_add=False)),
                ("dtstart", Instant(auto_now=False, auto_now_add=False)),
                ("dtend", Instant(auto_now=False, auto_now_add=False)),
                ("cancelled", fields.BooleanField(default=False)),
                ("sequence", fields.IntField()),
                ("changed_at", Instant(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "occurrence",
                "app": "models",
                "unique_together": (("meeting", "recurrence_id"),),
                "pk_attr": "id",
                "table_description": "One occurrence of a series that is not as the rule says: at another time, or cancelled.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Answer",
            name="recurrence_id",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
