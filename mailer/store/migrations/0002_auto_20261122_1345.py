from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.RemoveField(model_name='InboundBytes', name='inbound_id'),
        ops.AddField(
            model_name='InboundBytes',
            name='inbound_id',
            field=fields.IntField(primary_key=True, unique=True, db_index=True),
        ),
        ops.AddIndex(
            model_name='InboundBytes',
            index=Index(fields=['inbound_id']),
        ),
        ops.RemoveField(model_name='OutboxBytes', name='outbox_id'),
        ops.AddField(
            model_name='OutboxBytes',
            name='outbox_id',
            field=fields.IntField(primary_key=True, unique=True, db_index=True),
        ),
        ops.AddIndex(
            model_name='OutboxBytes',
            index=Index(fields=['outbox_id']),
        ),
    ]
