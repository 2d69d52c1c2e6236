"""Registrations, the form as data, what people agreed to, who asks to be told, imports, and messages to many."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.core.search import SORT_LENGTH
from exhibitions.visitors.rules.guests import LONGEST_KEY as LONGEST_GUEST_KEY
from exhibitions.visitors.rules.guests import GuestState
from exhibitions.visitors.rules.identity import IdentityKind
from exhibitions.visitors.rules.invitations import LONGEST_KEY as LONGEST_SOURCE_KEY
from exhibitions.visitors.rules.invitations import Kind as SourceKind
from exhibitions.visitors.rules.mailing import State as MailingState
from exhibitions.visitors.rules.questions import Asked, Kind
from exhibitions.visitors.rules.registration import Channel, State

_STANDING = sa.text("withdrawn_at IS NULL")
_ALIVE = sa.text("state NOT IN ('cancelled', 'refused')")


def _by_bytes(length: int) -> sa.String:
    """A text that both engines sort alike, letter by letter; PostgreSQL would else follow the server's language."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


class Registration(Model):
    """A person who wants to come to one fair.

    Phone (E.164) and e-mail (lower case) are unique among the registrations of a fair that are alive (IR7).
    """

    __tablename__ = "registrations"
    __table_args__ = (
        sa.Index(
            "uq_registrations_expo_id_phone",
            "expo_id",
            "phone",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        sa.Index(
            "uq_registrations_expo_id_email",
            "expo_id",
            "email",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        sa.Index("ix_registrations_expo_id_state", "expo_id", "state"),
        # All that a list filters and sorts by, and all that it searches by: neither reads the rows (decision 0008).
        sa.Index(
            "ix_registrations_list",
            "expo_id",
            "created_at",
            "id",
            "state",
            "class_id",
            "region",
            "visit_day",
            "source",
            "import_id",
            "phone",
            "email",
            "sort_name",
            "sort_company",
        ),
        # PostgreSQL reads whole rows for a condition that the index does not hold, SQLite only where the line has the word.
        sa.Index(
            "ix_registrations_search",
            "expo_id",
            "created_at",
            "id",
            "search",
            postgresql_include=["sort_name", "sort_company"],
        ),
        # Namesakes stand together, for lists by name and for suspected doubles.
        sa.Index("ix_registrations_names", "expo_id", "sort_name", "sort_company", "state", "phone", "id"),
        # What the filters of the list offer.
        sa.Index("ix_registrations_expo_id_region", "expo_id", "region"),
        sa.Index("ix_registrations_expo_id_source", "expo_id", "source"),
        sa.Index("ix_registrations_import_id", "import_id"),
        sa.Index("ix_registrations_leader_id", "leader_id"),
        sa.Index("ix_registrations_same_phone_id", "same_phone_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badge_classes.id"))
    state: Mapped[State] = mapped_column(enum_type(State), default=State.REGISTERED)
    name: Mapped[str] = mapped_column(sa.String(100))
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    # A region key of visitors.rules.regions: a province or city, "HK", "MO", "TW", a country code, or "" for unknown.
    region: Mapped[str] = mapped_column(sa.String(64), default="")
    visit_day: Mapped[date | None] = mapped_column(sa.Date)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    channel: Mapped[Channel] = mapped_column(enum_type(Channel), default=Channel.ONLINE)
    # The word of the source link by which the person came ("wechat", "association-7"), or empty.
    source: Mapped[str] = mapped_column(sa.String(64), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="zh")
    # The hash of the secret of the form that was sent: the same form sent twice is one registration (ux.md B7).
    form_key: Mapped[str] = mapped_column(sa.String(64), default="")
    # Who brought this person along: a registration of the same fair.
    leader_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("registrations.id"))
    import_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("imports.id"))
    # What a search compares: name, company, pinyin, initials, the end of the phone number. At most SEARCH_BYTES long.
    search: Mapped[str] = mapped_column(sa.Text, default="")
    # By what lists are sorted: Han by their sound, everything else by its small letters.
    sort_name: Mapped[str] = mapped_column(_by_bytes(SORT_LENGTH), default="")
    sort_company: Mapped[str] = mapped_column(_by_bytes(SORT_LENGTH), default="")
    # What the organiser says to who was approved or refused; the person's own page and letter show it.
    decision_note: Mapped[str] = mapped_column(sa.String(1000), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Every word about the person is gone since then; the row stays for the counts.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Another registration of the same person (V-6), noted when the name that told so is erased; no key, for imports
    # that are taken back delete rows.
    counted_as_id: Mapped[int | None] = mapped_column(BigId)
    # The registration that had the mobile number already which the list of a group gave for this person; no key either.
    same_phone_id: Mapped[int | None] = mapped_column(BigId)


class Consent(Model):
    """What a person agreed to: purpose, version of the text, language, time and channel (P1)."""

    __tablename__ = "consents"
    __table_args__ = (
        sa.Index("ix_consents_registration_id", "registration_id"),
        sa.Index("ix_consents_expo_id_purpose", "expo_id", "purpose"),
        # Whoever agrees twice at once has agreed once.
        sa.Index(
            "uq_consents_standing",
            "registration_id",
            "purpose",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(sa.String(32))
    version: Mapped[int] = mapped_column(sa.Integer)
    language: Mapped[str] = mapped_column(sa.String(2))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Reminder(Model):
    """Somebody who asks to be told when registration opens: a phone number (E.164) or an e-mail address (lower case).

    Kept for that alone, under the version of the consent text of that moment (P1).
    """

    __tablename__ = "reminders"
    __table_args__ = (sa.UniqueConstraint("expo_id", "phone"), sa.UniqueConstraint("expo_id", "email"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(2))
    consent_version: Mapped[int] = mapped_column(sa.Integer)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Import(Model):
    """A file of people on its way in: guesses, dry run, import, undo (IR, F12)."""

    __tablename__ = "imports"
    __table_args__ = (sa.Index("ix_imports_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("files.id"))
    state: Mapped[str] = mapped_column(sa.String(16), default="uploaded")
    # How the file is read: kind, encoding, separator, sheet, heading row, columns; guessed first, corrected by hand.
    reading: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    counts: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    # Rows up to this number of the sheet are done: where the work goes on after a fall.
    done_row: Mapped[int] = mapped_column(sa.Integer, default=0)
    created_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mailing(Model):
    """A message to many: its words with places, to whom, and how far it has come.

    `chosen` holds filters or picked numbers, never a searched text. People up to `done_id` have theirs in the outbox.
    """

    __tablename__ = "mailings"
    __table_args__ = (sa.Index("ix_mailings_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(sa.String(16))
    subject_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    subject_en: Mapped[str] = mapped_column(sa.String(200), default="")
    body_zh: Mapped[str] = mapped_column(sa.Text, default="")
    body_en: Mapped[str] = mapped_column(sa.Text, default="")
    short_zh: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    short_en: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    chosen: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    state: Mapped[MailingState] = mapped_column(enum_type(MailingState), default=MailingState.DRAFT)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    done_id: Mapped[int] = mapped_column(BigId, default=0)
    created_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VisitReminder(Model):
    """How many days before their visit people are reminded; 0: not at all. `done_on`: the fair's day of the last round."""

    __tablename__ = "visit_reminders"
    __table_args__ = (sa.UniqueConstraint("expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    days_before: Mapped[int] = mapped_column(sa.Integer, default=0)
    done_on: Mapped[date | None] = mapped_column(sa.Date)


class Merge(Model):
    """Two registrations that are one person (V-6): `gone_id` is ended, its badges are those of `kept_id` now.

    `before` is what it takes to part them again: the fields of both that were changed, the badges that were moved, the
    one that was voided and the days that it brought along. It is personal, and empty once the time for parting is over.
    """

    __tablename__ = "merges"
    __table_args__ = (
        sa.Index("ix_merges_kept_id", "kept_id"),
        sa.Index("ix_merges_gone_id", "gone_id"),
        sa.Index("ix_merges_expo_id", "expo_id"),
        sa.Index("ix_merges_merged_at", "merged_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    kept_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    gone_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    parted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedView(Model):
    """A named address of the list: what it filters and how it is sorted, never a searched text. Shared, or its owner's."""

    __tablename__ = "saved_views"
    __table_args__ = (sa.Index("ix_saved_views_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(40))
    query: Mapped[str] = mapped_column(sa.String(500))
    shared: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListColumns(Model):
    """Which columns of the list a person wants to see, in every fair."""

    __tablename__ = "list_columns"

    user_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    columns: Mapped[list[str]] = mapped_column(sa.JSON)


class VisitorForm(Model):
    """What the public form of a fair asks besides phone, name and class, and what its privacy notice says.

    A fair without a row has the defaults. The order of the police under which real names are asked is empty as long as
    there is none (P4): `order_number`, who gave it and when; the numbers go `identity_days` after the last open day.
    """

    __tablename__ = "visitor_forms"

    expo_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    company: Mapped[Asked] = mapped_column(enum_type(Asked), default=Asked.NEEDED)
    region: Mapped[Asked] = mapped_column(enum_type(Asked), default=Asked.NEEDED)
    visit_day: Mapped[Asked] = mapped_column(enum_type(Asked), default=Asked.OPTIONAL)
    order_number: Mapped[str] = mapped_column(sa.String(100), default="")
    order_authority: Mapped[str] = mapped_column(sa.String(200), default="")
    ordered_on: Mapped[date | None] = mapped_column(sa.Date)
    identity_days: Mapped[int] = mapped_column(sa.Integer, default=30)
    notice_zh: Mapped[str] = mapped_column(sa.Text, default="")
    notice_en: Mapped[str] = mapped_column(sa.Text, default="")
    recipients_zh: Mapped[str] = mapped_column(sa.String(1000), default="")
    recipients_en: Mapped[str] = mapped_column(sa.String(1000), default="")


class ClassForm(Model):
    """What is special about registering for one class: a form at an address of its own, and the words for who waits."""

    __tablename__ = "class_forms"
    __table_args__ = (sa.UniqueConstraint("expo_id", "class_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badge_classes.id", ondelete="CASCADE"))
    own_form: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    waiting_zh: Mapped[str] = mapped_column(sa.String(500), default="")
    waiting_en: Mapped[str] = mapped_column(sa.String(500), default="")


class Question(Model):
    """A question of the organiser's own, with the purpose without which none may be asked (P4).

    `options` are `{"key", "zh", "en", "gone"}`: one that was taken away stays readable in answers. A question with
    answers is retired, not deleted. `class_keys` empty asks everybody.
    """

    __tablename__ = "questions"
    __table_args__ = (sa.Index("ix_questions_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    label_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    label_en: Mapped[str] = mapped_column(sa.String(200), default="")
    purpose_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    purpose_en: Mapped[str] = mapped_column(sa.String(300), default="")
    options: Mapped[list[dict[str, object]]] = mapped_column(sa.JSON, default=list)
    needed: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    class_keys: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Answer(Model):
    """What a person answered: one row for each chosen option, one for a text, a number, yes or no."""

    __tablename__ = "answers"
    __table_args__ = (
        sa.UniqueConstraint("registration_id", "question_id", "value"),
        sa.Index("ix_answers_question_id_value", "question_id", "value"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("questions.id", ondelete="CASCADE"))
    value: Mapped[str] = mapped_column(sa.String(500))


class Identity(Model):
    """The number of a person's paper, where the police order real names (P4, P11): sealed, masked everywhere, erased
    on time."""

    __tablename__ = "identities"
    __table_args__ = (sa.UniqueConstraint("registration_id"), sa.Index("ix_identities_expo_id", "expo_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    kind: Mapped[IdentityKind] = mapped_column(enum_type(IdentityKind))
    # AES-256-GCM under the key with this number, bound to this registration.
    key_number: Mapped[int] = mapped_column(sa.Integer)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary(128))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Notice(Model):
    """A version of a fair's privacy notice: the facts as they were told from `since` on, readable for ever (P3).

    `setup_version` is the version of the set-up that was last compared with it.
    """

    __tablename__ = "notices"
    __table_args__ = (sa.UniqueConstraint("expo_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(sa.Integer)
    facts: Mapped[dict[str, object]] = mapped_column(sa.JSON)
    setup_version: Mapped[int] = mapped_column(sa.Integer)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class DecisionText(Model):
    """Words that lie ready for who approves or refuses a registration."""

    __tablename__ = "decision_texts"
    __table_args__ = (sa.Index("ix_decision_texts_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    refusing: Mapped[bool] = mapped_column(sa.Boolean)
    text_zh: Mapped[str] = mapped_column(sa.String(1000), default="")
    text_en: Mapped[str] = mapped_column(sa.String(1000), default="")


class InvitationSource(Model):
    """Who invites visitors: an exhibitor, an association, a channel. `word` stands in the link that people register by.

    `name_key` is the name as it is compared: nobody invites twice. Ended: the word counts for nobody any more; who came
    by it before still did.
    """

    __tablename__ = "invitation_sources"
    __table_args__ = (sa.UniqueConstraint("expo_id", "word"), sa.UniqueConstraint("expo_id", "name_key"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    word: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[SourceKind] = mapped_column(enum_type(SourceKind))
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    name_key: Mapped[str] = mapped_column(sa.String(LONGEST_SOURCE_KEY))
    contact: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Guest(Model):
    """A guest of honour 贵宾 of a fair: who is asked, when and where they come, and who receives them.

    Day and time are those of the fair's zone; `arrives_minute` counts from midnight. A confirmed guest has a
    registration, and with it a badge. `registered_before`: that registration was there before, and had the class
    `class_before_id`.
    """

    __tablename__ = "guests"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "double_key"),
        sa.UniqueConstraint("expo_id", "phone"),
        sa.Index("ix_guests_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    state: Mapped[GuestState] = mapped_column(enum_type(GuestState), default=GuestState.INVITED)
    name: Mapped[str] = mapped_column(sa.String(100))
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    # Name and organisation as they are compared: the same guest is not asked twice.
    double_key: Mapped[str] = mapped_column(sa.String(LONGEST_GUEST_KEY))
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    host: Mapped[str] = mapped_column(sa.String(100), default="")
    host_phone: Mapped[str | None] = mapped_column(sa.String(20))
    place: Mapped[str] = mapped_column(sa.String(100), default="")
    arrives_on: Mapped[date | None] = mapped_column(sa.Date)
    arrives_minute: Mapped[int | None] = mapped_column(sa.Integer)
    seat: Mapped[str] = mapped_column(sa.String(50), default="")
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    registration_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("registrations.id", ondelete="SET NULL")
    )
    registered_before: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    class_before_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("badge_classes.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
