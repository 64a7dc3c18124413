from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0010_rights")]

    initial = False

    operations = [
        ops.AddIndex(
            model_name="Outbox",
            index=Index(fields=["partnership_id", "rule"], name="outbox_by_rule"),
        ),
    ]
