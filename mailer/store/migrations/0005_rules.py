from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from mailer.store.fields import Instant


class Migration(migrations.Migration):
    dependencies = [("models", "0003_wishes"), ("models", "0004_delegations")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Outbox",
            name="people",
            field=fields.JSONField(default=list, db_default=[]),
        ),
        ops.AddField(
            model_name="Question",
            name="makes",
            field=fields.CharField(default="", db_default="", max_length=100),
        ),
        ops.AddField(
            model_name="KnownRule",
            name="gone_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
