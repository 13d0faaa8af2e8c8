"""The report: one HTML file, without script or outside reference, that a manager reads alone."""

from miseban.insight.report.beside import load_truth, of_same_stretch
from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.page import render_report
from miseban.insight.report.words import LANGUAGES

__all__ = ["LANGUAGES", "ReportMaterial", "load_truth", "of_same_stretch", "render_report"]
