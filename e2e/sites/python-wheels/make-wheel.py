"""Makes wheels/greeter-1.0-py3-none-any.whl: a wheel is a zip with three files about itself (PEP 427). Repeatable."""

import base64
import hashlib
import zipfile

FILES = {
    "greeter.py": 'def greet(path):\n    return f"greetings from a wheel at {path}"\n',
    "greeter-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n",
    "greeter-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: make-wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
RECORD = "greeter-1.0.dist-info/RECORD"


def line(name, text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(text.encode())}\n"


records = "".join(line(name, text) for name, text in FILES.items()) + f"{RECORD},,\n"
with zipfile.ZipFile("wheels/greeter-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
    for name, text in (FILES | {RECORD: records}).items():
        wheel.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
