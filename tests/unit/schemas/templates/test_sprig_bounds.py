"""Functions charge what they make before they make it: no template takes the machine's memory or keeps it busy."""

import time

import pytest
from telelens_schemas.templates import Context, parse
from telelens_schemas.templates.errors import LimitError
from telelens_schemas.templates.limits import Limits

CONTEXT = Context(limits=Limits(seconds=1))
AMPLE = 10
"""Seconds: the clock is looked at between steps, and the machine may be busy."""

TOO_LARGE = [
    '{{ repeat 1000000000 "x" }}',
    "{{ until 1000000000 }}",
    "{{ untilStep 0 1000000000 1 }}",
    "{{ seq 1000000000 }}",
    '{{ indent 1000000000 "x" }}',
    r'{{ repeat 100000 "\n" | indent 10000 }}',
    '{{ nindent 1000000000 "x" }}',
    '{{ $s := repeat 100000 "x" }}{{ replace "x" $s $s }}',
    '{{ $s := repeat 100000 "x" }}{{ replace "" $s $s }}',
    '{{ $s := repeat 100000 "x" }}{{ regexReplaceAll "x" $s $s }}',
    '{{ $s := repeat 100000 "x" }}{{ regexReplaceAllLiteral "" $s $s }}',
    '{{ $s := repeat 100000 "x" }}{{ wrapWith 1 $s $s }}',
    '{{ $s := repeat 100000 "x" }}{{ join $s (splitList "" $s) }}',
    "{{ randAlphaNum 1000000000 }}",
    "{{ randBytes 1000000000 }}",
    '{{ splitList "" (repeat 10000000 "a") | len }}',
    '{{ repeat 30000000 "x" | b64enc | b64enc | len }}',
    '{{ encryptAES "x" (repeat 40000000 "a") | len }}',
    '{{ urlJoin (dict "path" (repeat 10000000 "é")) | len }}',
    '{{ date (repeat 1000000 "January") 0 | len }}',
    "{{ $l := list }}{{ range until 100000 }}{{ $l = append $l . }}{{ end }}",
    "{{ $l := list 1 }}{{ range until 40 }}{{ $l = concat $l $l }}{{ end }}",
    '{{ $s := "x" }}{{ range until 40 }}{{ $s = cat $s $s }}{{ end }}',
]
TOO_DEEP = [
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toJson $d }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toPrettyJson $d }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toString $d }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ deepCopy $d }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $e := dict }}{{ $_ := set $e "a" $e }}{{ deepEqual $d $e }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $e := dict }}{{ $_ := set $e "a" $e }}{{ merge $d $e }}',
    '{{ fromJson (repeat 1000000 "[") }}',
]
TOO_LONG = [
    '{{ range until 100000 }}{{ genPrivateKey "ecdsa" }}{{ end }}',
    '{{ range until 100000 }}{{ bcrypt "x" }}{{ end }}',
    '{{ range until 100000 }}{{ derivePassword 1 "pin" "a" "b" "c" }}{{ end }}',
    '{{ range until 100000 }}{{ genCA "x" 1 }}{{ end }}',
    "{{ until 20000 | uniq | len }}",
    "{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l }}{{ end }}{{ toJson $l }}",
    "{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l }}{{ end }}{{ deepCopy $l | len }}",
    "{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l }}{{ end }}{{ deepEqual $l (deepCopy $l) }}",
    '{{ regexMatch (repeat 30000 "a?") (repeat 30000 "a") }}',
    '{{ regexReplaceAll (repeat 5000 "(a)") (repeat 30000 "a") "$1" | len }}',
    '{{ regexFindAll "" (repeat 3000000 "x") -1 | len }}',
    '{{ toDate (repeat 1000000 "2") (repeat 1000000 "1") }}',
    '{{ durationRound (repeat 1000000 "1s") }}',
    '{{ expandenv (repeat 3000000 "$A") }}',
    '{{ urlParse (print "http://" (repeat 1000000 "%41")) }}',
    '{{ upper (repeat 10000000 "é") | len }}',
    '{{ camelcase (repeat 10000000 "_") | len }}',
    '{{ $s := "x" }}{{ range until 40 }}{{ $s = quote $s $s }}{{ end }}',
    '{{ clean (repeat 10000000 "a/../") }}',
    '{{ semver (print "1.2.3-" (repeat 1000000 "a.") "_") }}',
    '{{ $s := repeat 6000000 "x" }}{{ range until 100000 }}{{ $x := sha512sum $s }}{{ end }}',
]


@pytest.mark.parametrize(
    ("template", "limits"),
    [(template, {"memory"}) for template in TOO_LARGE]
    + [(template, {"depth"}) for template in TOO_DEEP]
    + [(template, {"time", "steps", "memory"}) for template in TOO_LONG],
    ids=[*TOO_LARGE, *TOO_DEEP, *TOO_LONG],
)
def test_ends_with_an_error_that_names_the_bound(template: str, limits: set[str]) -> None:
    started = time.monotonic()
    with pytest.raises(LimitError) as caught:
        parse(template).execute(None, CONTEXT)
    assert caught.value.limit in limits
    assert time.monotonic() - started < AMPLE


@pytest.mark.parametrize("pattern", ["(x+x+)+y", "(a|a)*b", "(.*)*$", "(x)" * 2000])
def test_no_pattern_is_slow(pattern: str) -> None:
    started = time.monotonic()
    parse(f'{{{{ regexMatch "{pattern}" (repeat 30000 "x") }}}}').execute(None, CONTEXT)
    assert time.monotonic() - started < AMPLE


@pytest.mark.parametrize(
    "template",
    [
        '{{ dateInZone "2006" 9223372036854775807 "Europe/Berlin" }} {{ date "2006" -9223372036854775808 }}',
        '{{ (toDate "2006" "2024").AddDate 1000000000000 0 0 }}',
        "{{ round 1e308 308 }} {{ round 1 9223372036854775807 }} {{ round 1 -9223372036854775808 }}",
        '{{ wrap 9223372036854775807 "x y" }} {{ abbrevboth 9223372036854775807 9223372036854775807 "x" }}',
        "{{ chunk 9223372036854775807 (list 1) }} {{ untilStep 0 9223372036854775807 9223372036854775806 }}",
    ],
)
def test_huge_numbers_do_no_harm(template: str) -> None:
    assert parse(template).execute(None, CONTEXT).text
