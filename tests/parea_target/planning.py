"""What SQLite is asked where an experiment is large: by itself it does not know how many logs a filter selects.

It goes by rules: it looks at every log in the order of the answer where a few would have to be sorted, and sorts all of
them where it could begin with the first. So the logs that a filter selects are sought first, in any order, but only so
many: when there are no more, the answer is made of them; else it is read in its order, each log judged on the way.
"""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import BinaryExpression, Connection, Select, Table, UnaryExpression, bindparam, exists, select
from sqlalchemy.sql.operators import custom_op, in_op
from sqlalchemy.sql.selectable import ScalarSelect
from sqlalchemy.sql.visitors import iterate, replacement_traverse

# So many logs of an experiment make it large, beyond so many that are selected they are not few.
LARGE = 20_000
FEW = 4_096


def planned(connection: Connection, statement: Select[int, int], log: Table) -> Select[int, int]:
    """A statement that selects the same in the same order, sooner.

    Args:
        connection: over which the statement is to be executed.
        statement: selects ids of an experiment, which its execution options name, and of its logs.
        log: the table of logs.
    """
    clauses = getattr(statement.whereclause, "clauses", ())
    if not clauses:  # else the first is the experiment's, and the others are the filter
        return statement
    # Not its parameters: to find them it would be compiled, which takes as long as a small experiment does.
    parameters = {"experiment_id": statement.get_execution_options().get("experiment_id")}
    if not _is_large(connection, parameters, log):
        return statement
    if any(_values_of(each) is not None for each in iterate(statement.whereclause)):
        return _by_values(connection, statement, parameters)
    sought = statement.with_only_columns(log.c.log_id).order_by(None)
    found = _few(connection, sought, parameters)
    if found is not None:
        return statement.where(log.c.log_id.in_(found))
    judged = {id(clause) for clause in clauses[1:]}
    return _replaced(statement, lambda each: _unsought(each) if id(each) in judged else None)


def _is_large(connection: Connection, parameters: dict[str, Any], log: Table) -> bool:
    mine = select(log.c.experiment_id).where(log.c.experiment_id == bindparam("experiment_id"))
    return connection.scalar(mine.offset(LARGE).limit(1), parameters) is not None


def _few(connection: Connection, sought: Select[int], parameters: dict[str, Any]) -> list[int] | None:
    """The ids that are selected, if they are few."""
    found = connection.scalars(sought.distinct().limit(FEW + 1), parameters).all()
    return list(found) if len(found) <= FEW else None


def _unsought(condition: Any) -> UnaryExpression[Any]:
    """The condition, in a form of which no index is used."""
    return UnaryExpression(condition.self_group(), operator=custom_op("+"))


def _values_of(element: Any) -> Select[int] | None:
    """The rows of another table by which logs are found, if this is the condition that a log is among them."""
    if isinstance(element, BinaryExpression) and element.operator is in_op and isinstance(element.right, ScalarSelect):
        found = element.right.element
        assert isinstance(found, Select)
        return found
    return None


def _by_values(connection: Connection, statement: Select[int, int], parameters: dict[str, Any]) -> Select[int, int]:
    def replace(element: Any) -> Any:
        values = _values_of(element)
        if values is None:
            return None
        found = _few(connection, values, parameters)
        if found is not None:
            return element.left.in_(found)
        (log_id,) = values.selected_columns
        return exists(values.where(log_id == element.left).correlate(element.left.table))

    return _replaced(statement, replace)


def _replaced(statement: Select[int, int], replace: Callable[[Any], Any]) -> Select[int, int]:
    """The statement with other elements in the place of those for which there are such."""
    return cast("Select[int, int]", replacement_traverse(statement, {}, lambda element, **_: replace(element)))
