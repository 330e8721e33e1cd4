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
IDEMPOTENCY_ERROR = {"error": {"type": "idempotency_error", "message": "secret details"}}


@dataclass
class FakeStripe:
    """`requests` are (method, path, fields, idempotency key); `answers` are given instead."""

    url: str = ""
    requests: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    disputes: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    seen: dict[str, tuple[dict[str, str], int, dict[str, Any]]] = field(default_factory=dict)
    refund_status: str = "succeeded"
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # --- What the site asks for ------------------------------------------------------------------

    def answer(self, method: str, path: str, fields: dict[str, str], key: str) -> tuple[int, Any]:
        self.requests.append((method, path, fields, key))
        if self.answers:
            return self.keep(fields, key, *self.answers.pop(0))
        if key and key in self.seen:
            before, status, answer = self.seen[key]
            return (status, answer) if before == fields else (400, IDEMPOTENCY_ERROR)
        status, answer = self.act(method, path, fields)
        if key and status == 200:
            self.seen[key] = (fields, 200, answer)
        return status, answer

    def keep(
        self, fields: dict[str, str], key: str, status: int, answer: dict[str, Any]
    ) -> tuple[int, Any]:
        """Stripe repeats an error of its own under the same key, once it has begun to act."""
        if key and status >= 500:
            self.seen[key] = (fields, status, answer)
        return status, answer

    def act(self, method: str, path: str, fields: dict[str, str]) -> tuple[int, Any]:
        path, _, query = path.partition("?")
        name = path.removeprefix("/v1/checkout/sessions").strip("/")
        if path == "/v1/checkout/sessions" and method == "POST":
            return 200, self.new_session(fields)
        if path == "/v1/refunds" and method == "POST":
            return self.new_refund(fields)
        if path in ("/v1/refunds", "/v1/disputes"):
            return 200, self.listed(path, dict(parse_qsl(query)))
        if path.startswith("/v1/refunds/"):
            return 200, self.refunds[path.removeprefix("/v1/refunds/")]
        if name.endswith("/expire"):
            session = self.sessions[name.removesuffix("/expire")]
            if session["status"] != "open":
                return 400, error("resource_already_closed")
            session |= {"status": "expired", "url": None}
            return 200, session
        return (200, self.sessions[name]) if name in self.sessions else (404, error("missing"))

    def listed(self, path: str, asked: dict[str, str]) -> dict[str, Any]:
        """Return what was made at Stripe, of one payment or of all."""
        rows = self.refunds if path == "/v1/refunds" else self.disputes
        intent = asked.get("payment_intent")
        data = [row for row in rows.values() if intent in (None, row["payment_intent"])]
        return {"object": "list", "url": path, "data": data, "has_more": False}

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

    def refund_in_dashboard(self, reference: str, amount: int, **changes: Any) -> dict[str, Any]:
        """The refund that somebody makes at Stripe, without a key of ours."""
        session = self.sessions[reference]
        refund = {
            "id": f"re_test_{next(self.numbers)}",
            "object": "refund",
            "amount": amount,
            "currency": session["currency"],
            "payment_intent": session["payment_intent"],
            "status": "succeeded",
            "metadata": {},
        } | changes
        self.refunds[refund["id"]] = refund
        return refund

    def charge(self, reference: str) -> dict[str, Any]:
        """The charge behind a checkout, with how much has gone back of it."""
        session = self.sessions[reference]
        mine = [
            r for r in self.refunds.values() if r["payment_intent"] == session["payment_intent"]
        ]
        return {
            "id": f"ch_of_{reference}",
            "object": "charge",
            "amount": session["amount_total"],
            "amount_refunded": sum(r["amount"] for r in mine if r["status"] != "failed"),
            "currency": session["currency"],
            "payment_intent": session["payment_intent"],
            "metadata": {},
        }

    def dispute(self, reference: str, status: str, **changes: Any) -> dict[str, Any]:
        """Do what the bank of the person who paid does; the same dispute each time."""
        session = self.sessions[reference]
        dispute = {
            "id": f"dp_of_{reference}",
            "object": "dispute",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "payment_intent": session["payment_intent"],
            "status": status,
        } | changes
        self.disputes[dispute["id"]] = dispute
        return dispute

    def expire(self, reference: str) -> dict[str, Any]:
        session = self.sessions[reference]
        session |= {"status": "expired", "url": None}
        return event("checkout.session.expired", session, next(self.numbers))

    @property
    def paths(self) -> list[str]:
        return [path for _method, path, _fields, _key in self.requests]


def event(
    kind: str, about: dict[str, Any], number: int = 0, *, at: int | None = None
) -> dict[str, Any]:
    """`at`: when it happened, in seconds since 1970."""
    made = {
        "id": f"evt_test_{number}",
        "object": "event",
        "type": kind,
        "data": {"object": dict(about)},
    }
    return made if at is None else made | {"created": at}


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
