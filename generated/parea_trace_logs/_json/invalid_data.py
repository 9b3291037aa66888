"""What `from_dict`, `from_json` and the like raise."""

import msgspec
from parea_trace_logs.errors import PareaError


class InvalidDataError(PareaError, msgspec.ValidationError, ValueError):
    """What should become an object of the contract, or JSON of one, is not as the contract says.

    Attributes:
        reason: What is wrong.
        path: The JSON path of the member at fault, such as `$.scores[0].name`; None where it is all of it.
    """

    def __init__(self, reason: str, path: str | None = None) -> None:
        self.reason = reason
        self.path = path
        super().__init__(f"{reason} - at `{path}`" if path else reason)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.reason, self.path), self.__dict__


def invalid_data(error: Exception) -> InvalidDataError:
    """The same, said by msgspec or by Python."""
    reason, _, path = str(error).partition(" - at `")
    return InvalidDataError(reason, path.removesuffix("`") or None)
