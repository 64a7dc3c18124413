"""The tables. Only this package sees them; everybody else sees the values of `mailer.partnership`, `mailer.decide` and `mailer.terms`.

Every instant is stored in UTC. A fact that is filtered by is a column, never inside JSON. Bytes live in tables of their own, so that a list of
messages never drags their contents along. What must not happen twice has a unique key. (Docstrings of models become comments in the database:
no semicolons there, the schema editor splits at them.)
"""

from typing import Any

import tortoise.models
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model
from tortoise.queryset import QuerySet

from mailer.store.fields import Instant

# Tortoise reads the source of every model for "#:" comments to copy into the database. There are none, and it takes as long as all else that a
# command does at its start.
tortoise.models._get_comments = lambda cls: {}


class Partnership(Model):
    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=200)
    created_at = Instant()

    class Meta:
        table = "partnership"


class Organisation(Model):
    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=300)
    # Which of the two letters its people get, where the convener decided so, and why. Empty: each the letter of their own kind.
    kind = fields.CharField(max_length=30, default="", db_default="")
    kind_why = fields.TextField(default="", db_default="")

    class Meta:
        table = "organisation"
        unique_together = (("partnership", "name"),)


class Person(Model):
    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    organisation: fields.ForeignKeyNullableRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", null=True, on_delete=fields.SET_NULL
    )
    champion: fields.ForeignKeyNullableRelation["Person"] = fields.ForeignKeyField(
        "models.Person", null=True, on_delete=fields.SET_NULL, related_name="peers"
    )
    name = fields.CharField(max_length=200)
    title = fields.CharField(max_length=200, default="")
    kind = fields.CharField(max_length=30)
    # Why this kind, where the convener decided between two. Lists that are imported later do not change it.
    kind_why = fields.TextField(default="", db_default="")
    roles: "fields.JSONField[list[str]]" = fields.JSONField(default=list)
    bears_role = fields.BooleanField(default=False)
    language = fields.CharField(max_length=20, default="en")
    phone = fields.CharField(max_length=60, default="")
    stopped_at = Instant(null=True)
    # Why nothing is sent: "partnership", "everything", "complaint". Empty where nobody asked for it.
    stopped_for = fields.CharField(max_length=20, default="", db_default="")
    away_until = Instant(null=True)
    written_at = Instant(null=True)
    # No longer in the register; kept while something refers to them.
    left_at = Instant(null=True)

    class Meta:
        table = "person"
        indexes = (Index(fields=("partnership_id",), name="person_by_partnership"),)


class PersonAddress(Model):
    """An address of a person, canonical. *rank* 0 is written to, the others are aliases."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", on_delete=fields.CASCADE, related_name="addresses"
    )
    address = fields.CharField(max_length=320)
    rank = fields.IntField(default=0)
    dead_at = Instant(null=True)
    dead_reason = fields.TextField(default="")

    class Meta:
        table = "person_address"
        unique_together = (("partnership", "address"),)
        indexes = (Index(fields=("person_id",), name="address_by_person"),)


class AnswersFor(Model):
    """An address that may answer for a person (an assistant's), by the convener's word. Mail never goes there."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", on_delete=fields.CASCADE, related_name="assistants"
    )
    address = fields.CharField(max_length=320)

    class Meta:
        table = "answers_for"
        unique_together = (("person", "address"),)


class StoppedAddress(Model):
    """An address whose owner wants no mail from any partnership. Only its digest is kept: it outlives the person's row."""

    id = fields.IntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    at = Instant()

    class Meta:
        table = "stopped_address"


