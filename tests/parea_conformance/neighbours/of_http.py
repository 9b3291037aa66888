"""Tokens outside of the body: method, path, query, key, media type, and headers that servers give a meaning to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from parea_conformance.classes.changes import CHANGES, changed, in_path
from parea_conformance.http.request import KEY, Request, changed_key, padded
from parea_conformance.neighbours.tokens import Asking, Neighbour, Place, Places
from parea_conformance.reading.request import REGISTERED

_WORD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What a header can hold, and a client sends as it stands.
_VALUE = re.compile(r"[!-~\x80-\U0010ffff](?:[ \t!-~\x80-\U0010ffff]*[!-~\x80-\U0010ffff])?")


def _is_word(text: str) -> bool:
    return _WORD.fullmatch(text) is not None


def _is_value(text: str) -> bool:
    return not text or _VALUE.fullmatch(text) is not None


def method(asking: Asking) -> Places:
    """The method: the others that the contract names, and changes of its own."""
    ask = asking.request
    names = {f"{name} in its place": name for name in REGISTERED if name != ask.method}
    names |= {change.name: made for change, made in changed(ask.method, keep=_is_word)}
    # curl, and many a proxy, know no HEAD with a body.
    requests = {how: replace(ask, method=name, body=b"" if name == "HEAD" else ask.body) for how, name in names.items()}
    yield Place(asking, "method", ask.method, asking.base).requests(requests)


def segment(asking: Asking) -> Places:
    """Each fixed segment of the path."""
    parts, [here] = asking.request.path.split("/"), _experiments(asking)
    for place in range(1, len(parts)):
        if place == here:
            continue
        for same in (True, False):
            # What is the segment but for case and escapes, the octets tell apart.
            made = {
                change.name: _with(asking.request, place, in_path(text))
                for change, text in changed(parts[place])
                if (unquote(text).lower() == parts[place].lower()) is same and "/" not in text
            }
            requirement = "http.path-octets" if same else ""
            yield Place(asking, "segment of the path", parts[place], asking.base, requirement).requests(made)


def _experiments(asking: Asking) -> list[int]:
    """Where in the path the experiment stands."""
    return [place for place, part in enumerate(asking.contract.path.split("/")) if part == "{experiment_uuid}"]


def _with(request: Request, place: int, *new: str) -> Request:
    """The request with other segments in the place of one."""
    parts = request.path.split("/")
    return replace(request, path="/".join([*parts[:place], *new, *parts[place + 1 :]]))


def experiment(asking: Asking) -> Places:
    """The experiment's segment of the path."""
    [place], name = _experiments(asking), asking.experiment
    made = {
        change.name: _with(asking.request, place, in_path(text))
        for change, text in changed(name, CHANGES)
        if text not in ("", ".", "..")
    }
    yield Place(asking, "experiment", name, asking.base).requests(made)


def octets(asking: Asking) -> Places:
    """The octets of the path: its escapes, its slashes, what is added at the end of a segment."""
    for place, part in enumerate(asking.request.path.split("/")):
        if not part:
            continue
        first, last = f"{ord(part[0]):02X}", f"{ord(part[-1]):02x}"
        made: dict[str, tuple[str, ...]] = {
            "a percent escape": (f"%{first}{part[1:]}",),
            "a percent escape in lower case": (f"{part[:-1]}%{last}",),
            "a percent escape, twice": (f"%25{first}{part[1:]}",),
            "an empty segment before": ("", part),
            "an escaped slash before": (f"%2F{part}",),
            "an escaped slash after": (f"{part}%2Fx",),
            "a dot segment before": (".", part),
            "two dot segments before": ("x", "..", part),
            "an escaped dot segment before": ("%2e", part),
            "two escaped dot segments before": ("x", "%2e%2e", part),
            "a backslash after": (f"{part}%5C",),
            "a parameter": (f"{part};v=1",),
            "an empty parameter": (f"{part};",),
            "a broken escape": (f"{part}%zz",),
            "an escape cut off": (f"{part}%4",),
            "NUL": (f"{part}%00",),
            "an octet that is not UTF-8": (f"{part}%FF",),
            "a plus": (f"{part}+",),
        }
        requests = {change: _with(asking.request, place, *new) for change, new in made.items()}
        if place > 1:
            before = asking.request.path.split("/")[place - 1]
            requests["a backslash in the place of a slash"] = replace(
                asking.request, path=asking.request.path.replace(f"/{before}/{part}", f"/{before}%5C{part}", 1)
            )
        yield Place(asking, "octets of the path", part, asking.base, "http.path-octets").requests(requests)


