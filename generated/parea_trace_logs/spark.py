"""A data source of Spark (PySpark 4.0 or later): experiments as a DataFrame, read by the executors.

    from parea_trace_logs.spark import PareaDataSource

    spark.dataSource.register(PareaDataSource)
    logs = spark.read.format("parea").option("experiments", "uuid-1,uuid-2").load()

Options, all of them texts:

* `experiments` (required): the experiments, with commas between; each is a partition, which one task fetches.
* `where`: a filter as the command `parea-trace-logs` has it, such as `latency > 2.5`.
* `scores`: the scores to make columns for, with commas between.
* `columns`: the names of the columns, with commas between; by default `tables.COLUMNS`. `experiment` comes first.
* `base_url`: the server; by default that of the executors' environment variable `PAREA_BASE_URL`, else production.
* `api_key`: the key, which is shown nowhere; better is the executors' environment variable `PAREA_API_KEY`.

Rows are those of `fetch_many`, descendants included. Spark filters and chooses among them; nothing of a query reaches
the server but `where`. There is no `pushFilters` for a reason: PySpark 4.3 keeps what one query has pushed for the next
use of the same DataFrame, whose rows are then missing. Each action fetches anew, unless the DataFrame is cached.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from parea_trace_logs import Parea, tables
from parea_trace_logs._filters.where_text import parse_where
from parea_trace_logs.errors import PareaError
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.pandas.types import from_arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql.types import StructType

_OPTIONS = ("experiments", "where", "scores", "columns", "base_url", "api_key")


class PareaDataSource(DataSource):  # type: ignore[misc] # pyspark brings no types here
    """The format `parea`; its options are those of the module.

    Raises:
        ValueError: an option is missing, unknown or wrong.
    """

    @classmethod
    def name(cls) -> str:
        """What `spark.read.format` calls it."""
        return "parea"

    def schema(self) -> "StructType":
        """The columns."""
        return from_arrow_schema(_Reader(dict(self.options)).schema)

    def reader(self, schema: "StructType") -> "_Reader":  # noqa: ARG002 - Spark hands over what `schema` gave
        """What the executors read by."""
        return _Reader(dict(self.options))


class _Reader(DataSourceReader):  # type: ignore[misc]
    def __init__(self, options: dict[str, str]) -> None:
        if unknown := [name for name in options if name.lower() not in _OPTIONS]:
            raise ValueError(f"there is no option {unknown[0]!r}; the options are {', '.join(_OPTIONS)}")
        given = {name.lower(): value for name, value in options.items()}
        self._experiments = list(dict.fromkeys(_parts(given.get("experiments", ""))))
        if not self._experiments:
            raise ValueError("the option 'experiments' names no experiment")
        self._filters = parse_where(given["where"]) if "where" in given else None
        self._scores = _parts(given.get("scores", ""))
        self._columns = _parts(given["columns"]) if "columns" in given else None
        self._base_url = given.get("base_url")
        self._api_key = given.get("api_key")
        self.schema: pa.Schema = tables.schema(self._scores, columns=self._columns, experiment="")

    def __repr__(self) -> str:
        return f"PareaReader({self._experiments!r})"

    def partitions(self) -> list[InputPartition]:
        """One for each experiment."""
        return [InputPartition(experiment) for experiment in self._experiments]

    def read(self, partition: Any) -> Iterator["pa.RecordBatch"]:
        """The rows of one experiment, a batch at a time."""
        experiment: str = partition.value
        try:
            with (
                Parea(self._api_key, self._base_url) as client,
                client.iter_experiment_trace_logs(experiment, self._filters) as logs,
            ):
                yield from tables.record_batches(
                    logs, scores=self._scores, columns=self._columns, experiment=experiment
                )
        except PareaError as error:
            raise RuntimeError(f"experiment {experiment}: {error}") from None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
