"""The dossier 档案 of any order, lot or serial number: one number in, everything about it out."""

from erp.selectors.dossier.gathering import Dossier, dossier_of
from erp.selectors.dossier.subjects import Subject, find_subjects

__all__ = ["Dossier", "Subject", "dossier_of", "find_subjects"]
