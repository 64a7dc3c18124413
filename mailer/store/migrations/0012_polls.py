from tortoise import migrations
from tortoise.migrations import operations as ops
from mailer.store.fields import Instant
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("models", "0011_by_rule")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Question",
            name="remind_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Question",
            name="told_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name="Question",
            index=Index(fields=["partnership_id", "state"], name="question_by_state"),
        ),
    ]
