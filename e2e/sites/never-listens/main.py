"""Runs, but serves nothing."""

import time

print("working on something else", flush=True)
while True:
    time.sleep(60)