class Forgotten(Model):
    """An address whose owner was erased. Only its digest is kept, so that no list brings the person back unasked."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    digest = fields.CharField(max_length=64)
    at = Instant()

    class Meta:
        table = "forgotten"
        unique_together = (("partnership", "digest"),)


class Meeting(Model):
    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    slug = fields.CharField(max_length=100)
    kind = fields.CharField(max_length=100)
    title = fields.CharField(max_length=300)
    event_uid = fields.CharField(max_length=255, unique=True)
    dtstart = Instant()
    dtend = Instant()
    zone = fields.CharField(max_length=60)
    place = fields.TextField(default="")
    online_link = fields.TextField(default="")
    description = fields.TextField(default="")
    reply_deadline = Instant(null=True)
    capacity = fields.IntField(null=True)
    # RFC 5545 RRULE of a series, without "RRULE:"; empty for a single meeting.
    rrule = fields.TextField(default="", db_default="")
    status = fields.CharField(max_length=20, default="scheduled")
    sequence = fields.IntField(default=0)
    last_major_sequence = fields.IntField(default=0)
    round = fields.IntField(default=0)
    created_at = Instant()
    changed_at = Instant(null=True)
    # The headcount that the caterer was told last, and since when it is known who came.
    told_headcount = fields.IntField(null=True)
    attendance_at = Instant(null=True)
    # Until when comments on a draft are asked for. Null while none is shared.
    comments_until = Instant(null=True)
    team: fields.ForeignKeyNullableRelation["Team"] = fields.ForeignKeyField(
        "models.Team", null=True, on_delete=fields.SET_NULL
    )

    class Meta:
        table = "meeting"
        unique_together = (("partnership", "slug"),)


class MeetingVersion(Model):
    """The meeting as it was before a change, for letters that say what changed."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = fields.ForeignKeyField(
        "models.Meeting", on_delete=fields.CASCADE, related_name="versions"
    )
    sequence = fields.IntField()
    title = fields.CharField(max_length=300)
    dtstart = Instant()
    dtend = Instant()
    zone = fields.CharField(max_length=60)
    place = fields.TextField()
    online_link = fields.TextField()
    replaced_at = Instant()

    class Meta:
        table = "meeting_version"
        indexes = (Index(fields=("meeting_id",), name="version_by_meeting"),)


class Invitation(Model):
    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = fields.ForeignKeyField("models.Meeting", on_delete=fields.CASCADE)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    token = fields.CharField(max_length=40, unique=True)
    invited_at = Instant(null=True)
    partstat = fields.CharField(max_length=20, default="NEEDS-ACTION")
    guests = fields.IntField(default=0)
    comment = fields.TextField(default="")
    via = fields.CharField(max_length=20, null=True)
    answered_at = Instant(null=True)
    sequence = fields.BigIntField(null=True)
    dtstamp = Instant(null=True)
    changes = fields.IntField(default=0)
    earlier = fields.CharField(max_length=20, null=True)
    reason = fields.TextField(default="")
    # The message the answer that counts came from.
    inbound_id = fields.IntField(null=True)
    stopped_at = Instant(null=True)
    attended = fields.BooleanField(null=True)
    # Who comes instead, and whose delegate this person is.
    delegate_id = fields.IntField(null=True)
    delegate_of_id = fields.IntField(null=True)
    # A full meeting: since when this yes waits for a chair, and until when an offered chair is kept.
    waiting_since = Instant(null=True)
    offered_until = Instant(null=True)
    needs = fields.TextField(default="", db_default="")

    class Meta:
        table = "invitation"
        unique_together = (("meeting", "person"),)
        indexes = (
            Index(fields=("person_id",), name="invitation_by_person"),
            Index(fields=("offered_until",), name="invitation_by_offer"),
        )


