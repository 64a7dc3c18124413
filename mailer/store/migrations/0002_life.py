from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from mailer.store.fields import Instant
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Approval",
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
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("meeting_id", fields.IntField()),
                ("rule", fields.CharField(max_length=100)),
                ("round", fields.CharField(max_length=120)),
                ("state", fields.CharField(default="asked", max_length=20)),
                ("words", fields.TextField(default="", unique=False)),
                ("asked_at", Instant(auto_now=False, auto_now_add=False)),
                ("answered_at", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "approval",
                "app": "models",
                "unique_together": (("person", "meeting_id", "rule", "round"),),
                "pk_attr": "id",
                "table_description": "A signer's word on letters in his or her name. *inbound_id* is the proof.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Call",
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
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("caller_id", fields.IntField(null=True)),
                ("result", fields.CharField(max_length=30)),
                ("note", fields.TextField(default="", unique=False)),
                ("again_at", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "call",
                "app": "models",
                "indexes": [Index(fields=["meeting_id", "person_id"], name="call_by_meeting")],
                "pk_attr": "id",
                "table_description": "A telephone call about a meeting, and what came of it. Append-only, the latest counts.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Document",
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
                ("meeting_id", fields.IntField(null=True)),
                ("kind", fields.CharField(max_length=30)),
                ("state", fields.CharField(default="draft", max_length=20)),
                ("text", fields.TextField(default="", unique=False)),
                ("version", fields.IntField(default=1)),
                ("approved_by_id", fields.IntField(null=True)),
                ("approved_at", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", Instant(auto_now=False, auto_now_add=False)),
                ("changed_at", Instant(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "document",
                "app": "models",
                "indexes": [Index(fields=["partnership_id", "meeting_id", "kind"], name="document_by_meeting")],
                "pk_attr": "id",
                "table_description": "A text that grows: notes, a summary, an update, a report. *state*: draft, shared, approved, sent.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Comment",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "document",
                    fields.ForeignKeyField(
                        "models.Document",
                        source_field="document_id",
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
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("words", fields.TextField(unique=False)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "comment",
                "app": "models",
                "pk_attr": "id",
                "table_description": "What somebody wrote about a document.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DocumentFile",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "document",
                    fields.ForeignKeyField(
                        "models.Document",
                        source_field="document_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=300)),
                ("content_type", fields.CharField(max_length=100)),
                ("content", fields.BinaryField()),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={"table": "document_file", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OccurrenceAnswer",
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
                ("recurrence_id", Instant(auto_now=False, auto_now_add=False)),
                ("partstat", fields.CharField(max_length=20)),
                ("guests", fields.IntField(default=0)),
                ("comment", fields.TextField(default="", unique=False)),
                ("via", fields.CharField(max_length=20)),
                ("answered_at", Instant(auto_now=False, auto_now_add=False)),
                ("sequence", fields.BigIntField(null=True)),
                ("dtstamp", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("reason", fields.TextField(default="", unique=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "occurrence_answer",
                "app": "models",
                "unique_together": (("invitation", "recurrence_id"),),
                "pk_attr": "id",
                "table_description": "An answer to one occurrence of a series, where it differs from the answer to the series.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProposedTime",
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
                ("recurrence_id", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("dtstart", Instant(auto_now=False, auto_now_add=False)),
                ("dtend", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("comment", fields.TextField(default="", unique=False)),
                ("sequence", fields.BigIntField(null=True)),
                ("state", fields.CharField(default="open", max_length=20)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "proposed_time",
                "app": "models",
                "indexes": [Index(fields=["invitation_id", "state"], name="proposed_by_invitation")],
                "pk_attr": "id",
                "table_description": "Another time that somebody proposed (COUNTER), until the convener takes or refuses it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Question",
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
                ("meeting_id", fields.IntField(null=True)),
                ("team_id", fields.IntField(null=True)),
                ("kind", fields.CharField(max_length=20)),
                ("title", fields.CharField(max_length=300)),
                ("slug", fields.CharField(max_length=100)),
                ("state", fields.CharField(default="open", max_length=20)),
                ("closes_at", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("chosen_id", fields.IntField(null=True)),
                ("created_at", Instant(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "question",
                "app": "models",
                "unique_together": (("partnership", "slug"),),
                "pk_attr": "id",
                "table_description": "A question with choices that people answer by mail: times on offer, a ranking, who can host.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Choice",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "question",
                    fields.ForeignKeyField(
                        "models.Question",
                        source_field="question_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.IntField()),
                ("label", fields.CharField(max_length=300)),
                ("dtstart", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("dtend", Instant(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "choice", "app": "models", "unique_together": (("question", "number"),), "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Team",
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
                ("name", fields.CharField(max_length=200)),
                (
                    "lead",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="lead_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="leads",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "team",
                "app": "models",
                "unique_together": (("partnership", "name"),),
                "pk_attr": "id",
                "table_description": "An action team.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Item",
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
                ("number", fields.IntField()),
                ("priority", fields.CharField(default="", max_length=300)),
                (
                    "team",
                    fields.ForeignKeyField(
                        "models.Team",
                        source_field="team_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("text", fields.TextField(unique=False)),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="owner_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="items",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "support",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="support_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="supports",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("due", fields.DateField(null=True)),
                ("status", fields.CharField(default="open", max_length=20)),
                ("help", fields.TextField(default="", db_default="", unique=False)),
                ("moves", fields.IntField(default=0, db_default=0)),
                ("meeting_id", fields.IntField(null=True)),
                ("created_at", Instant(auto_now=False, auto_now_add=False)),
                ("changed_at", Instant(null=True, auto_now=False, auto_now_add=False)),
                ("closed_at", Instant(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "item",
                "app": "models",
                "unique_together": (("partnership", "number"),),
                "indexes": [Index(fields=["owner_id"], name="item_by_owner")],
                "pk_attr": "id",
                "table_description": "An item of the action plan. *number* is its name in letters and on the command line.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ItemEvent",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "item",
                    fields.ForeignKeyField(
                        "models.Item",
                        source_field="item_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("at", Instant(auto_now=False, auto_now_add=False)),
                ("what", fields.CharField(max_length=40)),
                ("sentence", fields.TextField(unique=False)),
                ("person_id", fields.IntField(null=True)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "item_event",
                "app": "models",
                "indexes": [Index(fields=["item_id"], name="event_by_item")],
                "pk_attr": "id",
                "table_description": "What happened to an item, and by which message. Append-only.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TeamMember",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "team",
                    fields.ForeignKeyField(
                        "models.Team",
                        source_field="team_id",
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
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "team_member",
                "app": "models",
                "unique_together": (("team", "person"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Vote",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "choice",
                    fields.ForeignKeyField(
                        "models.Choice",
                        source_field="choice_id",
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
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("value", fields.CharField(max_length=20)),
                ("at", Instant(auto_now=False, auto_now_add=False)),
                ("inbound_id", fields.IntField(null=True)),
            ],
            options={
                "table": "vote",
                "app": "models",
                "unique_together": (("choice", "person"),),
                "pk_attr": "id",
                "table_description": "What one person says to one choice: yes, no, maybe, or a rank. The latest counts.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Invitation",
            name="attended",
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name="Invitation",
            name="delegate_id",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Invitation",
            name="delegate_of_id",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Invitation",
            name="needs",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Invitation",
            name="offered_until",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Invitation",
            name="waiting_since",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Meeting",
            name="attendance_at",
            field=Instant(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Meeting",
            name="rrule",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Meeting",
            name="team",
            field=fields.ForeignKeyField(
                "models.Team",
                source_field="team_id",
                null=True,
                db_constraint=True,
                to_field="id",
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddField(
            model_name="Meeting",
            name="told_headcount",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Outbox",
            name="ask",
            field=fields.CharField(default="", db_default="", max_length=60),
        ),
        ops.AddField(
            model_name="Outbox",
            name="items",
            field=fields.JSONField(
                default=list, db_default=[], encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
            ),
        ),
        ops.AddField(
            model_name="Outbox",
            name="question_id",
            field=fields.IntField(null=True),
        ),
    ]
