"""What may become of an answer as a whole: its status, its headers, its coding, and how JSON holds the logs.

What a change breaks cannot be read off the logs here, so each says it: the requirements of which one must fail, or none
where the answer means the same.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

JSON = "application/json"
MEDIA = ("response.media-type",)
SCHEMA = ("response.schema",)
CODING = ("http.content-coding",)
GONE = ("robust.no-server-error", "request.unfiltered", "not judged: *its answer cannot be read whole*")
STATUS = ("body.accepted", "request.unfiltered", "request.operators")


@dataclass(frozen=True)
class Sent:
    """An answer of 200 as it is sent.

    Attributes:
        accept_encoding: what the request said of codings; None where it said nothing.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    accept_encoding: str | None

    def typed(self, media_type: str) -> "Sent":
        """The same with another media type."""
        return self.headed("content-type", media_type)

    def headed(self, name: str, value: str) -> "Sent":
        """The same with this header."""
        return replace(self, headers={**self.headers, name: value})

    def holding(self, body: bytes) -> "Sent":
        """The same with another body."""
        return replace(self, body=body)


ChangeSent = Callable[[Sent], Sent]
SENDING: dict[str, tuple[ChangeSent, tuple[str, ...]]] = {}


def _add(names: Mapping[str, ChangeSent], broken: tuple[str, ...] = ()) -> None:
    SENDING.update({name: (change, broken) for name, change in names.items()})


def _typed(media_type: str) -> ChangeSent:
    return lambda sent: sent.typed(media_type)


def _holding(change: Callable[[bytes], bytes]) -> ChangeSent:
    return lambda sent: sent.holding(change(sent.body))


def _dumped(**how: object) -> ChangeSent:
    return _holding(lambda body: json.dumps(json.loads(body), **how).encode())  # type: ignore[arg-type]  # any of its options


def _lines(body: bytes) -> bytes:
    return b"".join(json.dumps(log).encode() + b"\n" for log in json.loads(body))


def _of_length(number: int, change: Callable[[bytes], bytes]) -> ChangeSent:
    """A change of the answers that hold so many logs."""
    return lambda sent: sent.holding(change(sent.body)) if len(json.loads(sent.body)) == number else sent


def _packed(sent: Sent, coding: str = "gzip") -> Sent:
    packed = zlib.compress(sent.body) if coding == "deflate" else gzip.compress(sent.body)
    return sent.headed("content-encoding", coding).holding(packed)


def _packed_where(wrong: Callable[[str | None], bool], coding: str = "gzip") -> ChangeSent:
    return lambda sent: _packed(sent, coding) if wrong(sent.accept_encoding) else sent


