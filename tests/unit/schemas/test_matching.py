"""Patterns: what is accepted, what it means to the engine, what is refused and why; and who is in whose way."""

from __future__ import annotations

import re
import shlex
import time

import pytest
from telelens_schemas.matching import PatternError, check_match, check_pattern, quote, same_place
from telelens_schemas.matching.curl import curl_line
from telelens_schemas.matching.engine import engine_pattern
from telelens_schemas.matching.match import describe
from telelens_schemas.matching.parser import parse
from telelens_schemas.resources import HeaderMatch, Match, PathKind, PathMatch


def match(*headers: tuple[str, str], path: tuple[str, str] | None = None) -> Match:
    return Match(
        headers=tuple(HeaderMatch(name=name, regex=regex) for name, regex in headers),
        path=PathMatch(kind=PathKind(path[0]), value=path[1]) if path else None,
    )


def takes(wanted: Match | None, head: str, *, port: int = 8080) -> bool:
    """Whether the engine's pattern matches a request, by an engine whose syntax is the same so far."""
    request, *headers = head.split("\n")
    method, target = request.split(" ")
    lines = [f":port: {port}", f":method: {method}", f":path: {target}", f":bare: {target.partition('?')[0]}"]
    pattern = engine_pattern(wanted, [8080, 80]).partition(")")[2]
    assert not re.search(r"[\s\"']", pattern), "it travels as one word"
    return re.match(pattern, "\r\n".join([*lines, *headers, ""])) is not None


VALUES = (
    "",
    "a",
    "ada",
    "adam",
    "a b",
    "A",
    "a-b",
    "a.b",
    "ab12",
    "1.2.3.4",
    "12",
    "a\\b",
    'a"b',
    "a]b",
    "/x/y",
    "^a$",
)


@pytest.mark.parametrize(
    "pattern",
    [
        *("ada", "a.*", ".*", ".+", "a|b", "(ada|adam)", "ad.m?", "^ada$", "^a|b$", "a b", "[a-c]+", "[^b]*", "[^a]"),
        *(r"a\.b", r"\d+", r"\D*", r"\w+", r"\W", r"a\Wb", r"\S+", r"a\sb", r"[\w.]+", r"[\d.]+", "[]a]b?", "[^]a]+"),
        *(r"(\d{1,3}\.){3}\d{1,3}", "(?i:A)da", "a{1}", "a{0,2}d?", r"\bada\b", r"a\Bda", r"a\\b", 'a"b'),
        *(r"[a\]]+b?", r"a[\]]b", r"(?P<who>ada)m?", r"[a\-]+b", "[a-]+b", r"\x61da", r"\x{61}", r"/x/[^/]*", r"\^a\$"),
        *("a(da)?", "(?:a|ad)*m?", "", r"\Aada\z", "a*?", "x{2,}|a"),
    ],
)
def test_a_pattern_means_what_it_means_elsewhere(pattern: str) -> None:
    check_pattern(pattern)
    elsewhere = pattern.replace(r"\z", r"\Z").replace(r"\x{61}", "a")
    for value in VALUES:
        expected = re.fullmatch(elsewhere, value, re.ASCII) is not None
        assert parse(pattern).matches(value) is expected, value
        assert takes(match(("x-dev", pattern)), f"GET /\nx-dev: {value}") is expected, value


@pytest.mark.parametrize("pattern", ["[^b]*", r"\D+", r"\W*a?", r"[\s\S]*", ".*", r"[[:^alpha:]]+", "[[:space:]-]*"])
def test_no_pattern_leaves_its_header(pattern: str) -> None:
    try:
        wanted = match(("x-dev", f"a{pattern}"), ("x-other", "never"))
        found = engine_pattern(wanted, [80])
    except PatternError:
        return  # [\S] in brackets
    body = found.partition(")")[2]
    request = ":port: 80\r\n:method: GET\r\nx-dev: a-\r\nx-then: \r\nx-other: never\r\n"
    alone = body.replace("x\\x2dother", "x\\x2dthen")
    assert re.match(body, request), "both match, each in its own line"
    assert not re.match(alone, request.replace("x-then: ", "x-then: no")), "not across lines"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        *(("(a+)+", "nested"), ("(a*)*b", "nested"), ("((ab)+c?)*", "nested"), ("(a+){10}", "nested")),
        *(("(a{1,10}){1,10}", "nested"), ("(a|b+)*", "nested"), ("a**", "repetition of a repetition")),
        *(("a++", "repetition of a repetition"), ("a{2}{3}", "repetition of a repetition"), ("(", "without its )")),
        *(
            ("a)", "without its ("),
            ("[a", "[ without its ] (character 1)"),
            ("b[a-", "[ without its ] (character 2)"),
            ("a(b", "( without its ) (character 2)"),
            ("*a", "nothing to repeat"),
            ("a|*", "nothing to repeat"),
        ),
        *(("a{", "no repetition"), ("a{,3}", "no repetition"), ("{3}", "no repetition"), ("a{2000}", "2000 times")),
        *(("a{3,2}", "3,2 times"), ("a\nb", "control character"), ("a\tb", "control character"), (r"\n", "control")),
        *((r"a\x00", "not plain ASCII"), (r"\Qa.b\E", r"\Q"), (r"\C", r"\C"), (r"(a)\1", r"\1"), (r"\p{L}", r"\p")),
        *((r"\Za", r"\Z"), (r"\h", r"\h"), ("(?=a)b", "(?"), ("(?<=a)b", "(?"), ("(?<!a)b", "(?"), ("(?>a)", "(?")),
        *(("(?s).", "(?"), ("(?m)^a", "(?"), ("(?x) a", "(?"), ("(?#a)", "(?"), ("(*FAIL)", "nothing to repeat")),
        *(("a^b", "in its middle"), ("(^a)", "in its middle"), ("a$b", "before its end"), ("ü", "beyond ASCII")),
        *(("[b-a]", "end is before"), ("[[:nope:]]", "unknown class"), ("\\", "ends too early"), (r"[\S]", "brackets")),
        *((r"\b*", "no width"), ("(" * 30 + ")" * 30, "deep"), ("a" * 2000, "too long"), (r"\x4", "ends too early")),
    ],
)
def test_what_is_refused_says_why(pattern: str, said: str) -> None:
    with pytest.raises(PatternError) as caught:
        check_pattern(pattern)
    assert said in caught.value.message


