"""What the executor's job runs: the worker, in a process of its own, for a bounded time; then the ledger is signed, and
its checkpoints are in the second place: written there at once where it is a volume, copied where it is a folder.

Arguments: the project's folder, ``--minutes``, ``--checkpoints`` (the volume's folder), ``--key`` (``scope/name`` of the
secret that holds the signing key) and settings as ``NAME=value``. Serverless compute has no environment variables of its
own; who the job runs as signs in, so no secret is kept for it. The platform runs this file alone: it finds the project only
in the folder that it is told.
"""

from __future__ import annotations

import argparse
import base64
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LOG = logging.getLogger("lakehelm.executor")
PATIENCE = 60.0  # seconds to finish what is under way


def signed_in(folder: Path) -> Any:
    """A client as whom the job runs as; the project lies in ``folder``."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    from workspace_client import SignIn, client

    return client(SignIn(found=True), budget=30, timeout=20)


def environment(folder: Path, given: list[str], client: Any) -> dict[str, str]:
    """The worker's environment. A sign-in that is given stays; else the job's own goes along as a token."""
    made = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *(one for one in sys.path if one)])}
    for word in given:
        name, sign, value = word.partition("=")
        if not sign or not name.isupper():
            raise SystemExit(f"not a setting: {name}")
        made[name] = value
    if not made.get("DATABRICKS_CLIENT_ID") and not made.get("DATABRICKS_TOKEN"):
        header = client.config.authenticate().get("Authorization", "")
        made["DATABRICKS_TOKEN"] = header.removeprefix("Bearer ")
    if made.get("LAKEHELM_PG_ENDPOINT") and not made.get("PGHOST"):
        made["PGHOST"] = client.postgres.get_endpoint(made["LAKEHELM_PG_ENDPOINT"]).status.hosts.host
        made.setdefault("PGUSER", client.current_user.me().user_name)
    return made


def keep_key(home: Path, secret: str, client: Any) -> None:
    """Write the signing key from its secret into ``home``, readable by this process's user alone."""
    scope, _, name = secret.partition("/")
    held = base64.b64decode(client.secrets.get_secret(scope, name).value or "")
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / "ledger.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(held)


def work(folder: Path, seconds: float, environ: dict[str, str], command: list[str]) -> int:
    """Run ``command`` for ``seconds``, then ask it to stop; its exit code, 0 when it stopped because it was asked."""
    worker = subprocess.Popen(command, cwd=folder, env=environ)  # noqa: S603
    try:
        return worker.wait(seconds)
    except subprocess.TimeoutExpired:
        worker.terminate()
    try:
        worker.wait(PATIENCE)
    except subprocess.TimeoutExpired:  # others find what it had under way
        worker.kill()
        worker.wait()
        return 1
    return 0


def second_place(made: Path, kept: Path) -> int:
    """Copy the checkpoints that ``kept`` lacks; what is there is never written again. Returns how many."""
    kept.mkdir(parents=True, exist_ok=True)
    copied = 0
    for file in sorted(made.glob("*.json")):
        try:
            with (kept / file.name).open("xb") as out:
                out.write(file.read_bytes())
        except FileExistsError:
            continue
        copied += 1
    return copied


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=55.0)
    parser.add_argument("--checkpoints", type=Path, required=True, help="the second place: the volume's folder")
    parser.add_argument("--key", required=True, help="scope/name of the secret with the ledger's signing key")
    parser.add_argument("settings", nargs="*")
    chosen = parser.parse_intermixed_args(arguments)
    client = signed_in(chosen.folder)
    from logs import install, keep_secret  # found only now

    install(out=sys.stderr)
    environ = environment(chosen.folder, chosen.settings, client)
    keep_secret(environ.get(name, "") for name in ("DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET"))
    volume = str(chosen.checkpoints).startswith("/Volumes/")  # through the Files API, without a copy here
    own = str(chosen.checkpoints) if volume else str(Path(environ["LAKEHELM_HOME"]) / "checkpoints")
    environ.setdefault("LAKEHELM_CHECKPOINTS", own)
    keep_key(Path(environ["LAKEHELM_HOME"]), chosen.key, client)
    if not volume:
        second_place(
            chosen.checkpoints, Path(environ["LAKEHELM_CHECKPOINTS"])
        )  # what was signed before is compared with
    ended = work(chosen.folder, chosen.minutes * 60, environ, [sys.executable, "-m", "actions", "worker"])
    LOG.info("the worker ended with %s", ended)
    sign = [sys.executable, "-m", "approvals", "audit", "checkpoint"]
    signed = subprocess.run(sign, cwd=chosen.folder, env=environ, check=False).returncode  # noqa: S603
    if not volume:
        copied = second_place(Path(environ["LAKEHELM_CHECKPOINTS"]), chosen.checkpoints)
        LOG.info("%s checkpoints copied to the second place", copied)
    return ended or signed


if __name__ == "__main__":
    if ended := main(sys.argv[1:]):
        sys.exit(ended)
