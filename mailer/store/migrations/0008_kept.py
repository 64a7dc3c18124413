from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("models", "0007_signers")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Due",
            name="kept",
            field=fields.BooleanField(default=False),
        ),
    ]
