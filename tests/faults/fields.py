"""Fields taken for others: members, scores and annotations."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from parea_target import Contract, Parts, load
from parea_target.filters import Filter, Subject, find_subject
from parea_target.tables import Tables

from faults.registry import Log, fault, stored

_SCORES = ("field.score", "field.score-bare")
_ANNOTATIONS = ("field.annotation-score", "field.annotation-value")
_NO_SCORE = "score:\0 no such score"


def asked_field(parts: Parts, rename: Callable[[str, Contract], str]) -> Parts:
    """The parts that take one field for another."""

    def subject(contract: Contract, tables: Tables, asked: Filter) -> Subject:
        return find_subject(contract, tables, replace(asked, filter_field=rename(asked.filter_field or "", contract)))

    return replace(parts, subject=subject)


@fault("field.score", "field.score-repeated", "field.member-first")
def score_prefix_is_part_of_the_name(parts: Parts) -> Parts:
    """`score:x` means the score called `score:x`."""
    return asked_field(parts, lambda field, _c: f"score:{field}" if field.startswith("score:") else field)


@fault("field.score-bare")
def bare_names_mean_nothing(parts: Parts) -> Parts:
    """A name that is no member's matches no log."""
    return asked_field(
        parts,
        lambda field, contract: (
            field if field in contract.kinds or field.startswith(("score:", "annotation:")) else _NO_SCORE
        ),
    )


@fault("field.score", "field.member-first")
def score_prefix_finds_members(parts: Parts) -> Parts:
    """`score:x` means the member `x` where there is one."""
    return asked_field(
        parts, lambda f, c: f.removeprefix("score:") if c.kinds.get(f.removeprefix("score:")) == "number" else f
    )


