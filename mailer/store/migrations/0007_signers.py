from tortoise import migrations
from tortoise.migrations import operations as ops
from mailer.store.fields import Instant
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("models", "0006_offers")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Approval",
            name="leaves_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Approval",
            name="letters",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Approval",
            name="reminded_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Approval",
            name="subject",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Approval",
            name="text",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
    ]
