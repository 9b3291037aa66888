"""Spark reads experiments, one task for each, as `fetch_many` does."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checks.client.support import LocalServer, local_server
from engines.conftest import EXPERIMENTS, KEY
from parea_trace_logs import Parea, tables
from parea_trace_logs.spark import PareaDataSource
from pyspark.sql import SparkSession

os.environ.setdefault("PYSPARK_SUBMIT_ARGS", "--driver-memory 1g pyspark-shell")


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = (
        SparkSession.builder.master("local[4]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    session.dataSource.register(PareaDataSource)
    yield session
    session.stop()


def read(spark: SparkSession, url: str, **options: str) -> Any:
    chosen = {"experiments": ",".join(EXPERIMENTS), "base_url": url, "api_key": KEY, **options}
    return spark.read.format("parea").options(**chosen).load()


def test_the_rows_of_fetch_many(spark: SparkSession, url: str, tmp_path: Path) -> None:
    with Parea(KEY, url) as client:
        counts = tables.fetch_many(client, EXPERIMENTS, tmp_path, scores=["a"])
    found = read(spark, url, scores="a").select("experiment", "trace_id", "latency", "score:a", "tags", "inputs")
    files = spark.read.parquet(str(tmp_path)).select(*found.columns)
    assert found.count() == sum(counts.values())
    assert found.exceptAll(files).count() == files.exceptAll(found).count() == 0
    assert found.rdd.getNumPartitions() == len(EXPERIMENTS)


def test_a_frame_used_again_has_all_its_rows(spark: SparkSession, url: str) -> None:
    frame = read(spark, url, columns="trace_id,latency,start_timestamp")
    count = frame.count()
    some = frame.filter("latency > 0").count()
    assert 0 < some < count == frame.count()
    assert str(frame.schema["start_timestamp"].dataType) == "TimestampType()"


def test_a_filter_of_the_server(spark: SparkSession, url: str) -> None:
    found = read(spark, url, where="latency > 0").select("latency").collect()
    assert found
    assert all(row["latency"] > 0 for row in found)


def test_the_key_is_shown_nowhere(spark: SparkSession, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    frame = read(spark, url)
    frame.explain(extended=True)
    assert KEY not in capsys.readouterr().out + repr(frame)
    with pytest.raises(Exception, match="experiment none") as caught:
        read(spark, url, experiments="none").count()
    assert KEY not in str(caught.value)


def test_wrong_options(spark: SparkSession, url: str) -> None:
    for options, words in (({"experimnts": "e"}, "no option"), ({"experiments": " "}, "no experiment")):
        with pytest.raises(Exception, match=words):
            read(spark, url, **options)


@pytest.fixture
def breaking() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


def test_an_answer_that_breaks_off(spark: SparkSession, breaking: LocalServer) -> None:
    breaking.content = b'[{"trace_id": "1", "start_timestamp": "s"}, {"trace_id":'
    with pytest.raises(Exception, match=r"experiment e: .*truncated"):
        read(spark, breaking.url, experiments="e").count()


def test_fifty_experiments_over_four_cores(spark: SparkSession, breaking: LocalServer) -> None:
    names = [f"e{place}" for place in range(50)]
    assert read(spark, breaking.url, experiments=",".join(names)).select("experiment").distinct().count() == 50
    assert len({request.path for request in breaking.received}) == 50
