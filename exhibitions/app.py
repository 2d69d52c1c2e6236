"""The composition root: settings, extensions, blueprints, answers for access marks. Alone knows every room."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.cli import AppGroup
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from exhibitions import cli
from exhibitions.accounts import commands as account_commands
from exhibitions.accounts import handlers as account_handlers
from exhibitions.accounts import rules as account_rules
from exhibitions.accounts import views as accounts
from exhibitions.accounts.service import passwords, second_step
from exhibitions.api import views as api
from exhibitions.audit import rules as audit_rules
from exhibitions.audit import service as audit
from exhibitions.audit import views as audit_views
from exhibitions.awards import commands as award_commands
from exhibitions.awards import handlers as award_handlers
from exhibitions.awards import views as awards
from exhibitions.awards.rules import entry_deeds as award_entry_deeds
from exhibitions.awards.rules import judging_deeds, jury_deeds, result_deeds
from exhibitions.awards.rules import setup_deeds as award_setup_deeds
from exhibitions.awards.service import conflicts as award_conflicts
from exhibitions.awards.service import juror_access
from exhibitions.badges import commands as badge_commands
from exhibitions.badges import handlers as badge_handlers
from exhibitions.badges import views as badges
from exhibitions.badges.rules import deeds as badge_deeds
from exhibitions.badges.service import keys
from exhibitions.companies import handlers as company_handlers
from exhibitions.companies import service as company_service
from exhibitions.companies import views as companies
from exhibitions.companies.rules import deeds as company_deeds
from exhibitions.companies.service import joining
from exhibitions.config import SettingError, Settings
from exhibitions.core import access, compression, i18n, kept, log, web
from exhibitions.core.db import db, engine_options
from exhibitions.exhibitors import views as exhibitors
from exhibitions.exhibitors.handlers import figures as figure_handlers
from exhibitions.exhibitors.handlers import mailing as mailing_handlers
from exhibitions.exhibitors.handlers import many as many_handlers
from exhibitions.exhibitors.handlers import messages as message_handlers
from exhibitions.exhibitors.handlers import people as people_handlers
from exhibitions.exhibitors.rules import deeds as exhibitor_deeds
from exhibitions.exhibitors.rules import onsite_deeds
from exhibitions.exhibitors.service import deciding
from exhibitions.exhibitors.service import joining as exhibitor_joining
from exhibitions.expos import commands as expo_commands
from exhibitions.expos import views as expos
from exhibitions.expos.rules import deeds as expo_deeds
from exhibitions.expos.views import calendars, previews, tasks
from exhibitions.files import handlers as file_handlers
from exhibitions.files import rules as file_rules
from exhibitions.files import service as files
from exhibitions.files import views as file_views
from exhibitions.gates import commands as gate_commands
from exhibitions.gates.rules import deeds as gate_deeds
from exhibitions.gates.views import answers as gates
from exhibitions.gates.views import chief, devices, posts, scanner
from exhibitions.jobs import commands as job_commands
from exhibitions.jobs import handlers as job_handlers
from exhibitions.jobs import rules as job_rules
from exhibitions.jobs import views as jobs
from exhibitions.mail import commands as mail_commands
from exhibitions.mail import handlers as mail_handlers
from exhibitions.mail import rules as mail_rules
from exhibitions.mail import service as mail
from exhibitions.mail import views as mail_views
from exhibitions.mail.handlers import texting as mail_texting
from exhibitions.mail.service import texting
from exhibitions.orders import handlers as order_handlers
from exhibitions.orders import queries as order_queries
from exhibitions.orders import views as orders
from exhibitions.orders.rules import deeds as order_deeds
from exhibitions.orders.rules import deeds_of_money as money_deeds
from exhibitions.orders.service import paying, supplementing
from exhibitions.orders.views import letters as order_letters
from exhibitions.organisation import rules as organisation_rules
from exhibitions.portal import commands as portal_commands
from exhibitions.portal import handlers as portal_handlers
from exhibitions.portal import views as portal
from exhibitions.portal.rules import deeds as portal_deeds
from exhibitions.portal.views.inviting import blueprint as people
from exhibitions.reports import commands as report_commands
from exhibitions.reports import views as reports
from exhibitions.stands import handlers as stand_handlers
from exhibitions.stands import views as stands
from exhibitions.stands.queries.numbers import check_published
from exhibitions.stands.rules import deeds as stand_deeds
from exhibitions.stands.service import assigning
from exhibitions.stands.views import letters as stand_letters
from exhibitions.upkeep import commands as upkeep_commands
from exhibitions.upkeep import handlers as upkeep_handlers
from exhibitions.upkeep import views as upkeep
from exhibitions.upkeep.rules import deeds as upkeep_deeds
from exhibitions.upkeep.service import place
from exhibitions.visitors import handlers as visitor_handlers
from exhibitions.visitors import views as visitors
from exhibitions.visitors.commands import exporting, importing
from exhibitions.visitors.rules import deeds as visitor_deeds
from exhibitions.visitors.service import identities
from exhibitions.visitors.views import letters, unsubscribe

ROOT = Path(__file__).resolve().parent.parent
_MOST_BYTES = 32 * 1024 * 1024
_MOST_FIELDS_BYTES = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The whole product, ready to serve. Reads the environment when no settings are given."""
    settings = settings or Settings.from_env()
    app = Flask("exhibitions", root_path=str(ROOT), template_folder="templates", static_folder="static")
    _configure(app, settings)
    _extend(app, settings)
    _register(app)
    cli.install(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    public = urlsplit(settings.public_url)
    over_tls = public.scheme == "https"
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.pool_size),
        MAX_CONTENT_LENGTH=_MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=_MOST_FIELDS_BYTES,
        # No other host of the domain can set a cookie of such a name, and none goes without TLS (ASVS 3.3).
        COOKIE_PREFIX="__Host-" if over_tls else "",
        SESSION_COOKIE_NAME="__Host-session" if over_tls else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=over_tls,
        TRUSTED_HOSTS=[public.hostname, "localhost", "127.0.0.1", *settings.allowed_hosts],
        WTF_CSRF_TIME_LIMIT=None,
        # Every message of our forms is our own; the library's would be parsed anew for each form.
        WTF_I18N_ENABLED=False,
        LIMITS_URL=settings.limits_url,
        LIMIT_SHARES=settings.web_processes if settings.limits_url.startswith("memory:") else 1,
        PUBLIC_URL=settings.public_url,
        DATA_DIR=settings.data_dir,
    )
    app.jinja_options = {
        **app.jinja_options,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }


