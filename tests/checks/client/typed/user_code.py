"""What a user may write; read by mypy and pyright in their strict modes, never run."""

from datetime import UTC, date, datetime, timedelta

import httpx
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
from parea_trace_logs.testing import FakeParea, trace_log


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
        where("start_timestamp") >= date(2024, 4, 15),
        where("metadata")["user.id"].contains("u"),
        where("target").is_not_null(),
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


def slowest(logs: list[TraceLog]) -> timedelta | None:
    return max((log.duration for log in logs if log.duration is not None), default=None)


def with_headers(http: httpx.Client) -> str | None:
    with Parea(http_client=http, default_headers={"X-Team": "a"}, timeout=httpx.Timeout(5)) as client:
        patient = client.with_options(timeout=None, max_retries=5)
        logs = patient.get_experiment_trace_logs("uuid", extra_headers={"X-Trace": "t"})
        with client.iter_experiment_trace_logs("uuid") as stream:
            status = stream.response.status_code if stream.response else None
        print(status, TraceLog.from_json(logs[0].to_json()).start)
        return logs.response.request_id if logs.response else None


def test_of_ones_own() -> None:
    with FakeParea({"uuid": [trace_log(scores={"x": 1.0}, latency=0.5)]}) as fake:
        fake.answer_next(429, {"detail": "slow down"})
        print(len(fake.get_experiment_trace_logs("uuid")), fake.asked[0].filters.filter_field)


async def amain() -> None:
    async with AsyncParea() as client:
        with TableWriter("logs.jsonl") as table:
            for log in await client.get_experiment_trace_logs("uuid"):
                table.add(log)
