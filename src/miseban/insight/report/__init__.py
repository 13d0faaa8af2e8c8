"""The report: one HTML file, without script or outside reference, that a manager reads alone."""

from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.page import render_report
from miseban.insight.report.words import LANGUAGES

__all__ = ["LANGUAGES", "ReportMaterial", "render_report"]