def _extend(app: Flask, settings: Settings) -> None:
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    log.configure()
    compression.install(app)
    web.install(app)
    i18n.install(app)
    db.init_app(app)
    Migrate(
        app, db, directory=str(ROOT / "exhibitions" / "migrations"), render_as_batch=True, compare_type=True
    )
    kept.install(app)
    # Forms tell who saved meanwhile; core knows no room.
    app.extensions["last_change"] = audit.last_change
    # The machine API carries its own secret in a header that no foreign page can send.
    csrf = CSRFProtect(app)
    csrf.exempt(api.blueprint)
    # Mail programs leave a list by a POST of their own; its address is the secret (RFC 8058).
    csrf.exempt(unsubscribe.blueprint)
    csrf.exempt(exhibitors.mailing.leaving)
    # A payment provider calls by itself; its signature lets it in.
    csrf.exempt(orders.notices)
    accounts.install(app)
    portal.install(app)
    app.context_processor(lambda: {"banner": portal.demo.banner()})
    _configure_rooms(settings)
    access.install(
        app,
        {
            access.Kind.PUBLIC: expos.answer_public,
            access.Kind.SIGNED_IN: accounts.answer_signed_in,
            access.Kind.PERMISSION: expos.answer_permission,
            access.Kind.PERSONAL_LINK: expos.answer_personal_link,
            access.Kind.DEVICE: gates.answer_device,
        },
    )


def _configure_rooms(settings: Settings) -> None:
    audit.configure(settings.secret_key)
    juror_access.configure(settings.secret_key)
    second_step.configure(settings.secret_key)
    passwords.configure(settings.password_list)
    keys.configure(settings.secret_key)
    juror_access.configure(settings.secret_key)
    identities.configure(settings.secret_key)
    files.configure(settings.data_dir / "files")
    paying.configure(settings.secret_key, settings.payment_provider)
    place.configure(
        place.Place(
            data_dir=settings.data_dir,
            folder=settings.backup_dir or settings.data_dir / "backups",
            secret=settings.secret_key,
            days=settings.backup_days,
            passphrase_file=settings.backup_passphrase_file,
        )
    )
    outbox = settings.data_dir / "outbox"
    mail.configure(mail.Account(outbox=outbox, **dataclasses.asdict(settings.mail)))
    try:
        texting.configure(mail_texting.load(settings.sms_sender, outbox))
    except ValueError as error:
        raise SettingError(f"SMS_SENDER: {error}") from error


