from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("models", "0005_rules")]

    initial = False

    operations = [
        ops.AddIndex(
            model_name="Invitation",
            index=Index(fields=["offered_until"], name="invitation_by_offer"),
        ),
    ]
