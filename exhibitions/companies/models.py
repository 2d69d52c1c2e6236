"""Companies of the organisation, their contacts and papers, and what was merged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.companies.rules.papers import PaperKind
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type


def _by_bytes(length: int) -> sa.String:
    """A text that both engines sort alike, letter by letter; PostgreSQL would else follow the server's language."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _company_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("companies.id", ondelete="CASCADE"))


class Company(Model):
    """A legal entity, once in the register (E-7). `number` is its name in addresses.

    `search` and `sort_key` are core.search's lines; the keys by which doubles are found are `name_key_zh`,
    `name_key_en` (rules of sameness), the phones of contacts and the `domain` of its mail. A company that was merged
    into another keeps its row with `merged_into_id`, so that the merge can be undone.
    """

    __tablename__ = "companies"
    __table_args__ = (
        sa.Index(
            "uq_companies_credit_code",
            "credit_code",
            unique=True,
            sqlite_where=sa.text("merged_into_id IS NULL"),
            postgresql_where=sa.text("merged_into_id IS NULL"),
        ),
        sa.Index("ix_companies_name_key_zh", "name_key_zh"),
        sa.Index("ix_companies_name_key_en", "name_key_en"),
        sa.Index("ix_companies_domain", "domain"),
        sa.Index("ix_companies_sort_key", "sort_key"),
        sa.Index("ix_companies_merged_into_id", "merged_into_id"),
        sa.Index("ix_companies_import_id", "import_id"),
        # What the audit says of a row that is gone must never be read as said of another.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    # Upper case and half-width (GB 32100); None for foreign firms and where it is not known yet.
    credit_code: Mapped[str | None] = mapped_column(sa.String(18))
    # ISO 3166-1 of the address; `statistics_country` only where the company declared another one (E-5).
    country: Mapped[str] = mapped_column(sa.String(2), default="CN")
    statistics_country: Mapped[str] = mapped_column(sa.String(2), default="")
    # A key of core.regions: province or city.
    region: Mapped[str] = mapped_column(sa.String(64), default="")
    address_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    address_en: Mapped[str] = mapped_column(sa.String(300), default="")
    postcode: Mapped[str] = mapped_column(sa.String(20), default="")
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    website: Mapped[str] = mapped_column(sa.String(200), default="")
    domain: Mapped[str] = mapped_column(sa.String(100), default="")
    legal_representative: Mapped[str] = mapped_column(sa.String(100), default="")
    # Manufacturer, dealer … (several): keys of rules.roles.Business.
    kinds: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    is_member: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    name_key_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_key_en: Mapped[str] = mapped_column(sa.String(200), default="")
    search: Mapped[str] = mapped_column(sa.Text, default="")
    sort_key: Mapped[str] = mapped_column(_by_bytes(200), default="")
    merged_into_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("companies.id"))
    import_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("company_imports.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    contacts: Mapped[list[CompanyContact]] = relationship(
        order_by="CompanyContact.position, CompanyContact.id", passive_deletes=True
    )
    papers: Mapped[list[CompanyPaper]] = relationship(order_by="CompanyPaper.id", passive_deletes=True)


class CompanyContact(Model):
    """A person of a company whom the office reaches, in a role."""

    __tablename__ = "company_contacts"
    __table_args__ = (
        sa.Index("ix_company_contacts_company_id", "company_id"),
        sa.Index("ix_company_contacts_phone", "phone"),
        sa.Index("ix_company_contacts_email", "email"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = _company_key()
    role: Mapped[ContactRole] = mapped_column(enum_type(ContactRole))
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    wechat: Mapped[str] = mapped_column(sa.String(64), default="")
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class CompanyPaper(Model):
    """A licence or certificate with its expiry; it blocks only the right that is tied to it (rules.papers)."""

    __tablename__ = "company_papers"
    __table_args__ = (
        sa.Index("ix_company_papers_company_id", "company_id"),
        sa.Index("ix_company_papers_valid_to", "valid_to"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = _company_key()
    kind: Mapped[PaperKind] = mapped_column(enum_type(PaperKind))
    number: Mapped[str] = mapped_column(sa.String(100), default="")
    valid_from: Mapped[date | None] = mapped_column(sa.Date)
    # The last day on which it is valid; None for papers without an end.
    valid_to: Mapped[date | None] = mapped_column(sa.Date)
    file_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    # The smallest number of days before the end for which a reminder went out (60, 30, 7).
    reminded: Mapped[int | None] = mapped_column(sa.Integer)
    # No address took the reminder: somebody of the office still has to tell the company.
    to_tell: Mapped[bool] = mapped_column(sa.Boolean, default=False, server_default=sa.false())
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CompanyMerge(Model):
    """Two rows that became one, with what is needed to part them again for 30 days."""

    __tablename__ = "company_merges"
    __table_args__ = (
        sa.Index("ix_company_merges_kept_id", "kept_id"),
        sa.Index("ix_company_merges_merged_id", "merged_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kept_id: Mapped[int] = _company_key()
    merged_id: Mapped[int] = _company_key()
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    user_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CompanyImport(Model):
    """A list of companies on its way into the register. `reading` are a person's corrections of the guesses, `counts` what
    the check or the import has found, `done_row` the last row (Excel's number) that was brought in.
    """

    __tablename__ = "company_imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(16))
    file_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    reading: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    done_row: Mapped[int] = mapped_column(sa.Integer, default=0)
    created_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