def _register(app: Flask) -> None:
    access.public(app.view_functions["static"])
    for blueprint in (
        accounts.blueprint,
        api.blueprint,
        audit_views.blueprint,
        awards.blueprint,
        badges.blueprint,
        calendars.blueprint,
        chief.blueprint,
        companies.blueprint,
        devices.blueprint,
        *exhibitors.blueprints,
        expos.blueprint,
        file_views.blueprint,
        jobs.blueprint,
        mail_views.blueprint,
        orders.blueprint,
        orders.notices,
        portal.blueprint,
        posts.blueprint,
        previews.blueprint,
        people,
        reports.blueprint,
        scanner.blueprint,
        stands.blueprint,
        tasks.blueprint,
        upkeep.blueprint,
        *visitors.blueprints,
    ):
        app.register_blueprint(blueprint)
    for deeds in (
        account_rules.DEEDS,
        audit_rules.DEEDS,
        award_setup_deeds.DEEDS,
        award_entry_deeds.DEEDS,
        result_deeds.DEEDS,
        badge_deeds.DEEDS,
        company_deeds.DEEDS,
        exhibitor_deeds.DEEDS,
        onsite_deeds.DEEDS,
        expo_deeds.DEEDS,
        file_rules.DEEDS,
        gate_deeds.DEEDS,
        job_rules.DEEDS,
        jury_deeds.DEEDS,
        judging_deeds.DEEDS,
        mail_rules.DEEDS,
        order_deeds.DEEDS,
        money_deeds.DEEDS,
        organisation_rules.DEEDS,
        portal_deeds.DEEDS,
        stand_deeds.DEEDS,
        upkeep_deeds.DEEDS,
        visitor_deeds.DEEDS,
    ):
        audit_views.know(deeds)
    for handlers in (
        awards.jury_letters,
        order_handlers,
        order_letters,
        job_handlers,
        file_handlers,
        mail_handlers,
        account_handlers,
        awards.entry_letters,
        awards.complaint_letters,
        award_handlers,
        badge_handlers,
        company_handlers,
        mailing_handlers,
        many_handlers,
        exhibitors.mailing,
        exhibitors.letters,
        visitor_handlers,
        figure_handlers,
        message_handlers,
        people_handlers,
        letters,
        stand_handlers,
        stand_letters,
        visitors.background,
        visitors.posters,
        portal_handlers,
        portal.proof,
        upkeep_handlers,
    ):
        handlers.register()
    # Rooms above the register say what becomes of their rows, and what they have of a company.
    joining.ROOMS[:] = [exhibitor_joining.ROOM]
    company_service.CHANGED[:] = [award_conflicts.company_changed]
    deciding.ROOMS[:] = [deciding.Room(order_queries.binds, order_queries.called_off)]
    assigning.ROOMS[:] = [assigning.Room(supplementing.lock, supplementing.follow)]
    exhibitors.applying.ON_PLAN[:] = [check_published]
    companies.record.PARTS[:] = [portal.exhibitor.fairs_of]
    companies.doubles.CLASHES[:] = [portal.merging_entries.clashes]
    mail_views.outbox.subjects["visitor"] = ("visitors.visitor", "registration_id")
    # Who may print badges may fetch the files of a print run that a colleague started.
    file_views.SHARED["badges.print"] = access.Permission.BADGES_PRINT
    file_views.SHARED["companies.paper"] = access.Permission.COMPANIES_VIEW
    file_views.SHARED["exhibitors.presence"] = access.Permission.EXHIBITOR_DESK
    file_views.SHARED["exhibitors.signature"] = access.Permission.EXHIBITOR_DESK
    file_views.SHARED["visitors.posters"] = access.Permission.VISITORS_VIEW
    file_views.SHARED["portal.directory"] = access.Permission.EXHIBITORS_VIEW
    export = AppGroup("export", help="Lists for other programs.")
    export.add_command(exporting.export_visitors)
    for group in (
        account_commands.admin,
        award_commands.awards,
        badge_commands.badges,
        export,
        portal_commands.expos,
        expo_commands.users,
        gate_commands.gates,
        importing.imports,
        job_commands.jobs,
        mail_commands.mail,
        report_commands.report,
        upkeep_commands.backup,
    ):
        app.cli.add_command(group)
