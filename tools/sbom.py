"""The bill of materials, CycloneDX JSON: what pip installed as its generator lists it, and what lies in vendor/."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

VENDOR = Path("web/static/vendor")
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \| (?P<version>\S+) \| npm `(?P<name>[^`]+)`", re.MULTILINE)


def main(generator: str, environment: str) -> int:
    """Print the bill of the packages in a virtual environment, with what was vendored."""
    command = [generator, "environment", "--output-reproducible", environment]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - no input in it
    json.dump(with_vendored(json.loads(listed.stdout)), sys.stdout, ensure_ascii=False, indent=2)
    return 0


def with_vendored(bill: dict[str, Any]) -> dict[str, Any]:
    """The bill with a component for each file of vendor/README.md's table, its sum taken from the file itself."""
    return {**bill, "components": [*bill["components"], *vendored()]}


def vendored() -> list[dict[str, Any]]:
    """What browsers are given that is not ours."""
    return [
        {
            "type": "library",
            "bom-ref": f"{row['name']}@{row['version']}",
            "name": row["name"],
            "version": row["version"],
            "purl": f"pkg:npm/{row['name']}@{row['version']}",
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest()}],
        }
        for row in ROW.finditer((VENDOR / "README.md").read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
