"""What the application stands on: every package is pinned by hash, and the bill of materials leaves nothing out."""

import hashlib
import re
from pathlib import Path

import pytest

from tools import sbom

LOCKS = ("requirements.txt", "tests/requirements.txt", "tools/sbom-requirements.txt")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_pinned_with_its_hashes(lock):
    listed = Path(lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()

    loose = [line for line in listed if line and not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]

    assert loose == []


def test_the_bill_names_what_browsers_are_given_with_the_sum_of_the_very_file():
    bill = sbom.with_vendored({"components": [{"name": "flask"}]})

    assert [component["name"] for component in bill["components"]] == ["flask", "htmx.org"]
    given = hashlib.sha256(Path("web/static/vendor/htmx/htmx.min.js").read_bytes()).hexdigest()
    assert bill["components"][1]["hashes"] == [{"alg": "SHA-256", "content": given}]


def test_nothing_lies_in_vendor_that_the_bill_does_not_name():
    files = {str(path.relative_to(sbom.VENDOR)) for path in sbom.VENDOR.rglob("*.js")}

    named = {row["file"] for row in sbom.ROW.finditer((sbom.VENDOR / "README.md").read_text(encoding="utf-8"))}

    assert named == files