def with_scores(log: Log, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Log:
    """The log with its scores changed, where it has any."""
    return {**log, "scores": change(log["scores"])} if log.get("scores") else log


@stored(*_SCORES)
def score_names_have_no_case(log: Log) -> Log:
    """Names of scores are stored in lower case."""
    return with_scores(log, lambda scores: [{**score, "name": score["name"].lower()} for score in scores])


@stored(*_SCORES)
def score_names_are_trimmed(log: Log) -> Log:
    """Names of scores are trimmed as they are stored."""
    return with_scores(log, lambda scores: [{**score, "name": score["name"].strip()} for score in scores])


@stored(*_SCORES)
def score_without_name_is_not_stored(log: Log) -> Log:
    """A score with the empty name is not stored."""
    return with_scores(log, lambda scores: [score for score in scores if score["name"]])


@stored("field.score-repeated")
def last_score_wins(log: Log) -> Log:
    """Of several scores of one name the last is stored, as in a map."""
    return with_scores(log, lambda scores: list({score["name"]: score for score in scores}.values()))


@stored("field.score-repeated")
def scores_are_averaged(log: Log) -> Log:
    """Several scores of one name are averaged."""

    def average(scores: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named: dict[str, list[float]] = {}
        for score in scores:
            named.setdefault(score["name"], []).append(score["score"])
        return [{"name": name, "score": sum(values) / len(values)} for name, values in named.items()]

    return with_scores(log, average)


@fault("field.annotation-score")
def annotation_score_is_its_value(parts: Parts) -> Parts:
    """`annotation:score:` exists where the value does."""

    def subject(contract: Contract, tables: Tables, asked: Filter) -> Subject:
        field = asked.filter_field or ""
        if field.startswith("annotation:score:") and asked.filter_operator in ("exists", "is_null"):
            asked = replace(asked, filter_field=field.replace("score", "value", 1))
        return find_subject(contract, tables, asked)

    return replace(parts, subject=subject)


def _asked_otherwise(parts: Parts, operators: Mapping[str, str], is_here: Callable[[str], bool]) -> Parts:
    """The parts that take operators for others where they are asked of some fields."""

    def read(body: Mapping[str, str | None]) -> Filter:
        asked = parts.filter(body)
        operator = asked.filter_operator or ""
        here = asked.filter_field is not None and is_here(asked.filter_field)
        return replace(asked, filter_operator=operators.get(operator, operator)) if here else asked

    return replace(parts, filter=read)


@fault("field.score", "field.score-bare", "field.annotation-score")
def scores_know_no_equal_ends(parts: Parts) -> Parts:
    """`less_than_or_equal` of a score means `less_than`, also of an annotation's."""
    kinds = load().kinds
    return _asked_otherwise(parts, {"less_than_or_equal": "less_than"}, lambda field: field not in kinds)


@fault("field.annotation-score")
def annotation_scores_in_a_range_are_in_a_list(parts: Parts) -> Parts:
    """`between` of an annotation's score means `in`."""
    return _asked_otherwise(parts, {"between": "in"}, lambda field: field.startswith("annotation:score:"))


@fault("field.annotation-value")
def annotation_values_are_equal_or_not(parts: Parts) -> Parts:
    """`like` of an annotation's value means `equals`."""
    return _asked_otherwise(parts, {"like": "equals"}, lambda field: field.startswith("annotation:value:"))


@fault("filter.between.number")
def depths_in_a_range_are_in_a_list(parts: Parts) -> Parts:
    """`between` of `depth`, and of no other member, means `in`."""
    return _asked_otherwise(parts, {"between": "in"}, lambda field: field == "depth")


@fault("filter.like.text")
def projects_are_named_whole(parts: Parts) -> Parts:
    """`like` of `project_name`, and of no other member, means `equals`."""
    return _asked_otherwise(parts, {"like": "equals"}, lambda field: field == "project_name")


@fault("filter.in.list")
def metrics_are_asked_one_by_one(parts: Parts) -> Parts:
    """`in` of `evaluation_metric_names`, and of no other list, means `equals`."""
    return _asked_otherwise(parts, {"in": "equals"}, lambda field: field == "evaluation_metric_names")


def with_annotations(log: Log, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Log:
    """The log with its annotations, by criterion, changed, where it has any."""
    return {**log, "annotations": change(log["annotations"])} if log.get("annotations") else log


@stored(*_ANNOTATIONS, "field.annotation-users")
def annotations_are_not_searched(log: Log) -> Log:
    """Annotations are not stored for filters."""
    return with_annotations(log, lambda _annotations: {})


@stored(*_ANNOTATIONS, "field.annotation-users")
def criterion_is_one_digit(log: Log) -> Log:
    """A criterion is stored by its first character."""
    return with_annotations(log, lambda by: {criterion[:1]: users for criterion, users in by.items()})


@stored(*_ANNOTATIONS, "field.annotation-users")
def criterion_is_its_name(log: Log) -> Log:
    """Annotations are found by the name of their criterion."""

    def by_name(annotations: dict[str, Any]) -> dict[str, Any]:
        named: dict[str, Any] = {}
        for users in annotations.values():
            for user, annotation in users.items():
                named.setdefault(annotation.get("annotation_name") or "", {})[user] = annotation
        return named

    return with_annotations(log, by_name)


def _users(log: Log, choose: Callable[[dict[str, Any]], dict[str, Any]]) -> Log:
    return with_annotations(
        log, lambda by: {criterion: choose(users) if users else users for criterion, users in by.items()}
    )


@stored("field.annotation-users", *_ANNOTATIONS)
def first_user_wins(log: Log) -> Log:
    """Of several users' annotations the first is stored."""
    return _users(log, lambda users: dict(list(users.items())[:1]))


@stored("field.annotation-users", *_ANNOTATIONS)
def latest_user_wins(log: Log) -> Log:
    """Of several users' annotations the latest is stored."""
    return _users(log, lambda users: dict([max(users.items(), key=lambda item: item[1]["created_at"])]))


def _member_is(parts: Parts, member: str, other: str) -> Parts:
    return asked_field(parts, lambda field, _contract: other if field == member else field)


@fault("field.member")
def session_is_user(parts: Parts) -> Parts:
    """`session_id` means `end_user_identifier`."""
    return _member_is(parts, "session_id", "end_user_identifier")


@stored("field.member")
def new_member_is_not_stored(log: Log) -> Log:
    """`log_sample_rate`, added lately, is not stored."""
    return {name: value for name, value in log.items() if name != "log_sample_rate"}


@stored("field.member")
def latency_is_not_stored(log: Log) -> Log:
    """`latency` is not stored."""
    return {name: value for name, value in log.items() if name != "latency"}


@fault("field.member")
def output_is_target(parts: Parts) -> Parts:
    """`output` means `target`."""
    return _member_is(parts, "output", "target")
