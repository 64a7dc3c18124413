from tortoise import migrations
from tortoise.migrations import operations as ops
from mailer.store.fields import Instant
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("models", "0003_occurrences")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Delegation",
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
                ("name", fields.CharField(max_length=200)),
                ("address", fields.CharField(default="", max_length=320)),
                ("delegate_id", fields.IntField(null=True)),
                ("state", fields.CharField(max_length=20)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "delegation",
                "app": "models",
                "indexes": [Index(fields=["invitation_id"], name="delegation_by_invitation")],
                "pk_attr": "id",
                "table_description": "Somebody is to come instead of the invited person: who, on whose word, and what became of it.",
            },
            bases=["Model"],
        ),
    ]