def target(asking: Asking) -> Places:
    """The target as a whole: its ends, and its absolute form."""
    ask, path = asking.request, asking.request.path
    ends = {
        "a slash after": f"{path}/",
        "an escaped slash after": f"{path}%2F",
        "a dot segment after": f"{path}/.",
        "an extension after": f"{path}.json",
        "a slash before": f"/{path}",
        "upper case": path.upper(),
    }
    others = {"a segment more": f"{path}/x", "a segment less": path.rsplit("/", 1)[0], "the root": "/"}
    for requirement, paths in (("http.path-octets", ends), ("http.path", others)):
        requests = {change: replace(ask, path=new) for change, new in paths.items()}
        yield Place(asking, "target", path, asking.base, requirement).requests(requests)
    absolute = {"in absolute form": replace(ask, absolute=True)}
    yield Place(asking, "target", path, asking.base, "http.absolute-form").requests(absolute)


def query(asking: Asking) -> Places:
    """A query: members of the body, names by which servers are told something, and what is not one at all."""
    ask = asking.request
    members = [f"{name}=x" for name in (*asking.contract.body_members, asking.contract.key_header)]
    for requirement, texts in (("http.query", [*members, *_QUERIES]), ("http.method-override", _METHODS)):
        requests = {f"?{text[:40]}": replace(ask, path=f"{ask.path}?{text}") for text in texts}
        yield Place(asking, "query", "", asking.base, requirement).requests(requests)


_QUERIES = (
    "limit=1", "page=2", "offset=1", "format=xml", "callback=x", "fields=x", "$filter=x", "debug=true", "pretty",
    "", "=", "&&", "a=1&a=2", "a[]=1", "%zz", "%00=1", "?", "x=" + "y" * 2000,
)  # fmt: skip
_METHODS = ("_method=GET", "method=GET")


def key(asking: Asking) -> Places:
    """The key: nothing but itself, and not its beginning, nor itself with something around it."""
    made = {change.name: changed_key(change) for change in CHANGES if change.shell}
    made |= {
        "empty": "",
        "Bearer before": f"Bearer {KEY}",
        "Basic before": f"Basic {KEY}",
        "a name before": f"key={KEY}",
    }
    made |= {f"{name} in its place": name for name in ("nicht-der-schlüssel", "null", "true", "1", "*")}
    requests: dict[str, Request] = {change: replace(asking.request, key=template) for change, template in made.items()}
    yield Place(asking, "key", "", asking.base).requests({**requests, "none": replace(asking.request, key=None)})


def key_header(asking: Asking) -> Places:
    """The name of the key's header: any case of it, and no other name."""
    name = asking.contract.key_header
    names = {change.name: made for change, made in changed(name, keep=_is_word)} | {"title case": name.title()}
    for same, requirement in ((True, "auth.header-case"), (False, "auth.one-place")):
        requests = {
            how: replace(asking.request, key_header=made)
            for how, made in names.items()
            if (made.lower() == name.lower()) is same
        }
        yield Place(asking, "name of the key's header", name, asking.base, requirement).requests(requests)


def place_of_key(asking: Asking) -> Places:
    """The key in another place than its header, where it must not count."""
    ask, name = replace(asking.request, key=None, filled=True), asking.contract.key_header
    words = dict.fromkeys(
        [name, name.replace("-", "_"), "api_key", "apikey", "key", "token", "access_token", "session"]
    )
    made = {f"as {word} in the query": replace(ask, path=f"{ask.path}?{word}={KEY}") for word in words}
    made |= {f"as {word} in a cookie": replace(ask, headers=(("cookie", f"{word}={KEY}"),)) for word in words}
    for scheme in ("Bearer ", "Basic ", "ApiKey ", "Token ", ""):
        made[f"in authorization: {scheme}"] = replace(ask, headers=(("authorization", f"{scheme}{KEY}"),))
    made |= {f"in {header}": replace(ask, headers=((header, KEY),)) for header in _KEY_HEADERS}
    made["in the body"] = replace(ask, body=ask.body[:-1] + f', "{name}": "{KEY}"}}'.encode())
    yield Place(asking, "place of the key", name, asking.base, "auth.one-place").requests(made)


_KEY_HEADERS = (
    "proxy-authorization", "x-auth-token", "x-access-token", "x-amz-security-token", "api-key", "apikey",
    "ocp-apim-subscription-key", "x-forwarded-x-api-key", "x-original-x-api-key",
)  # fmt: skip


def size(asking: Asking) -> Places:
    """The size of the body: as large as it may be, larger, more than servers in front take; its length told or not."""
    ask, most = asking.request, asking.contract.max_bytes
    made = {f"{number} bytes": padded(ask, number) for number in (most, most + 1, 4 * most, 20 * most)}
    requests = {**made, **{f"{how} in chunks": replace(each, chunked=True) for how, each in made.items()}}
    requests["in chunks"] = replace(ask, chunked=True)
    yield Place(asking, "size of the body", str(len(ask.body)), asking.base, "http.size").requests(requests)


