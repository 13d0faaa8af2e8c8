"""What people read of an alert, in their language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from miseban.hub.alerts.alert import Notice
from miseban.hub.live.shelves import facing_names
from miseban.hub.people.rights import Role
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Urgency
from miseban.vocabulary.shop import Shop

LANGUAGES: Final = ("en", "ja", "ko")


@dataclass(frozen=True, slots=True)
class Message:
    """For the people of ``roles``, about one alert. It says what is where, and of nobody who. Not
    pickled or stored: it may tell of a call for help (``about_help``)."""

    alert: str
    roles: tuple[Role, ...]
    urgency: Urgency
    title: str
    body: str
    language: str
    about_help: bool


@cache
def load_words(language: str) -> dict[str, Any]:
    """The catalog of a language as nested tables. Raises ``BadInput`` (``unknown-language``)."""
    if language not in LANGUAGES:
        what = f"expected {', '.join(LANGUAGES[:-1])} or {LANGUAGES[-1]}, found {language!r:.20}"
        raise BadInput("unknown-language", "language", what)
    text = files("miseban.hub.alerts").joinpath(f"{language}.toml").read_text("utf-8")
    return tomllib.loads(text)


class Words:
    """Texts of one language about the things of one shop, by the names it gives them."""

    def __init__(self, language: str, shop: Shop) -> None:
        self.language = language
        self._words = load_words(language)
        self._shop = shop
        self._names: dict[str, str] = {zone.id: zone.name for zone in shop.zones}
        self._cameras = {camera.id: camera.name for camera in shop.cameras}
        known = facing_names(shop)
        self._facings = {
            known[shelf.id, facing.id]: (facing.name, shelf.name)
            for shelf in shop.shelves
            for facing in shelf.facings
        }

    def message(self, notice: Notice) -> Message:
        """The text of a notice."""
        alert = notice.alert
        if alert.about == "help":
            entry = self._words["help"][notice.kind or "needed"]
        else:
            entry = self._words["alert"][notice.measure.replace(".", "_")]
        values = {"place": self._place(notice), **self._values(notice)}
        title = str(entry["title"]).format(**values)
        if notice.why == "escalated":
            title = str(self._words["escalated"]["title"]).format(title=title)
        return Message(
            alert=alert.alert,
            roles=notice.roles,
            urgency=alert.urgency,
            title=title,
            body=str(entry["body"]).format(**values),
            language=self.language,
            about_help=alert.about == "help",
        )

    def _place(self, notice: Notice) -> str:
        subject = notice.alert.subject
        if subject is None:
            return self._shop.shop.name
        if notice.alert.about == "shelf" and subject in self._facings:
            facing, shelf = self._facings[subject]
            return str(self._words["place"]["facing"]).format(facing=facing, shelf=shelf)
        if notice.alert.about in ("camera", "counts"):
            return self._cameras.get(subject, subject)
        return self._names.get(subject, subject)

    def _values(self, notice: Notice) -> dict[str, str]:
        value = notice.alert.value
        if value is None:
            return {"n": "", "minutes": "", "percent": ""}
        return {
            "n": f"{value:.1f}".removesuffix(".0"),
            "minutes": str(max(1, round(value / 60))),
            "percent": str(round(100 * value)),
        }
