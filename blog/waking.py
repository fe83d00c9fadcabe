"""Wakes the thread beside the requests (background.py): there is something to do."""

import threading

due = threading.Event()
"""Set when this process has put something into a queue: it need not wait for the next look."""
