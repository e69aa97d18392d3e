"""Ends with a traceback before it serves."""

settings = {}
print("reading the settings", flush=True)
print(settings["database_url"])