_add(
    {f"media type {text!r}": _typed(text) for text in (
        "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8",
        'application/json; charset="utf-8"', "application/json; x=y", "application/json ; Charset=Utf-8",
        "application/json; charset=utf8",
    )}
)  # fmt: skip
_add(
    {f"media type {text!r}": _typed(text) for text in (
        "text/plain", "text/html; charset=utf-8", "text/json", "application/x-json", "application/javascript",
        "application/problem+json", "application/vnd.api+json", "application/json-seq", "application/x-ndjson",
        "application/octet-stream", "application/jsonp", "json", "", "application/json, text/html", "application /json",
        "application/json; charset=iso-8859-1", "application/json; charset=utf-16",
        'application/json; charset="latin1"',
        "application/json; x=y; charset=windows-1252", "application/json; charset=utf-8; charset=utf-16",
    )},
    MEDIA,
)  # fmt: skip
_add(
    {
        "no media type": lambda sent: replace(sent, headers={}),
        "a byte order mark": _holding(lambda body: b"\xef\xbb\xbf" + body),
        "in UTF-16": _holding(lambda body: body.decode().encode("utf-16")),
        "in UTF-16, and says so": lambda sent: sent.typed(f"{JSON}; charset=utf-16").holding(
            sent.body.decode().encode("utf-16")
        ),
        "in UTF-32": _holding(lambda body: body.decode().encode("utf-32-le")),
        "in Latin-1": _holding(lambda body: body.decode().encode("latin-1", "replace")),
        "surrogates in UTF-8": _holding(
            lambda body: body.decode().replace("\U0001f98a", "\ud83e\udd8a").encode("utf-8", "surrogatepass")
        ),
        "garbage behind it": _holding(lambda body: body + b"garbage"),
        "NUL behind it": _holding(lambda body: body + b"\0"),
        "a second array behind it": _holding(lambda body: body + b"[]"),
        "a no-break space behind it": _holding(lambda body: body + b"\xc2\xa0"),
        "a form feed before it": _holding(lambda body: b"\f" + body),
        "a last comma": _holding(lambda body: body[:-1].rstrip() + b",]"),
        "cut": _holding(lambda body: body[:-1]),
        "cut in the middle": _holding(lambda body: body[: len(body) // 2]),
        "no body": _holding(lambda _body: b""),
        "lines": _holding(_lines),
        "lines, and says so": lambda sent: sent.typed("application/x-ndjson").holding(_lines(sent.body)),
        "between the marks of a sequence": _holding(lambda body: b"\x1e" + body + b"\n"),
        "as a call": _holding(lambda body: b"callback(%b)" % body),
        "guarded": _holding(lambda body: b")]}',\n" + body),
        "as Python writes it": _holding(lambda body: repr(json.loads(body)).encode()),
        "a comment": _holding(lambda body: b"/* logs */" + body),
        "in base64": _holding(base64.b64encode),
        "packed and not announced": _holding(gzip.compress),
        "empty answers have no body": _of_length(0, lambda _body: b""),
        "line ends within texts": _holding(lambda body: body.replace(b"  ", b"\n")),
        "single quotes": _holding(lambda body: body.replace(b'"', b"'")),
    },
    MEDIA,
)
_add(
    {
        **{
            f"under {name!r}": _holding(lambda body, name=name: b'{"%b": %b}' % (name.encode(), body))  # type: ignore[misc]
            for name in ("trace_logs", "data", "items", "results", "value")
        },
        "in another array": _holding(lambda body: b"[%b]" % body),
        "in a page": _holding(lambda body: b'{"items": %b, "total": 6, "next": null}' % body),
        "as JSON in a text": _holding(lambda body: json.dumps(body.decode()).encode()),
        "by place": _holding(lambda body: json.dumps(dict(enumerate(json.loads(body)))).encode()),
        "logs as texts": _holding(lambda body: json.dumps([json.dumps(log) for log in json.loads(body)]).encode()),
        "one log is not in an array": _of_length(1, lambda body: body.strip()[1:-1]),
        "empty answers are null": _of_length(0, lambda _body: b"null"),
        "empty answers are an object": _of_length(0, lambda _body: b"{}"),
        "empty answers are a text": _of_length(0, lambda _body: b'""'),
        "empty answers hold null": _of_length(0, lambda _body: b"[null]"),
        "empty answers hold an empty log": _of_length(0, lambda _body: b"[{}]"),
    },
    SCHEMA,
)
_add(
    {
        "the length too long": lambda sent: sent.headed("content-length", str(len(sent.body) + 1)),
        "the length too short": lambda sent: sent.headed("content-length", str(len(sent.body) - 1)),
        "announced as packed": lambda sent: sent.headed("content-encoding", "gzip"),
        "announced as deflated": lambda sent: sent.headed("content-encoding", "deflate"),
    },
    GONE,
)
_add(
    {
        f"status {status}": lambda sent, status=status: replace(sent, status=status)  # type: ignore[misc]
        for status in (201, 202, 203, 204, 206, 207, 226)
    },
    STATUS,
)
_add({"empty answers are 404": lambda sent: replace(sent, status=404) if sent.body.strip() == b"[]" else sent}, STATUS)
_add({"empty answers are 204": lambda sent: replace(sent, status=204) if sent.body.strip() == b"[]" else sent}, STATUS)


_LONG = 1000  # bytes; common servers pack nothing that is shorter


def _words(said: str | None) -> list[str]:
    return [word.partition(";")[0].strip() for word in (said or "").split(",")]


_add(
    {
        "packed, whatever is allowed": _packed_where(lambda _said: True),
        "packed where nothing is said": _packed_where(lambda said: said is None or "gzip" in _words(said)),
        "packed by the word, whatever its weight": _packed_where(lambda said: "gzip" in (said or "")),
        "packed for any coding": _packed_where(lambda said: said not in (None, "", "identity")),
        "packed where it is long": lambda sent: _packed(sent) if len(sent.body) > _LONG else sent,
        "packed for identity": _packed_where(lambda said: "identity" in (said or "")),
        "packed for `*;q=0`": _packed_where(lambda said: "*" in (said or "")),
        "deflated, whatever is allowed": _packed_where(lambda _said: True, "deflate"),
        "deflated where gzip is allowed": _packed_where(lambda said: "gzip" in _words(said) and said != "", "deflate"),
    },
    CODING,
)
_add(
    {
        "packed where it is allowed": _packed_where(
            lambda said: "gzip" in _words(said) and ";q=0" not in (said or "").replace(" ", "")
        ),
        "white space around it": _holding(lambda body: b"\r\n\t " + body + b" \n"),
        "on many lines": _dumped(indent=2),
        "without spaces": _dumped(separators=(",", ":")),
        "in ASCII": _dumped(ensure_ascii=True),
        "members in another order": _dumped(sort_keys=True, ensure_ascii=False),
        "slashes escaped": _holding(lambda body: body.replace(b"/", b"\\/")),
        "numbers with exponents": _holding(lambda body: body.replace(b": 2,", b": 20e-1,")),
        "the length as it is": lambda sent: sent.headed("content-length", str(len(sent.body))),
        "headers of its own": lambda sent: sent.headed("x-request-id", "1").headed("etag", '"x"').headed("vary", "*"),
        "a coding that is none": lambda sent: sent.headed("content-encoding", "identity"),
    }
)
