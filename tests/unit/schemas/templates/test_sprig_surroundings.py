"""What templates may know of the machine that expands them: what their caller gives, and nothing else."""

import datetime
import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from telelens_schemas.templates import Context, parse
from telelens_schemas.templates.errors import ExecutionError

HEAVY = ("cryptography", "re2", "bcrypt", "zoneinfo", "decimal", "hashlib", "ipaddress", "socket", "secrets", "uuid")
NOON = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=ZoneInfo("Asia/Tokyo"))


def expand(template: str, context: Context | None = None) -> str:
    return parse(template).execute({}, context).text


def test_reads_no_environment_but_that_of_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of this process")
    assert expand('{{ env "SECRET" }}{{ expandenv "$SECRET" }}') == ""
    assert expand('{{ env "SECRET" }}', Context(environment={"SECRET": "given"})) == "given"


def test_asks_no_name_server_unless_it_may() -> None:
    with pytest.raises(ExecutionError, match="the network is not asked here"):
        expand('{{ getHostByName "127.0.0.1" }}')
    assert expand('{{ getHostByName "127.0.0.1" }}', Context(may_use_network=True)) == "127.0.0.1"


def test_says_which_host_has_no_address() -> None:
    with pytest.raises(ExecutionError, match=r"no address for host nowhere\.invalid"):
        expand('{{ getHostByName "nowhere.invalid" }}', Context(may_use_network=True))


def test_now_is_the_callers_present_in_its_zone() -> None:
    context = Context(now=lambda: NOON)
    assert expand('{{ now | date "2006-01-02 15:04 MST" }}', context) == "2024-02-29 12:30 JST"
    assert expand('{{ dateInZone "15:04" now "UTC" }}', context) == "03:30"


def test_the_environment_says_what_is_local() -> None:
    context = Context(now=lambda: NOON, environment={"TZ": "Europe/Berlin"})
    assert expand('{{ now | date "15:04 MST" }} {{ toDate "2006" "2024" }}', context) == (
        "04:30 CET 2024-01-01 00:00:00 +0100 CET"
    )


def test_time_passes() -> None:
    context = Context(now=lambda: NOON)
    assert expand('{{ ago (now | dateModify "-90m") }} {{ now | dateModify "-26h" | durationRound }}', context) == (
        "1h30m0s 1d"
    )


def test_reading_a_template_imports_nothing_heavy() -> None:
    program = (
        "import sys, telelens_schemas.templates as templates\n"
        "templates.parse('{{ upper .x | quote }}').execute({'x': 'y'})\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_authority_signs_what_its_certificate_proves() -> None:
    made = expand(
        '{{ $ca := genCA "our-ca" 10 }}{{ $c := genSignedCert "me" (list "10.0.0.1") (list "a.b") 5 $ca }}'
        "{{ $ca.Cert }}{{ $c.Cert }}{{ $c.Key }}",
        Context(now=lambda: NOON),
    )
    authority, certificate = x509.load_pem_x509_certificates(made.encode())
    key = load_pem_private_key(made[made.index("-----BEGIN RSA") :].encode(), None)
    certificate.verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert authority.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert authority.subject.rfc4514_string() == "CN=our-ca"
    assert certificate.public_key() == key.public_key()
    assert certificate.not_valid_before_utc == NOON
    assert certificate.not_valid_after_utc - NOON == datetime.timedelta(days=5)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(each.value) for each in names] == ["a.b", "10.0.0.1"]


def test_a_certificate_for_a_given_key_is_for_that_key() -> None:
    made = expand(
        '{{ $k := genPrivateKey "ecdsa" }}{{ $c := genSelfSignedCertWithKey "me" nil nil 1 $k }}{{ $c.Cert }}{{ $k }}'
    )
    certificate = x509.load_pem_x509_certificate(made.encode())
    key = load_pem_private_key(made[made.index("-----BEGIN EC") :].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert certificate.public_key() == key.public_key()
    certificate.verify_directly_issued_by(certificate)


def test_each_uuid_and_each_password_is_another() -> None:
    assert expand(
        "{{ eq uuidv4 uuidv4 }} {{ eq (randAlphaNum 20) (randAlphaNum 20) }} {{ eq (randBytes 9) (randBytes 9) }}"
    ) == ("false false false")
