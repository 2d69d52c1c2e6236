"""The record of processing activities, and the sheet for an impact assessment, out of what the product does (P17).

What the settings of a fair say is filled in by service.processing; everything here holds for every fair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exhibitions.core.errors import N_


@dataclass(frozen=True)
class Activity:
    """What personal data is used for: purpose, ground, fields, who receives them, and how long. All message ids.

    `term` is the name of a kind of portal.rules.retention, or a text of its own.
    """

    purpose: str
    ground: str
    fields: Sequence[str]
    recipients: str
    term: str


ACTIVITIES: tuple[Activity, ...] = (
    Activity(
        N_("Registration and badge"),
        N_("Consent (PIPL 13) or contract at the visitor's request (GDPR 6.1 b)"),
        (N_("Name"), N_("Mobile number"), N_("E-mail"), N_("Company"), N_("Class"), N_("Day of visit")),
        N_("Organiser, staff of the visitor desk"),
        "visitors",
    ),
    Activity(
        N_("Letting in at the gates, and counting visits"),
        N_("Necessary for the visit; safety of the halls"),
        (N_("Badge number"), N_("Name"), N_("Company"), N_("Class"), N_("Time and gate of each scan")),
        N_("Gate staff: number, name, company and class alone"),
        "scans",
    ),
    Activity(
        N_("Inviting companies to exhibit, and the register of companies"),
        N_("Legitimate interest: whom the organiser reaches at a company; who leaves gets no more"),
        (N_("Name"), N_("Job title"), N_("Mobile number"), N_("E-mail"), N_("WeChat"), N_("Talks")),
        N_("Organiser"),
        N_("until the office takes the person out, or the person asks"),
    ),
    Activity(
        N_("Applications, contracts and the exhibitor's centre"),
        N_("Contract (PIPL 13; GDPR 6.1 b)"),
        (
            N_("Name"),
            N_("Job title"),
            N_("Mobile number"),
            N_("E-mail"),
            N_("WeChat"),
            N_("Messages"),
            N_("Legal representative"),
        ),
        N_("Organiser; colleagues of the same company"),
        "exhibitors",
    ),
    Activity(
        N_("Staff badges and build-up passes of exhibitors"),
        N_("Contract with the exhibitor; safety of the halls"),
        (N_("Name"), N_("Job title"), N_("Mobile number")),
        N_("Organiser, gate staff: number, name and company alone"),
        "exhibitors",
    ),
    Activity(
        N_("Arrival at the exhibitor desk, and presence on the stands"),
        N_("Contract; proof for the statistics of the exhibition"),
        (N_("Name"), N_("Signature"), N_("Photo of the stand")),
        N_("Organiser; who checks the statistics"),
        "exhibitors",
    ),
    Activity(
        N_("Money of exhibitors: bank statements, proofs of payment, invoices"),
        N_("Law on accounts"),
        (N_("Payer"), N_("Account"), N_("Text of the transfer"), N_("Receiver of the invoice")),
        N_("Finance"),
        "accounts",
    ),
    Activity(
        N_("Scans of stamped contracts"),
        N_("Contract"),
        (N_("Name"), N_("Signature and seal")),
        N_("Finance"),
        "contracts",
    ),
    Activity(
        N_("Statistics"),
        N_("Legitimate interest; without names"),
        (N_("Region"), N_("Class"), N_("Source"), N_("Day and hour")),
        N_("Organiser; published as counts"),
        N_("without end: nobody is named"),
    ),
    Activity(
        N_("Messages about the visit"),
        N_("Necessary for the visit"),
        (N_("E-mail"), N_("Mobile number"), N_("Language")),
        N_("Provider of the mail server; provider of text messages, where one is set"),
        "mails",
    ),
    Activity(
        N_("Receiving VIP guests"),
        N_("Legitimate interest: whom the organiser invites, and who receives them"),
        (
            N_("Name"),
            N_("Job title"),
            N_("Organisation"),
            N_("Mobile number"),
            N_("Arrival"),
            N_("Who receives them, and the number"),
        ),
        N_("Organiser, staff who receive guests"),
        "visitors",
    ),
    Activity(
        N_("Invitations by exhibitors, associations and channels"),
        N_("Legitimate interest: whom to ask at who invites"),
        (N_("Name"), N_("Mobile number")),
        N_("Organiser"),
        "visitors",
    ),
    Activity(
        N_("Who is in charge of a post on site"),
        N_("Necessary for work at the fair"),
        (N_("Name"), N_("Mobile number")),
        N_("Staff on site, on the printed pages"),
        "scans",
    ),
    Activity(
        N_("Telling that registration opens"),
        N_("Consent"),
        (N_("Mobile number"), N_("E-mail")),
        N_("Organiser"),
        N_("when told; 14 days after the opening at the latest"),
    ),
    Activity(
        N_("Accounts of staff, and what they did"),
        N_("Duty to keep records (PIPL 51, 54; GDPR 5.2)"),
        (N_("Name"), N_("E-mail"), N_("Sessions"), N_("Audit trail")),
        N_("Administrators"),
        "sign_ins",
    ),
)

MEASURES: tuple[str, ...] = (
    N_("Passwords are stored with argon2id; sessions end on the server."),
    N_("Every page checks a right; people of one fair do not see another's visitors."),
    N_("Numbers and addresses are masked; showing them is noted in the audit."),
    N_(
        "Exports ask for a reason and chosen columns, end after 24 hours, and are noted with their row count."
    ),
    N_("Personal values in the audit are sealed with a key a person; erasing the person deletes the key."),
    N_("The entry code holds no personal data and is signed; gate devices hold public keys alone."),
    N_("Addresses, logs and subjects of mails name nobody."),
    N_("Uploaded lists are deleted after 24 hours; deleted data is overwritten in the database file."),
)

RISKS: tuple[tuple[str, str], ...] = (
    (
        N_("A staff account is taken over"),
        N_("Two-step sign-in, sessions that end on the server, list of people affected"),
    ),
    (N_("A gate phone is lost"), N_("It is revoked within a minute; it holds no number and no address")),
    (N_("A list leaves the house"), N_("Right, reason, columns, 24 hours, and an entry in the audit")),
    (N_("Data is kept too long"), N_("Terms by kind, a nightly run, counts in the audit")),
)