def media_type(asking: Asking) -> Places:
    """The media type: its two halves, and other types that hold JSON or forms."""
    whole = asking.request.content_type or ""
    half, _, other = whole.partition("/")
    for text, template in ((whole, "{}"), (half, f"{{}}/{other}"), (other, f"{half}/{{}}")):
        spelled = {change.name: template.format(made) for change, made in changed(text, keep=_is_value)}
        for same, requirement in ((True, "http.media-type-parameter"), (False, "")):
            made = {how: text for how, text in spelled.items() if (text.lower() == whole.lower()) is same}
            yield _media(asking, made, requirement)
    yield _media(asking, {f"{name} in its place": name for name in _TYPES})
    none = {"none": replace(asking.request, content_type=None)}
    yield Place(asking, "media type", whole, asking.base).requests(none)


_TYPES = (
    "text/plain", "text/json", "*/*", "application/*", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "application/xml", "application/problem+json", "application/vnd.api+json",
    "application/ld+json", "application/x-json", "application/json5", "application/x-ndjson",
    "application/json-patch+json",
)  # fmt: skip


def parameter(asking: Asking) -> Places:
    """Parameters of the media type, which must be ignored."""
    whole = asking.request.content_type or ""
    made = {text: f"{whole}; {text}" for text in _PARAMETERS}
    made |= {"without a space": f"{whole};charset=utf-8", "a space before": f"{whole} ; x=y", "none": f"{whole};"}
    yield _media(asking, made, "http.media-type-parameter")


_PARAMETERS = (
    "charset=utf-8", "charset=UTF-8", 'charset="utf-8"', "charset=utf8", "charset=iso-8859-1", "charset=utf-16",
    "charset=us-ascii", "charset=x-none", "version=1", "odata=verbose", "q=0", 'x="a;b"', "charset=utf-8; x=y",
)  # fmt: skip


def _media(asking: Asking, made: Mapping[str, str], requirement: str = "") -> Sequence[Neighbour]:
    requests = {change: replace(asking.request, content_type=text) for change, text in made.items()}
    return Place(asking, "media type", asking.request.content_type or "", asking.base, requirement).requests(requests)


# Headers that servers give a meaning to, which the contract takes away, by the requirement that says so.
_HEADERS: dict[str, dict[str, Sequence[str]]] = {
    "http.method-override": {
        "x-http-method-override": ("GET", "DELETE", "PUT"),
        "x-http-method": ("GET", "DELETE"),
        "x-method-override": ("GET", "DELETE"),
        "x-original-method": ("GET",),
        "x-original-url": ("/", "/admin"),
        "x-rewrite-url": ("/",),
        "x-forwarded-prefix": ("/api",),
        "x-forwarded-uri": ("/",),
    },
    "http.accept": {
        "accept": ("text/html", "application/xml", "application/json;q=0", "application/json; version=2",
                   "text/event-stream", "application/x-ndjson", "image/*", "nonsense"),
        "accept-charset": ("iso-8859-1", "utf-16", "*;q=0"),
        "accept-language": ("xx", "*;q=0"),
        "expect": ("100-continue",),
    },
    "http.conditional": {
        "range": ("bytes=0-0", "bytes=5-", "bytes=999999999-", "items=0-1"),
        "if-range": ('"x"',),
        "if-match": ('"x"', "*"),
        "if-none-match": ("*", '"x"'),
        "if-modified-since": ("Fri, 31 Dec 2100 23:59:59 GMT",),
        "if-unmodified-since": ("Thu, 01 Jan 1970 00:00:00 GMT",),
    },
    "body.accepted": {
        "origin": ("https://example.com", "null"),
        "referer": ("https://example.com/",),
        "cookie": ("a=b", "=", "session=x", "x=" + "y" * 12_000),
        "x-forwarded-for": ("127.0.0.1", "unknown"),
        "x-forwarded-host": ("example.com",),
        "x-forwarded-proto": ("https",),
        "forwarded": ("for=127.0.0.1;proto=https;host=example.com",),
        "prefer": ("return=minimal", "respond-async"),
        "cache-control": ("no-cache",),
        "pragma": ("no-cache",),
        "x-requested-with": ("XMLHttpRequest",),
        "x-request-id": ("x", "y" * 300),
        "traceparent": ("nonsense",),
        "te": ("trailers",),
        "authorization": ("Bearer x", "Basic eDp4"),
        "user-agent": ("x",),
    },
}  # fmt: skip


def header(asking: Asking) -> Places:
    """Headers that servers give a meaning to: with each the answer must be what it is without."""
    for requirement, table in _HEADERS.items():
        requests = {
            f"{name}: {value[:60]}": replace(asking.request, headers=((name, value),))
            for name, values in table.items()
            for value in values
        }
        yield Place(asking, "header", "", asking.base, requirement).requests(requests)
