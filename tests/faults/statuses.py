"""Wrong statuses and headers: path, method, media type, size, and the order in which they are judged."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from parea_target import Parts
from parea_target.answers import Refusal
from parea_target.contract import Contract
from parea_target.judging import (
    JUDGES,
    Call,
    Judge,
    judge_experiment,
    judge_media_type,
    judge_method,
    judge_path,
    judge_size,
    match_path,
)

from faults.registry import fault


def _instead(parts: Parts, right: Judge, wrong: Judge) -> Parts:
    return replace(parts, judges=tuple(wrong if judge is right else judge for judge in parts.judges))


def _status(parts: Parts, judged: Judge, status: int) -> Parts:
    """The parts whose judge refuses with another status."""

    async def judge(call: Call) -> None:
        try:
            await judged(call)
        except Refusal as refusal:
            raise Refusal(status, "Refused.", refusal.headers) from None

    return _instead(parts, judged, judge)


@fault("http.path", "http.order")
def path_is_400(parts: Parts) -> Parts:
    """An unknown path is 400."""
    return _status(parts, judge_path, 400)


@fault("http.method", "http.order")
def method_is_404(parts: Parts) -> Parts:
    """Another method is 404."""
    return _status(parts, judge_method, 404)


@fault("http.method", "http.order", "robust.no-server-error")
def method_is_501(parts: Parts) -> Parts:
    """Another method is 501."""
    return _status(parts, judge_method, 501)


@fault("http.media-type", "http.order")
def media_type_is_400(parts: Parts) -> Parts:
    """Another media type is 400."""
    return _status(parts, judge_media_type, 400)


@fault("http.size", "http.order")
def size_is_400(parts: Parts) -> Parts:
    """A body that is too large is 400."""
    return _status(parts, judge_size, 400)


@fault("http.path", "http.order")
def path_fits_by_its_start(parts: Parts) -> Parts:
    """A path with more behind it is taken for the right one."""

    def match(path: bytes, contract: Contract) -> str | None:
        return match_path(b"/".join(path.split(b"/")[: len(contract.path)]), contract)

    return replace(parts, match_path=match)


@fault("http.path")
def last_segment_is_not_judged(parts: Parts) -> Parts:
    """Whatever stands behind the experiment is taken for `trace_logs`."""

    def match(path: bytes, contract: Contract) -> str | None:
        return match_path(path.rpartition(b"/")[0] + b"/trace_logs", contract)

    return replace(parts, match_path=match)


def _takes(parts: Parts, method: str) -> Parts:
    async def judge(call: Call) -> None:
        if call.request.method != method:
            await judge_method(call)

    return _instead(parts, judge_method, judge)


@fault("http.method")
def get_is_taken(parts: Parts) -> Parts:
    """GET is answered as POST is."""
    return _takes(parts, "GET")


@fault("http.method", "http.order")
def put_is_taken(parts: Parts) -> Parts:
    """PUT is answered as POST is."""
    return _takes(parts, "PUT")


def _allow(parts: Parts, headers: Mapping[str, str]) -> Parts:
    async def judge(call: Call) -> None:
        try:
            await judge_method(call)
        except Refusal:
            raise Refusal(405, headers=dict(headers)) from None

    return _instead(parts, judge_method, judge)


@fault("http.method")
def allow_is_missing(parts: Parts) -> Parts:
    """405 comes without `Allow`."""
    return _allow(parts, {})


def _media_type(parts: Parts, takes: Callable[[str], bool]) -> Parts:
    """The parts whose media type is judged by its value; by the empty one when there is none."""
    return replace(parts, match_media_type=lambda values, _contract: takes(values[0] if values else ""))


def _essence(value: str) -> str:
    return value.split(";")[0].strip().lower()


@fault("http.media-type", "http.order")
def media_type_is_not_judged(parts: Parts) -> Parts:
    """Any media type is taken, and none."""
    return _media_type(parts, lambda _value: True)


@fault("http.media-type", "http.order")
def media_type_may_miss(parts: Parts) -> Parts:
    """A request without a media type is taken."""
    return _media_type(parts, lambda value: _essence(value) in ("", "application/json"))


@fault("http.media-type")
def json_suffix_is_taken(parts: Parts) -> Parts:
    """`application/…+json` is taken, as FastAPI does."""
    return _media_type(parts, lambda value: _essence(value).endswith(("/json", "+json")))


@fault("http.media-type-parameter")
def parameters_are_refused(parts: Parts) -> Parts:
    """A media type with parameters is 415."""
    return _media_type(parts, lambda value: value.lower() == "application/json")


@fault("http.media-type-parameter")
def media_type_has_case(parts: Parts) -> Parts:
    """The media type is compared with case."""
    return _media_type(parts, lambda value: value.split(";")[0].strip() == "application/json")


def _limit(parts: Parts, more: int) -> Parts:
    return replace(parts, read_body=lambda request, max_bytes: parts.read_body(request, max_bytes + more))


@fault("http.size", "http.order")
def limit_is_one_more(parts: Parts) -> Parts:
    """A body of one byte too many is judged."""
    return _limit(parts, 1)


@fault("http.size")
def limit_is_one_less(parts: Parts) -> Parts:
    """A body of exactly the documented size is 413."""
    return _limit(parts, -1)


@fault("http.size", "http.order")
def there_is_no_limit(parts: Parts) -> Parts:
    """A body of any size is judged."""
    return _limit(parts, 1 << 40)


def _ordered(parts: Parts, *judges: Judge) -> Parts:
    """The parts with these judges in this order behind the key's, and the others after them."""
    rest = [judge for judge in JUDGES[1:] if judge not in judges]
    return replace(parts, judges=(JUDGES[0], *judges, *rest))


@fault("http.order")
def media_type_before_method(parts: Parts) -> Parts:
    """The media type is judged before the method."""
    return _ordered(parts, judge_path, judge_media_type, judge_method)


@fault("http.order")
def size_before_media_type(parts: Parts) -> Parts:
    """The size is judged before the media type, as by a proxy in front."""
    return _ordered(parts, judge_path, judge_method, judge_size)


@fault("http.order")
def experiment_before_body(parts: Parts) -> Parts:
    """The experiment is looked up before the body is judged, as a dependency of the route."""
    return _ordered(parts, judge_path, judge_method, judge_media_type, judge_size, judge_experiment)
