"""Tables to take along as evidence: files and a manifest with the digest of each, so that one that was changed later shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

import pandas as pd

from components.files.csv_file import raw_csv

MANIFEST = "manifest.json"


def packed(files: Mapping[str, pd.DataFrame], told: Mapping[str, object], now: dt.datetime) -> bytes:
    """A ZIP of ``files`` as CSV (formulas disarmed) and of a manifest: what is ``told``, when it was made (UTC), and the SHA-256
    and rows of each file; ``digest`` is that of all of it. The same rows give the same bytes."""
    written = {name: raw_csv(frame) for name, frame in sorted(files.items())}
    listed = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "rows": len(files[name])} for name, data in written.items()
    }
    body = {**told, "made_at": now.isoformat(), "files": listed}
    digest = hashlib.sha256(_json(body)).hexdigest()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**written, MANIFEST: _json(body | {"digest": digest})}.items():
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return made.getvalue()


def _json(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, sort_keys=True, indent=1).encode()