class AttendanceCount(Model):
    """What is left of invitations whose people are forgotten: how many of which kind said what, and came. No names."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = fields.ForeignKeyField("models.Meeting", on_delete=fields.CASCADE)
    kind = fields.CharField(max_length=30)
    partstat = fields.CharField(max_length=20)
    came = fields.BooleanField(null=True)
    people = fields.IntField(default=0)
    guests = fields.IntField(default=0)

    class Meta:
        table = "attendance_count"
        indexes = (Index(fields=("meeting_id",), name="count_by_meeting"),)


class Answer(Model):
    """Every answer ever given, whatever became of it. Append-only."""

    id = fields.IntField(primary_key=True)
    invitation: fields.ForeignKeyRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", on_delete=fields.CASCADE
    )
    inbound_id = fields.IntField(null=True)
    partstat = fields.CharField(max_length=20)
    guests = fields.IntField()
    comment = fields.TextField()
    via = fields.CharField(max_length=20)
    at = Instant()
    sequence = fields.BigIntField(null=True)
    dtstamp = Instant(null=True)
    outcome = fields.CharField(max_length=20)
    reason = fields.TextField()
    recorded_at = Instant()
    # Which occurrence of a series it answers, empty for the whole of it.
    recurrence_id = Instant(null=True)

    class Meta:
        table = "answer"
        indexes = (Index(fields=("invitation_id",), name="answer_by_invitation"),)


class OccurrenceAnswer(Model):
    """An answer to one occurrence of a series, where it differs from the answer to the series."""

    id = fields.IntField(primary_key=True)
    invitation: fields.ForeignKeyRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", on_delete=fields.CASCADE
    )
    recurrence_id = Instant()
    partstat = fields.CharField(max_length=20)
    guests = fields.IntField(default=0)
    comment = fields.TextField(default="")
    via = fields.CharField(max_length=20)
    answered_at = Instant()
    sequence = fields.BigIntField(null=True)
    dtstamp = Instant(null=True)
    reason = fields.TextField(default="")
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "occurrence_answer"
        unique_together = (("invitation", "recurrence_id"),)


class Occurrence(Model):
    """One occurrence of a series that is not as the rule says: at another time, or cancelled."""

    # Or of which more is known: SEQUENCE is 0 while it is as the rule says.

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = fields.ForeignKeyField("models.Meeting", on_delete=fields.CASCADE)
    recurrence_id = Instant()
    dtstart = Instant()
    dtend = Instant()
    cancelled = fields.BooleanField(default=False)
    sequence = fields.IntField()
    changed_at = Instant()
    # As with a meeting: what the caterer was told last, and since when it is known who came.
    told_headcount = fields.IntField(null=True)
    attendance_at = Instant(null=True)

    class Meta:
        table = "occurrence"
        unique_together = (("meeting", "recurrence_id"),)


class Presence(Model):
    """Whether somebody was at one date of a series."""

    id = fields.IntField(primary_key=True)
    invitation: fields.ForeignKeyRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", on_delete=fields.CASCADE
    )
    recurrence_id = Instant()
    attended = fields.BooleanField()

    class Meta:
        table = "presence"
        unique_together = (("invitation", "recurrence_id"),)


class ProposedTime(Model):
    """Another time that somebody proposed (COUNTER), until the convener takes or refuses it."""

    id = fields.IntField(primary_key=True)
    invitation: fields.ForeignKeyRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", on_delete=fields.CASCADE
    )
    recurrence_id = Instant(null=True)
    dtstart = Instant()
    dtend = Instant(null=True)
    comment = fields.TextField(default="")
    sequence = fields.BigIntField(null=True)
    state = fields.CharField(max_length=20, default="open")
    at = Instant()
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "proposed_time"
        indexes = (Index(fields=("invitation_id", "state"), name="proposed_by_invitation"),)


class Delegation(Model):
    """Somebody is to come instead of the invited person: who, on whose word, and what became of it."""

    id = fields.IntField(primary_key=True)
    invitation: fields.ForeignKeyRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=200)
    address = fields.CharField(max_length=320, default="")
    delegate_id = fields.IntField(null=True)
    # asked, named, refused, ended
    state = fields.CharField(max_length=20)
    at = Instant()
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "delegation"
        indexes = (Index(fields=("invitation_id",), name="delegation_by_invitation"),)


class Team(Model):
    """An action team."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=200)
    lead: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, on_delete=fields.SET_NULL, related_name="leads"
    )

    class Meta:
        table = "team"
        unique_together = (("partnership", "name"),)


class TeamMember(Model):
    id = fields.IntField(primary_key=True)
    team: fields.ForeignKeyRelation[Team] = fields.ForeignKeyField("models.Team", on_delete=fields.CASCADE)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)

    class Meta:
        table = "team_member"
        unique_together = (("team", "person"),)


class Item(Model):
    """An item of the action plan. *number* is its name in letters and on the command line."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    number = fields.IntField()
    priority = fields.CharField(max_length=300, default="")
    team: fields.ForeignKeyNullableRelation[Team] = fields.ForeignKeyField(
        "models.Team", null=True, on_delete=fields.SET_NULL
    )
    text = fields.TextField()
    owner: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, on_delete=fields.SET_NULL, related_name="items"
    )
    support: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, on_delete=fields.SET_NULL, related_name="supports"
    )
    due = fields.DateField(null=True)
    status = fields.CharField(max_length=20, default="open")
    help = fields.TextField(default="", db_default="")
    moves = fields.IntField(default=0, db_default=0)
    meeting_id = fields.IntField(null=True)
    created_at = Instant()
    changed_at = Instant(null=True)
    closed_at = Instant(null=True)

    class Meta:
        table = "item"
        unique_together = (("partnership", "number"),)
        indexes = (Index(fields=("owner_id",), name="item_by_owner"),)


class ItemEvent(Model):
    """What happened to an item, and by which message. Append-only."""

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField("models.Item", on_delete=fields.CASCADE)
    at = Instant()
    what = fields.CharField(max_length=40)
    sentence = fields.TextField()
    person_id = fields.IntField(null=True)
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "item_event"
        indexes = (Index(fields=("item_id",), name="event_by_item"),)


class Call(Model):
    """A telephone call about a meeting, and what came of it. Append-only, the latest counts."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = fields.ForeignKeyField("models.Meeting", on_delete=fields.CASCADE)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    caller_id = fields.IntField(null=True)
    result = fields.CharField(max_length=30)
    note = fields.TextField(default="")
    again_at = Instant(null=True)
    at = Instant()
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "call"
        indexes = (Index(fields=("meeting_id", "person_id"), name="call_by_meeting"),)


