"""A filter, as the suite sends and judges it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Filter:
    """One filter: `filter_field`, `filter_operator`, `filter_value` and `filter_key`; None means not set."""

    field: str | None = None
    operator: str | None = None
    value: str | None = None
    key: str | None = None

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Filter":
        """The filter that a body states."""
        return cls(
            body.get("filter_field"), body.get("filter_operator"), body.get("filter_value"), body.get("filter_key")
        )

    def body(self) -> dict[str, str]:
        """The body that states this filter; what is not set is left out."""
        members = {
            "filter_field": self.field,
            "filter_key": self.key,
            "filter_operator": self.operator,
            "filter_value": self.value,
        }
        return {name: value for name, value in members.items() if value is not None}

    def __str__(self) -> str:
        if self.field is None:
            return "no filter"
        key = "" if self.key is None else f"[{self.key!r}]"
        value = "" if self.value is None else f" {self.value!r}"
        return f"{self.field}{key} {self.operator}{value}"


UNFILTERED = Filter()
