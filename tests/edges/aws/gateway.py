"""Events as API Gateway's HTTP API (payload version 2.0) hands them to a function."""

import base64
from typing import Any

from interactions.endpoint import PATH
from tests.support.signed import Signed


def event_of(signed: Signed, *, path: str = PATH, as_base64: bool = False) -> dict[str, Any]:
    """Build the event of one POST (AWS: "Working with AWS Lambda proxy integrations for HTTP APIs")."""
    body = base64.b64encode(signed.body).decode() if as_base64 else signed.body.decode()
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers_of(signed)
        | {
            "accept-encoding": "gzip",
            "content-length": str(len(signed.body)),
            "host": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
            "user-agent": "Discord-Interactions/1.0 (+https://discord.com)",
            "x-amzn-trace-id": "Root=1-66f00000-000000000000000000000000",
            "x-forwarded-for": "35.196.132.85",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "35.196.132.85",
                "userAgent": "Discord-Interactions/1.0 (+https://discord.com)",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"POST {path}",
            "stage": "$default",
            "time": "10/Mar/2026:05:16:23 +0000",
            "timeEpoch": 1773119783000,
        },
        "body": body,
        "isBase64Encoded": as_base64,
    }


def headers_of(signed: Signed) -> dict[str, str]:
    """Give the headers Discord sends that mean something to us."""
    return {
        "content-type": "application/json",
        "x-signature-ed25519": signed.signature,
        "x-signature-timestamp": signed.timestamp,
    }
