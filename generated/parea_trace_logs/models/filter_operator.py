"""The values of the contract's schema `FilterOperator`."""

from enum import StrEnum


class FilterOperator(StrEnum):
    """How `filter_value` is compared with the value of a log."""

    EQUALS = "equals"
    """The value is the same, as text, number, instant or boolean; in a list, some element is."""
    NOT_EQUALS = "not_equals"
    """The complement of `equals`; null and absent match."""
    LIKE = "like"
    """The value occurs in the text, ASCII letters without case; it has no wildcards."""
    GREATER_THAN_OR_EQUAL = "greater_than_or_equal"
    """The number or instant is at least the value."""
    LESS_THAN_OR_EQUAL = "less_than_or_equal"
    """The number or instant is at most the value."""
    GREATER_THAN = "greater_than"
    """The number or instant is above the value."""
    LESS_THAN = "less_than"
    """The number or instant is below the value."""
    IS_NULL = "is_null"
    """Null or absent; without a value."""
    EXISTS = "exists"
    """Neither null nor absent; without a value."""
    IN = "in"
    """One of the values between commas, spaces around each left out, equals."""
    BETWEEN = "between"
    """At least the first and at most the second of two numbers or instants, with a comma between them."""
