"""A Stripe to talk to over HTTP on 127.0.0.1: what the site uses of it, with its idempotency.

A request with a key that was used before gets the first answer again; with other words it is
refused, as Stripe does. `pay` plays the person who pays, and signs the notice with the library.
"""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import stripe

SECRET = "whsec_of_the_test_suite"
KEY = "sk_test_of_the_test_suite"


@dataclass
class FakeStripe:
    """`requests` are (method, path, fields, idempotency key); `answers` are given instead."""

    url: str = ""
    requests: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    seen: dict[str, tuple[dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    refund_status: str = "succeeded"
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # --- What the site asks for ------------------------------------------------------------------

    def answer(self, method: str, path: str, fields: dict[str, str], key: str) -> tuple[int, Any]:
        self.requests.append((method, path, fields, key))
        if self.answers:
            return self.answers.pop(0)
        if key and key in self.seen:
            before, answer = self.seen[key]
            return (200, answer) if before == fields else (400, error("idempotency_error"))
        status, answer = self.act(method, path, fields)
        if key and status == 200:
            self.seen[key] = (fields, answer)
        return status, answer

    def act(self, method: str, path: str, fields: dict[str, str]) -> tuple[int, Any]:
        name = path.removeprefix("/v1/checkout/sessions").strip("/")
        if path == "/v1/checkout/sessions" and method == "POST":
            return 200, self.new_session(fields)
        if path == "/v1/refunds":
            return self.new_refund(fields)
        if path.startswith("/v1/refunds?"):
            return 200, {"object": "list", "data": [*self.refunds.values()], "has_more": False}
        if path.startswith("/v1/refunds/"):
            return 200, self.refunds[path.removeprefix("/v1/refunds/")]
        if name.endswith("/expire"):
            session = self.sessions[name.removesuffix("/expire")]
            if session["status"] != "open":
                return 400, error("resource_already_closed")
            session |= {"status": "expired", "url": None}
            return 200, session
        return (200, self.sessions[name]) if name in self.sessions else (404, error("missing"))

    def new_session(self, fields: dict[str, str]) -> dict[str, Any]:
        number = next(self.numbers)
        session = {
            "id": f"cs_test_{number}",
            "object": "checkout.session",
            "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": int(fields["line_items[0][price_data][unit_amount]"]),
            "currency": fields["line_items[0][price_data][currency]"],
            "client_reference_id": fields["client_reference_id"],
            "metadata": {"key": fields["metadata[key]"]},
            "expires_at": int(fields["expires_at"]),
        }
        self.sessions[session["id"]] = session
        return session

    def new_refund(self, fields: dict[str, str]) -> tuple[int, Any]:
        intent, amount = fields["payment_intent"], int(fields["amount"])
        (session,) = [s for s in self.sessions.values() if s["payment_intent"] == intent]
        given = sum(r["amount"] for r in self.refunds.values() if r["payment_intent"] == intent)
        if given + amount > session["amount_total"]:
            return 400, error("charge_already_refunded")
        refund = {
            "id": f"re_test_{next(self.numbers)}",
            "object": "refund",
            "amount": amount,
            "currency": session["currency"],
            "payment_intent": intent,
            "status": self.refund_status,
            "metadata": {"key": fields["metadata[key]"]},
        }
        self.refunds[refund["id"]] = refund
        return 200, refund

    # --- What people do at Stripe ----------------------------------------------------------------

    def pay(self, reference: str, **changes: Any) -> dict[str, Any]:
        """The event that Stripe sends when somebody has paid."""
        session = self.sessions[reference]
        session |= {
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": f"pi_of_{reference}",
            "url": None,
        } | changes
        return event("checkout.session.completed", session, next(self.numbers))

    def expire(self, reference: str) -> dict[str, Any]:
        session = self.sessions[reference]
        session |= {"status": "expired", "url": None}
        return event("checkout.session.expired", session, next(self.numbers))

    @property
    def paths(self) -> list[str]:
        return [path for _method, path, _fields, _key in self.requests]


def event(kind: str, about: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return {
        "id": f"evt_test_{number}",
        "object": "event",
        "type": kind,
        "data": {"object": dict(about)},
    }


def error(code: str) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "code": code, "message": "secret details"}}


def signed(told: Any, *, secret: str = SECRET, at: float | None = None) -> dict[str, Any]:
    """Arguments of a test client's `post`: the body as it is, and Stripe's signature over it."""
    body = told if isinstance(told, str) else json.dumps(told)
    moment = int(time.time() if at is None else at)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, moment)
    return {
        "data": body,
        "content_type": "application/json",
        "headers": {"Stripe-Signature": header},
    }


@contextmanager
def running_stripe() -> Iterator[FakeStripe]:
    fake = FakeStripe()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("GET")

        def do_POST(self) -> None:
            self.answer("POST")

        def answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            key = self.headers.get("Idempotency-Key") or ""
            status, answer = fake.answer(method, self.path, dict(parse_qsl(body)), key)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Nothing: the requests are kept."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_port}"
        # Half a second, the default, would pass before each `shutdown` is heard.
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield fake
        finally:
            server.shutdown()