class Question(Model):
    """A question with choices that people answer by mail: times on offer, a ranking, who can host."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    meeting_id = fields.IntField(null=True)
    team_id = fields.IntField(null=True)
    kind = fields.CharField(max_length=20)
    title = fields.CharField(max_length=300)
    slug = fields.CharField(max_length=100)
    state = fields.CharField(max_length=20, default="open")
    closes_at = Instant(null=True)
    chosen_id = fields.IntField(null=True)
    # The kind of meeting that the time that is chosen makes, empty for none.
    makes = fields.CharField(max_length=100, default="", db_default="")
    created_at = Instant()
    # When the silent are reminded, empty afterwards. When the convener was told how it stands.
    remind_at = Instant(null=True)
    told_at = Instant(null=True)

    class Meta:
        table = "question"
        unique_together = (("partnership", "slug"),)
        indexes = (Index(fields=("partnership_id", "state"), name="question_by_state"),)


class Choice(Model):
    id = fields.IntField(primary_key=True)
    question: fields.ForeignKeyRelation[Question] = fields.ForeignKeyField("models.Question", on_delete=fields.CASCADE)
    number = fields.IntField()
    label = fields.CharField(max_length=300)
    dtstart = Instant(null=True)
    dtend = Instant(null=True)

    class Meta:
        table = "choice"
        unique_together = (("question", "number"),)


class Vote(Model):
    """What one person says to one choice: yes, no, maybe, or a rank. The latest counts."""

    id = fields.IntField(primary_key=True)
    choice: fields.ForeignKeyRelation[Choice] = fields.ForeignKeyField("models.Choice", on_delete=fields.CASCADE)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    value = fields.CharField(max_length=20)
    at = Instant()
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "vote"
        unique_together = (("choice", "person"),)


class Document(Model):
    """A text that grows: notes, a summary, an update, a report. *state*: draft, shared, approved, sent."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    meeting_id = fields.IntField(null=True)
    kind = fields.CharField(max_length=30)
    state = fields.CharField(max_length=20, default="draft")
    text = fields.TextField(default="")
    version = fields.IntField(default=1)
    approved_by_id = fields.IntField(null=True)
    approved_at = Instant(null=True)
    # Since when comments are asked for, the last time.
    shared_at = Instant(null=True)
    created_at = Instant()
    changed_at = Instant(null=True)

    class Meta:
        table = "document"
        indexes = (Index(fields=("partnership_id", "meeting_id", "kind"), name="document_by_meeting"),)


class DocumentFile(Model):
    id = fields.IntField(primary_key=True)
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField("models.Document", on_delete=fields.CASCADE)
    name = fields.CharField(max_length=300)
    content_type = fields.CharField(max_length=100)
    content = fields.BinaryField()
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "document_file"


class Comment(Model):
    """What somebody wrote about a document."""

    id = fields.IntField(primary_key=True)
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField("models.Document", on_delete=fields.CASCADE)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    words = fields.TextField()
    at = Instant()
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "comment"


class Story(Model):
    """What somebody told on being asked: a success, or where a hand is needed. *state*: new, approved, dropped."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    # Null when whoever told it was erased. The words go with them, the row stays to be counted.
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, on_delete=fields.SET_NULL
    )
    kind = fields.CharField(max_length=20)
    words = fields.TextField()
    state = fields.CharField(max_length=20, default="new")
    item_id = fields.IntField(null=True)
    at = Instant()
    settled_at = Instant(null=True)
    inbound_id = fields.IntField(null=True)

    class Meta:
        table = "story"
        indexes = (Index(fields=("partnership_id", "at"), name="story_by_time"),)


class Strength(Model):
    """What somebody can help with, in the words of a priority or of the convener."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    words = fields.CharField(max_length=300)

    class Meta:
        table = "strength"
        unique_together = (("person", "words"),)


