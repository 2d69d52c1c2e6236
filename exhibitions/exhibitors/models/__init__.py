"""A company's part in an edition and everything that hangs on it, a file a topic."""

from __future__ import annotations

from exhibitions.exhibitors.models.co_exhibitors import CoExhibitor, RepresentedCompany
from exhibitions.exhibitors.models.directory import DirectoryEntry, DirectoryProduct
from exhibitions.exhibitors.models.exhibitor import Exhibitor, ExhibitorEvent, ExhibitorSettings
from exhibitions.exhibitors.models.figures import DailyFigure, FiguresFreeze, FiguresMove
from exhibitions.exhibitors.models.merging import ExhibitorMerge
from exhibitions.exhibitors.models.nomenclature import ExhibitorCategory, ProductCategory
from exhibitions.exhibitors.models.onsite import Arrival, Presence
from exhibitions.exhibitors.models.people import ExhibitorPerson, StaffBadge
from exhibitions.exhibitors.models.talking import Call, ExhibitorMailing, ExhibitorMessage, RecruitingLeave

__all__ = [
    "Arrival",
    "Call",
    "CoExhibitor",
    "DailyFigure",
    "DirectoryEntry",
    "DirectoryProduct",
    "Exhibitor",
    "ExhibitorCategory",
    "ExhibitorEvent",
    "ExhibitorMailing",
    "ExhibitorMerge",
    "ExhibitorMessage",
    "ExhibitorPerson",
    "ExhibitorSettings",
    "FiguresFreeze",
    "FiguresMove",
    "Presence",
    "ProductCategory",
    "RecruitingLeave",
    "RepresentedCompany",
    "StaffBadge",
]
