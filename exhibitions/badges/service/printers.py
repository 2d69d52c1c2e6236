"""The printers of a fair, how each is calibrated, and who works at which."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.badges.models import Printer, PrinterChoice
from exhibitions.badges.queries import paper
from exhibitions.badges.rules import calibration as rules
from exhibitions.badges.rules.layout import MM
from exhibitions.badges.service import calibration
from exhibitions.badges.service.content import sheet
from exhibitions.badges.service.drawing import AS_IT_IS, Placement
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo

_FIELDS = ("name", "sheet", "shift_x", "shift_y", "turned")


def placement_of(printer: Printer | None) -> Placement:
    """How a print is moved and turned at this printer; at none it stays as it is."""
    if printer is None:
        return AS_IT_IS
    return placement(printer.shift_x, printer.shift_y, turned=printer.turned)


def placement(shift_x: int, shift_y: int, *, turned: bool) -> Placement:
    """The same from a shift in tenths of a millimetre."""
    return Placement(shift_x / 10 * MM, shift_y / 10 * MM, turned)


def save_printer(expo: Expo, printer: Printer | None, facts: dict[str, object], by: Actor) -> Printer:
    """Add a printer, or change one: `name`, `sheet`, `shift_x` and `shift_y` (tenths of a millimetre), `turned`.

    Raises `Refused` for unknown paper, a shift of more than 15 mm or one printer too many, `Conflict("printer_taken")`
    for a name that the fair has already.
    """
    sheet(str(facts["sheet"]))
    for shift in ("shift_x", "shift_y"):
        rules.check(int(str(facts[shift])))
    if printer is None and len(paper.printers(expo)) >= paper.MOST_PRINTERS:
        raise Refused("printers_many", N_("A fair has at most %(most)s printers."), most=paper.MOST_PRINTERS)
    before = {name: getattr(printer, name) for name in _FIELDS} if printer is not None else {}
    try:
        with db.session.begin_nested():
            if printer is None:
                printer = Printer(expo_id=expo.id, **facts)
                db.session.add(printer)
            for name in _FIELDS:
                setattr(printer, name, facts[name])
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("printer_taken", N_("There is a printer of this name already.")) from error
    changed = {name: facts[name] for name in _FIELDS if before.get(name) != facts[name]}
    audit.record(
        "badges.printer_saved",
        by,
        expo_id=expo.id,
        subject=("printer", printer.id),
        before={name: before[name] for name in changed if name in before},
        after=changed,
    )
    return printer


def calibrate(expo: Expo, printer: Printer, across: int, down: int, by: Actor) -> None:
    """Move a printer's print by what the cross of its calibration sheet was off (readings in tenths of a millimetre).

    The sheet is drawn with the shift so far, so calibrating again improves it. Raises `Refused("reading_far")`.
    """
    wanted = calibration.target(sheet(printer.sheet))
    facts = {name: getattr(printer, name) for name in _FIELDS}
    facts["shift_x"] = printer.shift_x + rules.shift(wanted[0], across)
    facts["shift_y"] = printer.shift_y + rules.shift(wanted[1], down)
    save_printer(expo, printer, facts, by)


def remove_printer(expo: Expo, printer: Printer, by: Actor) -> None:
    """Take a printer away; who worked at it prints without a shift. Old print runs keep its name."""
    db.session.execute(sa.delete(PrinterChoice).where(PrinterChoice.printer_id == printer.id))
    audit.record(
        "badges.printer_removed",
        by,
        expo_id=expo.id,
        subject=("expo", expo.id),
        before={"name": printer.name, "sheet": printer.sheet},
    )
    db.session.delete(printer)
    db.session.flush()


def choose_printer(expo: Expo, printer: Printer | None, by: Actor) -> None:
    """Keep at which printer a person works; None takes the choice back. Who has no account has no choice to keep."""
    if by.kind != "user" or by.id is None:
        return
    mine = sa.select(PrinterChoice).where(PrinterChoice.expo_id == expo.id, PrinterChoice.user_id == by.id)
    row = db.session.scalar(mine.with_for_update())
    if printer is None:
        if row is not None:
            db.session.delete(row)
    elif row is not None:
        row.printer_id = printer.id
    else:
        try:
            with db.session.begin_nested():
                db.session.add(PrinterChoice(expo_id=expo.id, user_id=by.id, printer_id=printer.id))
        except IntegrityError:
            # Two tabs at once: the other one has chosen a moment ago, and this one is the later wish.
            db.session.execute(
                sa.update(PrinterChoice)
                .where(PrinterChoice.expo_id == expo.id, PrinterChoice.user_id == by.id)
                .values(printer_id=printer.id)
            )
    db.session.flush()