@pytest.mark.parametrize("name", ["alnum", "alpha", "digit", "punct", "space", "upper", "word", "xdigit", "graph"])
def test_classes_by_name(name: str) -> None:
    inside, outside = parse(f"[[:{name}:]]"), parse(f"[[:^{name}:]]")
    assert inside.matches(inside.sample())
    assert outside.matches(outside.sample())
    assert not inside.matches(outside.sample())
    assert [inside.matches(char) for char in "aZ0_- g"] == [not outside.matches(char) for char in "aZ0_- g"]


def test_trying_a_pattern_takes_no_time() -> None:
    began = time.process_time()
    for pattern in (
        ".*" * 500,
        "(((a?){900}){900}){900}",
        "(((a{900}){900}){900}){900}",
        ".{1,300}b?" * 90,
    ):
        try:
            tree = parse(pattern)
        except PatternError:
            continue
        tree.matches("a" * 512)
        assert len(tree.sample(full=True)) < 1_000_000
    assert time.process_time() - began < 5


def test_every_condition_counts_and_the_port() -> None:
    wanted = match(("x-dev", "ada"), (":method", "GET|HEAD"), ("X-Team", "blue"), path=("prefix", "/api"))
    head = "GET /api/1?x=2\nhost: echo\nx-team: blue\nx-dev: ada"
    assert takes(wanted, head)
    assert not takes(wanted, head, port=81)
    assert not takes(wanted, head.replace("ada", "bob"))
    assert not takes(wanted, head.replace("GET", "POST"))
    assert not takes(wanted, head.replace("/api", "/app"))
    assert not takes(wanted, head.replace("x-team", "x-tea"))
    assert takes(None, head)


def test_any_of_several_headers_of_one_name() -> None:
    assert takes(match(("x-dev", "ada")), "GET /\nx-dev: bob\nx-dev: ada")
    assert not takes(match(("x-dev", "ada")), "GET /\nx-dev: bob, ada")


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        (("equal", "/a"), "/a", True),
        (("equal", "/a"), "/a?b=1", True),
        (("equal", "/a"), "/a/", False),
        (("equal", "/a.b"), "/axb", False),
        (("prefix", "/a"), "/ab?c", True),
        (("prefix", "/a"), "/b?/a", False),
        (("regex", "/a[0-9]+"), "/a12?x", True),
        (("regex", ".*x"), "/a?x", False),
    ],
)
def test_a_path_has_no_query(path: tuple[str, str], target: str, expected: bool) -> None:
    assert takes(match(path=path), f"GET {target}") is expected


def test_pseudo_headers() -> None:
    assert takes(match((":path", ".*b=1")), "GET /a?b=1"), "the query belongs to it"
    assert takes(match((":authority", "echo")), "GET /\nhost: echo")


@pytest.mark.parametrize(
    "wrong",
    [
        match(("x dev", "a")),
        match(("", "a")),
        match((":scheme", "http")),
        match(("x-dev", "(")),
        match(("x-dév", "a")),
        match(path=("equal", "a")),
        match(path=("prefix", "/a?b")),
        match(path=("equal", "/a b")),
        match(path=("equal", "/a\n")),
        match(path=("regex", "/(a+)+")),
        match(path=("regex", "api/.*")),
        match((":path", "[a-z]+(/x)?")),
        match(("X-Telepresence-Intercept-Id", "u.*")),
        match(("x-telepresence-intercept-id", "u:a|u:b")),
        match(("x-telepresence-intercept-id", "(?i)u")),
    ],
)
def test_what_cannot_be_matched_is_named(wrong: Match) -> None:
    with pytest.raises(PatternError):
        check_match(wrong)


