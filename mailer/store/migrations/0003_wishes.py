from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from mailer.store.fields import Instant


class Migration(migrations.Migration):
    dependencies = [("models", "0002_life")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Person",
            name="stopped_for",
            field=fields.CharField(default="", db_default="", max_length=20),
        ),
        ops.CreateModel(
            name="AnswersFor",
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
                        db_constraint=True,
                        to_field="id",
                        related_name="assistants",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("address", fields.CharField(max_length=320)),
            ],
            options={
                "table": "answers_for",
                "app": "models",
                "unique_together": (("person", "address"),),
                "pk_attr": "id",
                "table_description": "An address that may answer for a person (an assistant's), by the convener's word. Mail never goes there.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StoppedAddress",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("digest", fields.CharField(max_length=64, unique=True)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "stopped_address",
                "app": "models",
                "pk_attr": "id",
                "table_description": "An address whose owner wants no mail from any partnership. Only its digest is kept: it outlives the person's row.",
            },
            bases=["Model"],
        ),
        ops.AddIndex(model_name="Inbound", index=Index(fields=("invitation_id",), name="inbound_by_invitation")),
        ops.AddIndex(
            model_name="Outbox", index=Index(fields=("partnership_id", "created_at"), name="outbox_by_created")
        ),
    ]
