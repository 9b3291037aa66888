"""Wrong readings of what a field names: members, scores and annotations."""

import math
from collections.abc import Mapping
from typing import Any

from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import Log, ascii_lower, double
from parea_conformance.rivals.registry import rival

_SCORE = ("field.score", "field.score-bare")
_ANNOTATION = ("field.annotation-score", "field.annotation-value")


@rival("field.score", step="address", needs="a score")
def score_prefix_is_name(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """`score:x` is the score called `score:x`."""
    what, name = RIGHT.address(field, kinds)
    return (what, field) if what == "score" else (what, name)


@rival("field.score-bare", step="address", needs="a score")
def bare_name_is_nothing(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """Without `score:` a name that is no member's means nothing."""
    what, name = RIGHT.address(field, kinds)
    return (what, name) if what != "score" or field.startswith("score:") else ("score", "\0" + name)


@rival("field.score", step="address", needs="a score whose name holds a colon")
def score_name_ends_at_colon(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """The name of a score ends at a colon."""
    what, name = RIGHT.address(field, kinds)
    return (what, name.split(":")[0]) if what == "score" else (what, name)


@rival("field.score", "field.member-first", step="address", needs="a score with the name of a member")
def score_prefix_finds_member(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """`score:x` means the member `x` where there is one."""
    name = field.removeprefix("score:")
    return ("member", name) if kinds.get(name) == "number" else RIGHT.address(field, kinds)


@rival("field.member-first", step="address", needs="a score with the name of a member")
def score_before_member(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """A score with the name of a member is found before the member."""
    return ("score", field) if kinds.get(field) == "number" else RIGHT.address(field, kinds)


@rival(*_SCORE, step="scores", needs="a score with letters in its name")
def score_name_without_case(log: Log, name: str) -> list[float]:
    """Names of scores compare without case."""
    return [double(e["score"]) for e in log.get("scores") or () if ascii_lower(e["name"]) == ascii_lower(name)]


@rival(*_SCORE, step="scores", needs="a score whose name begins as another's does")
def score_name_is_prefix(log: Log, name: str) -> list[float]:
    """The name of a score is found by its beginning."""
    return [double(e["score"]) for e in log.get("scores") or () if e["name"].startswith(name)]


@rival(*_SCORE, step="scores", needs="two scores of different names")
def score_name_is_ignored(log: Log, name: str) -> list[float]:
    """Any score of a log counts."""
    del name
    return [double(entry["score"]) for entry in log.get("scores") or ()]


@rival(*_SCORE, step="scores", needs="a log with two scores of different names that differ")
def scores_are_flattened(log: Log, name: str) -> list[float]:
    """Where a log has a score of the name, each of its scores counts."""
    return score_name_is_ignored(log, name) if RIGHT.scores(log, name) else []


@rival("field.score", step="scores", needs="a score with a space around its name")
def score_name_is_trimmed(log: Log, name: str) -> list[float]:
    """Spaces around the name of a score are dropped."""
    return [double(e["score"]) for e in log.get("scores") or () if e["name"].strip() == name.strip()]


@rival("field.score", "field.score-bare", step="scores", needs="a score with the empty name")
def score_without_name(log: Log, name: str) -> list[float]:
    """A score with the empty name is not found."""
    return RIGHT.scores(log, name) if name else []


@rival("field.score-repeated", step="scores", needs="several scores of one name that differ")
def scores_are_averaged(log: Log, name: str) -> list[float]:
    """Several scores of one name are averaged."""
    scores = RIGHT.scores(log, name)
    return [sum(scores) / len(scores)] if scores else []


@rival("field.score-repeated", step="scores", needs="several scores of one name that differ")
def scores_highest_counts(log: Log, name: str) -> list[float]:
    """Of several scores of one name the highest counts."""
    return [max(scores)] if (scores := RIGHT.scores(log, name)) else []


@rival("field.score-repeated", step="scores", needs="several scores of one name that differ")
def scores_lowest_counts(log: Log, name: str) -> list[float]:
    """Of several scores of one name the lowest counts."""
    return [min(scores)] if (scores := RIGHT.scores(log, name)) else []


@rival("field.score-repeated", step="scores", needs="several scores of one name that differ")
def scores_last_wins(log: Log, name: str) -> list[float]:
    """Of several scores of one name the last counts, as in a map."""
    return RIGHT.scores(log, name)[-1:]


@rival(*_ANNOTATION, step="annotations", needs="annotations by two criteria")
def criterion_is_ignored(log: Log, part: str, criterion: str) -> list[object]:
    """An annotation by any criterion counts."""
    del criterion
    return [value for name in log.get("annotations") or {} for value in RIGHT.annotations(log, part, name)]


@rival(*_ANNOTATION, step="annotations", needs="an annotation with a name")
def criterion_is_name(log: Log, part: str, criterion: str) -> list[object]:
    """The criterion is looked up by the annotation's name."""
    entries = [a for users in (log.get("annotations") or {}).values() for a in users.values()]
    found = [a.get(part) for a in entries if a.get("annotation_name") == criterion]
    return [double(value) if part == "score" else value for value in found if value is not None]


@rival(*_ANNOTATION, step="annotations", needs="an annotation whose user id and criterion differ")
def criterion_is_user(log: Log, part: str, criterion: str) -> list[object]:
    """The criterion is looked for among the users."""
    found = [users[criterion].get(part) for users in (log.get("annotations") or {}).values() if criterion in users]
    return [double(value) if part == "score" else value for value in found if value is not None]


@rival(*_ANNOTATION, step="annotations", needs="a criterion whose id begins as another's does")
def criterion_is_prefix(log: Log, part: str, criterion: str) -> list[object]:
    """A criterion is found by the beginning of its id."""
    names = [name for name in log.get("annotations") or {} if name.startswith(criterion)]
    return [value for name in names for value in RIGHT.annotations(log, part, name)]


@rival("field.annotation-score", step="address", needs="an annotation with a value and no score")
def annotation_score_is_value(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """`annotation:score:` reads the value."""
    what, name = RIGHT.address(field, kinds)
    return ("annotation.value", name) if what == "annotation.score" else (what, name)


@rival("field.annotation-value", step="address", needs="an annotation with a score and no value")
def annotation_value_is_score(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """`annotation:value:` reads the score."""
    what, name = RIGHT.address(field, kinds)
    return ("annotation.score", name) if what == "annotation.value" else (what, name)


@rival(*_ANNOTATION, step="annotations", needs="an annotation")
def annotation_is_never_there(log: Log, part: str, criterion: str) -> list[object]:
    """Annotations are not searched."""
    del log, part, criterion
    return []


@rival(*_SCORE, step="scores", needs="a score")
def score_is_never_there(log: Log, name: str) -> list[float]:
    """Scores are not searched."""
    del log, name
    return []


@rival(*_SCORE, step="scores", needs="a score whose name has a capital letter")
def score_names_are_kept_in_lower_case(log: Log, name: str) -> list[float]:
    """The names of scores are kept in lower case, and found by that."""
    return [double(entry["score"]) for entry in log.get("scores") or () if entry["name"].lower() == name]


@rival(*_SCORE, step="scores", needs="a score")
def score_is_not_what_is_shown(log: Log, name: str) -> list[float]:
    """What is judged of a score is not the number that is shown."""
    return [math.nextafter(score, math.inf) for score in RIGHT.scores(log, name)]


@rival(*_ANNOTATION, step="annotations", needs="an annotation")
def annotation_is_not_what_is_shown(log: Log, part: str, criterion: str) -> list[object]:
    """What is judged of an annotation is not the score or the value that is shown."""
    values = RIGHT.annotations(log, part, criterion)
    return [math.nextafter(value, math.inf) if isinstance(value, float) else f"{value} " for value in values]


@rival("field.annotation-users", step="annotations", needs="several users by one criterion that differ")
def annotations_are_averaged(log: Log, part: str, criterion: str) -> list[object]:
    """The scores of several users are averaged."""
    values = RIGHT.annotations(log, part, criterion)
    numbers = [value for value in values if isinstance(value, float)]
    return [sum(numbers) / len(numbers)] if numbers else values


@rival("field.annotation-users", step="annotations", needs="several users by one criterion, the first without a value")
def annotation_first_user_only(log: Log, part: str, criterion: str) -> list[object]:
    """Only the first user's annotation counts, also where it holds no value."""
    users = list(((log.get("annotations") or {}).get(criterion) or {}).values())
    first = users[0].get(part) if users else None
    return [] if first is None else [double(first) if part == "score" else first]


@rival("field.annotation-users", step="annotations", needs="several users by one criterion that differ")
def annotation_latest_user_only(log: Log, part: str, criterion: str) -> list[object]:
    """Only the latest annotation counts."""
    users = list(((log.get("annotations") or {}).get(criterion) or {}).values())
    latest: dict[str, Any] = max(users, key=lambda annotation: annotation["created_at"], default={})
    value = latest.get(part)
    return [] if value is None else [double(value) if part == "score" else value]
