#!/usr/bin/env python3
"""Receive webhooks of a blog, verify them, and print one line for each. Needs nothing but Python 3.8.

    export WEBHOOK_SECRET=whsec_...
    python3 webhook_receiver.py [port]

Behind a proxy with HTTPS, enter its URL in the admin under Webhooks.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE = 5 * 60  # seconds that a message may be old, so that nobody can send it again later
LONGEST = 5_000_000
seen = {}  # IDs of messages that were taken, and when: a delivery may arrive twice


def verify(secret, headers, body):
    """The message as a dictionary. Raises ValueError if it does not come from the blog, or is old."""
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        raise ValueError("old")
    key = base64.b64decode(secret[len("whsec_") :])
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # While a secret is being replaced there are two signatures.
    if not any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split(" ")):
        raise ValueError("not signed with our secret")
    return json.loads(body)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        try:
            message = verify(os.environ["WEBHOOK_SECRET"], self.headers, self.rfile.read(min(length, LONGEST)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return self.answer(400, str(error))
        message_id = self.headers["webhook-id"]
        if message_id not in seen:
            seen[message_id] = time.time()
            print(message["type"], json.dumps(message["data"], ensure_ascii=False), flush=True)
        return self.answer(204)  # quickly: what takes long is done afterwards

    def answer(self, status, text=""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8800
    HTTPServer(("127.0.0.1", port), Receiver).serve_forever()