class Approval(Model):
    """A signer's word on letters in his or her name. *inbound_id* is the proof."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    meeting_id = fields.IntField()
    rule = fields.CharField(max_length=100)
    # Names the text that was shown: another text is asked about anew.
    round = fields.CharField(max_length=120)
    state = fields.CharField(max_length=20, default="asked")
    words = fields.TextField(default="")
    asked_at = Instant()
    answered_at = Instant(null=True)
    inbound_id = fields.IntField(null=True)
    # What was shown: the letter as its readers get it, how many of them there were, and when it was to leave.
    subject = fields.TextField(default="", db_default="")
    text = fields.TextField(default="", db_default="")
    letters = fields.IntField(default=0, db_default=0)
    leaves_at = Instant(null=True)
    reminded_at = Instant(null=True)

    class Meta:
        table = "approval"
        unique_together = (("person", "meeting_id", "rule", "round"),)


class Mailbox(Model):
    """How far a mailbox was read, and which process reads it now."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=300)
    uid_validity = fields.BigIntField(null=True)
    last_uid = fields.BigIntField(default=0)
    first_read_at = Instant(null=True)
    leased_by = fields.CharField(max_length=150, null=True)

    class Meta:
        table = "mailbox"
        unique_together = (("partnership", "name"),)


class Inbound(Model):
    """A message that came. Of mail that is not ours only this row is kept, with no content, and no words of it."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    mailbox = fields.CharField(max_length=300)
    uid_validity = fields.BigIntField()
    imap_uid = fields.BigIntField()
    digest = fields.CharField(max_length=64)
    state = fields.CharField(max_length=20)
    received_at = Instant()
    size = fields.BigIntField(default=0)
    errors = fields.IntField(default=0)
    message_id = fields.CharField(max_length=998, default="")
    author = fields.CharField(max_length=320, default="")
    subject = fields.TextField(default="")
    kind = fields.CharField(max_length=30, default="")
    reason = fields.TextField(default="")
    words = fields.TextField(default="")
    proposed = fields.CharField(max_length=20, default="")
    guests = fields.IntField(default=0)
    invitation_id = fields.IntField(null=True)
    handled_at = Instant(null=True)

    class Meta:
        table = "inbound"
        unique_together = (("partnership", "mailbox", "uid_validity", "imap_uid"),)
        indexes = (
            Index(fields=("partnership_id", "digest"), name="inbound_by_digest"),
            Index(fields=("partnership_id", "state", "id"), name="inbound_by_state"),
            Index(fields=("invitation_id",), name="inbound_by_invitation"),
        )


class InboundBytes(Model):
    """A message in parts of at most a megabyte: one large value would be held several times over while it is written."""

    id = fields.IntField(primary_key=True)
    inbound_id = fields.IntField()
    part = fields.IntField(default=0)
    content = fields.BinaryField()

    class Meta:
        table = "inbound_bytes"
        unique_together = (("inbound_id", "part"),)


class Outbox(Model):
    """A mail that was decided on. *key* is the ledger: the same facts can never be decided twice."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    meeting: fields.ForeignKeyNullableRelation[Meeting] = fields.ForeignKeyField(
        "models.Meeting", null=True, on_delete=fields.CASCADE
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    key = fields.CharField(max_length=255)
    rule = fields.CharField(max_length=100)
    round = fields.CharField(max_length=120)
    letter = fields.CharField(max_length=100)
    attach: "fields.JSONField[list[str]]" = fields.JSONField(default=list)
    on_behalf_of_id = fields.IntField(null=True)
    about_id = fields.IntField(null=True)
    # What the letter is about beside the meeting: action items, a question with choices.
    items: "fields.JSONField[list[int]]" = fields.JSONField(default=list, db_default=[])
    question_id = fields.IntField(null=True)
    # Those it is for or about beside person and about, where several mails became one.
    people: "fields.JSONField[list[int]]" = fields.JSONField(default=list, db_default=[])
    ask = fields.CharField(max_length=60, default="", db_default="")
    invites = fields.BooleanField(default=False)
    reason = fields.TextField(default="")
    state = fields.CharField(max_length=20)
    due_at = Instant()
    not_before = Instant()
    not_after = Instant(null=True)
    attempt = fields.IntField(default=0)
    claimed_by = fields.CharField(max_length=150, null=True)
    # DATA may have begun: after a crash nobody knows whether the server took it.
    on_the_wire = fields.BooleanField(default=False)
    # How often it may have left without an answer: then the same bytes must go out again.
    doubts = fields.IntField(default=0, db_default=0)
    tried_at = Instant(null=True)
    first_tried_at = Instant(null=True)
    message_id = fields.CharField(max_length=255)
    answers_to = fields.CharField(max_length=998, null=True)
    forward_path = fields.CharField(max_length=320, default="")
    reverse_path = fields.CharField(max_length=320, default="")
    subject = fields.TextField(default="")
    text = fields.TextField(default="")
    # SEQUENCE of the meeting when the letter was written: an answer to it answers that state of the meeting.
    sequence = fields.IntField(null=True)
    smtp_reply = fields.TextField(default="")
    created_at = Instant()
    sent_at = Instant(null=True)

    class Meta:
        table = "outbox"
        unique_together = (("partnership", "key"),)
        indexes = (
            Index(fields=("partnership_id", "state", "due_at"), name="outbox_due"),
            Index(fields=("message_id",), name="outbox_by_message_id"),
            Index(fields=("meeting_id", "person_id"), name="outbox_by_meeting"),
            Index(fields=("partnership_id", "tried_at"), name="outbox_by_tried"),
            Index(fields=("partnership_id", "created_at"), name="outbox_by_created"),
            Index(fields=("partnership_id", "rule"), name="outbox_by_rule"),
        )


