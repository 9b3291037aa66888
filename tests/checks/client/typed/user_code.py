"""What a user may write; read by mypy and pyright in their strict modes, never run."""

from datetime import UTC, datetime

from parea_trace_logs import (
    UNSET,
    AsyncParea,
    FilterOperator,
    InvalidFilterError,
    Parea,
    PareaError,
    TableError,
    TraceLog,
    TraceLogFilters,
    where,
)
from parea_trace_logs.tables import TableWriter, fetch_many, write


def mean_latency(logs: list[TraceLog]) -> float | None:
    known = [log.latency for root in logs for log in root.walk() if log.latency]
    return sum(known) / len(known) if known else None


def best(logs: list[TraceLog], name: str) -> TraceLog | None:
    scored = [(score, log) for log in logs if (score := log.get_score(name)) is not None]
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def reasons(log: TraceLog) -> list[str]:
    return [score.reason for score in log.scores or [] if score.reason]


def model_of(log: TraceLog) -> str | None:
    if log.configuration is UNSET or log.configuration is None:
        return None
    return log.configuration.model or None


def slow_or_new(limit: float) -> list[TraceLogFilters]:
    filters: list[TraceLogFilters] = [
        where("latency") > limit,
        where("start_timestamp") >= datetime(2024, 4, 15, tzinfo=UTC),
        where("tags").isin(["prod", "canary"]),
        where("metadata", key="user.id") == "u",
        where("score:x").between(0, 1),
        where("output").like("error"),
        where("target").is_null(),
        TraceLogFilters(filter_field="is_correct", filter_operator=FilterOperator.EQUALS, filter_value="1.0"),
    ]
    return filters


def main() -> None:
    with Parea() as client:
        try:
            logs = client.get_experiment_trace_logs("uuid", where("cost") != 0)
            rows: int = write(logs, "logs.csv", scores=["x"])
            by_experiment: dict[str, int] = fetch_many(client, ["a", "b"], "folder", filters=where("cost") < 1)
        except InvalidFilterError as error:
            print(error.loc)
        except (TableError, PareaError) as error:
            print(error)
        else:
            print(rows, by_experiment, mean_latency(logs), best(logs, "x"))


async def amain() -> None:
    async with AsyncParea() as client:
        with TableWriter("logs.jsonl") as table:
            for log in await client.get_experiment_trace_logs("uuid"):
                table.add(log)