def test_a_quoted_text_matches_itself_alone() -> None:
    text = "0b9f:echo.x (1)* [2]"
    assert parse(quote(text)).sample() == text
    assert takes(match(("x", quote(text))), f"GET /\nx: {text}")
    assert not takes(match(("x", quote(text))), f"GET /\nx: {text.replace('.', 'y')}")


ADA, BLUE = ("x-dev", "ada"), ("x-team", "blue")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, match(ADA), True),
        (None, None, True),
        (match(), match(path=("equal", "/a")), True),
        (match(ADA), match(ADA), True),
        (match(ADA), match(("X-Dev", "ada")), True),
        (match(ADA), match(ADA, BLUE), True),
        (match(ADA), match(BLUE), False),
        (match(ADA), match(("x-dev", "grace")), False),
        (match(ADA, path=("equal", "/a")), match(ADA), False),
        (match(ADA, path=("equal", "/a")), match(ADA, BLUE, path=("equal", "/a")), True),
        (match(ADA, path=("equal", "/a")), match(ADA, path=("prefix", "/a")), False),
        (match(path=("equal", "/a")), match(path=("equal", "/a")), True),
        (match(path=("equal", "/a")), match(path=("equal", "/b")), False),
        *((match((":path", one)), match(ADA), True) for one in (".*", "/.*", ".+", "(?:/.*|.*)", r"\S+", ".{1,}")),
        *((match(path=("regex", one)), match(ADA), True) for one in (".*", "/[^ ]*")),
        (match(path=("prefix", "/")), match(ADA), True),
        (match((":method", ".*"), ADA), match(ADA, BLUE), True),
        *((match((":path", one)), match(ADA), False) for one in ("/a.*", "/[a-z/]*", "/..*", "[^?]*")),
        (match(("x-dev", ".*")), match(ADA), False),
        (match(("host", ".*")), match(ADA), True),
        (match(("Host", "a")), match((":authority", "a")), True),
    ],
)
def test_who_is_in_whose_way(one: Match | None, other: Match | None, expected: bool) -> None:
    assert same_place(one, other) is expected
    assert same_place(other, one) is expected


@pytest.mark.parametrize(
    "wanted",
    [
        match(("x-dev", "ada|grace")),
        match(("x-dev", r"[^a]b{2}\d+"), (":method", "POST"), ("X-Quote", "a'b\"c")),
        match(path=("regex", "/api/v[0-9]+/.*")),
        match((":path", "/a\\?b=1"), (":authority", "echo")),
        match(path=("prefix", "/api")),
        None,
        match(("x-dev", ".*"), ("x-none", ""), ("x-digit", "[[:^digit:]]{2}")),
        match((":path", ".api"), ("x-far", r"[^a-zA-Z0-9/._~:-]")),
        match(path=("regex", r"/\[a\]/\.\./(b|c)")),
        match(("host", "echo.*"), (":authority", "echo[.]x")),
        match((":method", "POST"), ("x-dev", "(|ada)"), path=("regex", "(api|/x)")),
        match((":path", r"/a\?b=.*"), path=("equal", "/a")),
        match((":method", "HEAD")),
    ],
)
def test_the_curl_line_matches(wanted: Match | None) -> None:
    words = shlex.split(curl_line(wanted, host="echo.default", port=80))
    assert words[0] == "curl"
    method = words[words.index("-X") + 1] if "-X" in words else "HEAD" if "-I" in words else "GET"
    headers = [words[index + 1].lower() for index, word in enumerate(words) if word == "-H"]
    headers = [f"{one[:-1]}: " if one.endswith(";") else one for one in headers]
    path = words[-1].removeprefix("http://echo.default:80")
    assert takes(wanted, "\n".join([f"{method} {path}", *headers]))


def test_the_curl_line_is_sent_as_it_is_written() -> None:
    line = curl_line(match(("x-any", ".*"), ("x-none", ""), path=("equal", "/[a]/../{b}")), host="h", port=1)
    assert line == "curl -H 'x-any: a' -H 'x-none;' -g --path-as-is 'http://h:1/[a]/../{b}'"


@pytest.mark.parametrize(
    "wanted",
    [
        match(("host", "a"), (":authority", "b")),
        match((":authority", "")),
        match(("x-dev", " a")),
        match((":path", "/a"), path=("equal", "/b")),
        match((":path", "/a#b")),
        match(("x-dev", "(((a{900}){900}){900}){900}")),
    ],
)
def test_no_curl_line_is_better_than_one_that_does_not_match(wanted: Match) -> None:
    assert curl_line(wanted, host="echo", port=80) == ""


def test_conditions_are_told_as_users_know_them() -> None:
    assert describe(match(ADA, path=("prefix", "/api"))) == (
        'header("x-dev") ~= regexp("ada")',
        'path has prefix "/api"',
    )
    assert describe(match(("x", 'a"b'))) == (r'header("x") ~= regexp("a\"b")',)