class OutboxBytes(Model):
    id = fields.IntField(primary_key=True)
    outbox_id = fields.IntField(unique=True)
    content = fields.BinaryField()

    class Meta:
        table = "outbox_bytes"


class Due(Model):
    """When a rule may next fall due for a meeting. A tick reads what is due by this index, never what exists."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    meeting: fields.ForeignKeyRelation[Meeting] = fields.ForeignKeyField("models.Meeting", on_delete=fields.CASCADE)
    rule = fields.CharField(max_length=100)
    due_at = Instant(null=True)
    # The convener holds its letters about this meeting back.
    kept = fields.BooleanField(default=False)

    class Meta:
        table = "due"
        unique_together = (("meeting", "rule"),)
        indexes = (Index(fields=("partnership_id", "due_at"), name="due_by_instant"),)


class KnownRule(Model):
    """Since when a rule is in force as it stands: it never looks back before that."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    rule = fields.CharField(max_length=100)
    digest = fields.CharField(max_length=64)
    known_since = Instant()
    # Since when it stands in no file. Kept for a while, to recognise a rule that only got another heading.
    gone_at = Instant(null=True)

    class Meta:
        table = "known_rule"
        unique_together = (("partnership", "rule"),)


class GoodFile(Model):
    """The last version of a rule file that could be used: in force while the file on disk cannot."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=200)
    content = fields.TextField()

    class Meta:
        table = "good_file"
        unique_together = (("partnership", "name"),)


class Worker(Model):
    """A running program that claims outbox rows or reads mailboxes, and when it was last seen alive."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=150, unique=True)
    seen_at = Instant()

    class Meta:
        table = "worker"


class Trouble(Model):
    """Something that does not work at present, said once."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    what = fields.CharField(max_length=60)
    sentence = fields.TextField()
    since = Instant()

    class Meta:
        table = "trouble"
        unique_together = (("partnership", "what"),)


class Log(Model):
    """What happened and why, in words. Append-only: no row is ever changed."""

    id = fields.IntField(primary_key=True)
    partnership: fields.ForeignKeyRelation[Partnership] = fields.ForeignKeyField(
        "models.Partnership", on_delete=fields.CASCADE
    )
    at = Instant()
    what = fields.CharField(max_length=40)
    sentence = fields.TextField()
    # Who did it, where a person did: "dana@example.org, by mail". Empty: the service by itself, or whom the sentence names.
    actor = fields.CharField(max_length=400, default="", db_default="")
    meeting_id = fields.IntField(null=True)
    person_id = fields.IntField(null=True)
    inbound_id = fields.IntField(null=True)
    outbox_id = fields.IntField(null=True)

    class Meta:
        table = "log"
        indexes = (
            Index(fields=("partnership_id", "at"), name="log_by_time"),
            Index(fields=("person_id",), name="log_by_person"),
        )


async def column(query: QuerySet[Any], name: str) -> list[Any]:
    """The values of one column."""
    return [value for (value,) in await query.values_list(name)]
