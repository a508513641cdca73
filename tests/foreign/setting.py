"""The conformance setting that a foreign relying party runs in, and the lines that it prints."""

import json
import sys
import urllib.request


class Setting:
    """What `guichet demo --conformance SUITE_URL` printed, and what the provider says of itself."""

    def __init__(self, name):
        plan_file, self.suite = sys.argv[1:3]
        with open(plan_file, encoding="utf-8") as file:
            self.plan = json.load(file)
        self.name = name
        self.base = f"{self.suite}/test/a/{self.plan['alias']}"
        self.login = self.plan["server"]["login_hint"]
        self.discovery_url = self.plan["server"]["discoveryUrl"]
        with urllib.request.urlopen(self.discovery_url, timeout=30) as response:
            self.metadata = json.load(response)

    def step(self, what):
        """Says what went well."""
        print(f"  ok       {self.name}: {what}", flush=True)
