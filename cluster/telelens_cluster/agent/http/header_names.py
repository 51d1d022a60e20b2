"""How the names of headers are written by those who write them with capitals.

HAProxy keeps names in lower case (as HTTP/2 does) and gives capitals back by a table. They mean the same to HTTP, but
not to every program. A name that is not here arrives in lower case.
"""

from __future__ import annotations

from typing import Final

_LIKE_TITLES: Final = """
accept accept-ch accept-charset accept-datetime accept-encoding accept-language accept-patch accept-post accept-ranges
access-control-allow-credentials access-control-allow-headers access-control-allow-methods access-control-allow-origin
access-control-expose-headers access-control-max-age access-control-request-headers access-control-request-method
age allow alt-svc alt-used authorization baggage cache-control cdn-loop clear-site-data connection content-disposition
content-encoding content-language content-length content-location content-range content-security-policy
content-security-policy-report-only content-type cookie cross-origin-embedder-policy cross-origin-opener-policy
cross-origin-resource-policy date deprecation depth destination device-memory digest downlink early-data ect expect
expect-ct expires forwarded from grpc-encoding grpc-message grpc-metadata grpc-status grpc-timeout host
idempotency-key if if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive last-event-id
last-modified link location lock-token max-forwards mime-version origin overwrite permissions-policy pragma prefer
preference-applied priority proxy-authenticate proxy-authorization proxy-connection range ratelimit-limit
ratelimit-remaining ratelimit-reset referer referrer-policy refresh report-to retry-after rtt save-data
sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc
server server-timing service-worker-allowed set-cookie soapaction sourcemap status strict-transport-security
sunset timeout timing-allow-origin traceparent tracestate trailer transfer-encoding upgrade upgrade-insecure-requests
user-agent vary via viewport-width want-digest warning
x-accel-buffering x-amz-cf-id x-amz-date x-amz-security-token x-amzn-trace-id x-api-key x-api-version x-auth-token
x-b3-flags x-b3-parentspanid x-b3-sampled x-b3-spanid x-b3-traceid x-cache x-client-id x-client-ip
x-client-version x-cloud-trace-context x-content-type-options x-correlation-id x-csrf-token x-csrftoken
x-datadog-parent-id x-datadog-sampling-priority x-datadog-trace-id x-debug x-dev x-developer x-device-id
x-download-options x-envoy-attempt-count x-envoy-expected-rq-timeout-ms x-envoy-external-address
x-envoy-upstream-service-time x-forwarded-by x-forwarded-client-cert x-forwarded-for x-forwarded-host
x-forwarded-path x-forwarded-port x-forwarded-prefix x-forwarded-proto x-forwarded-scheme x-forwarded-server
x-forwarded-uri x-forwarded-user x-frame-options x-github-delivery x-github-event x-hub-signature
x-http-method-override x-id x-name x-organization-id x-original-forwarded-for x-original-host x-original-uri
x-originating-ip x-permitted-cross-domain-policies x-powered-by x-project-id x-rate-limit-limit
x-rate-limit-remaining x-rate-limit-reset x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset x-real-ip
x-request-id x-request-start x-requested-with x-response-time x-robots-tag x-runtime x-scheme x-session-id
x-signature x-source x-span-id x-telepresence-intercept-id x-tenant x-tenant-id x-timestamp x-token x-total-count
x-trace x-trace-id x-tracking-id x-transaction-id x-user x-user-agent x-user-email x-user-id x-username x-version
x-who x-webhook-signature
"""
_OTHERWISE: Final = (
    *("A-IM", "DNT", "DPR", "ETag", "HTTP2-Settings", "IM", "NEL", "P3P", "TE", "WWW-Authenticate", "SourceMap"),
    *("Content-MD5", "SOAPAction", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-GPC", "ECT", "RTT"),
    *("Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol"),
    *("Sec-WebSocket-Version", "X-B3-ParentSpanId", "X-B3-SpanId", "X-B3-TraceId", "X-CSRF-Token", "X-CSRFToken"),
    *("X-DNS-Prefetch-Control", "X-Device-ID", "X-GitHub-Delivery", "X-GitHub-Event", "X-HTTP-Method-Override"),
    *("X-ID", "X-Real-IP", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-ID"),
    *("X-UA-Compatible", "X-XSS-Protection"),
)

_WORDS: Final = """
account api app auth bar build call caller case checksum client cluster code context count custom customer data debug
dev device env environment event experiment feature flag foo group header host id info intercept internal key kind lab
language level locale message mixed mode my name namespace new node number order org origin owner page partner payload
platform pod preview product project proxy query reason region release request response role route run sandbox scope
secret sender sequence service session shop signature site size source stage state status step sum tag target team
tenant test text time token trace type upstream url user uuid value version view web who workspace zone
"""
_SECOND_WORDS: Final = """
case code context data env flag group header host id info key mode name role secret source target test token trace type
user value version
"""
"""What people make their own names of: X-Team, X-Test-Header."""


def spelled() -> dict[str, str]:
    """Name in lower case → with its capitals."""
    words = _WORDS.split()
    own = [f"x-{word}" for word in words] + [f"x-{one}-{other}" for one in words for other in _SECOND_WORDS.split()]
    titled = {name: name.title() for name in (*own, *_LIKE_TITLES.split())}
    return titled | {name.lower(): name for name in _OTHERWISE}


def without_capitals(answer: bytes) -> bool | None:
    """Whether an answer's names have none, by its head; None where it has no names, or is none of HTTP/1."""
    if not answer.startswith(b"HTTP/1"):
        return None
    head, _, _ = answer.partition(b"\r\n\r\n")
    names = b"".join(line.partition(b":")[0] for line in head.split(b"\r\n")[1:])
    return names == names.lower() if names else None


def case_table() -> str:
    """The file that ``h1-case-adjust-file`` reads."""
    return "".join(f"{lower} {written}\n" for lower, written in sorted(spelled().items()))
