"""`databricks.yml` and `app.yaml` checked without a workspace: shape, references, and that the two say the same."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from deploy import bundle_names, bundle_references, bundle_schema
from deploy.bundle_target import merged
from deploy.findings import Finding
from settings import ROOT, Settings, variable_of

LARGEST = 10_485_760  # bytes; a larger file ends the deployment of an app
PORT = "$DATABRICKS_APP_PORT"  # the only thing that is replaced in a command
_APP_KEYS = {"command", "env"}
# Variables that the app reads and settings.py does not: libraries, and the switch that works when the app does not.
_OTHERS = ("LAKEHELM_KILL_SWITCH", "MLFLOW_", "OTEL_", "STREAMLIT_", "PG")


class _Strict(yaml.SafeLoader):
    """Refuses keys that stand twice: the second one would win silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := next((one for one in keys if keys.count(one) > 1), None):
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {twice} stands twice")
        return super().construct_mapping(node, deep)


def checked(folder: Path = ROOT) -> tuple[Finding, ...]:
    """One finding for each thing that is looked at, or for each mistake."""
    bundle, wrong = _read(folder / "databricks.yml")
    app, wrong_app = _read(folder / "app.yaml")
    if wrong or wrong_app:
        return tuple(Finding("yaml", "fail", one) for one in (wrong, wrong_app) if one)
    found = [*_group("shape", bundle_schema.complaints(bundle)), *_group("app.yaml", _app(app))]
    targets: Mapping[str, Any] = bundle.get("targets") or {}
    if not targets:
        found.append(Finding("targets", "fail", "databricks.yml has no targets"))
    for target in targets:
        whole = merged(bundle, target)
        needed = ", ".join(sorted(bundle_references.required(whole)))
        wrong_here = [
            *bundle_references.complaints(whole),
            *bundle_names.complaints(whole, target),
            *_together(whole, app),
        ]
        said = f"all references lead somewhere; give --var for: {needed}" if needed else "all references lead somewhere"
        found += _group(f"target {target}", iter(wrong_here), said)
    return (*found, *_group("files", _files(folder)))


def _group(what: str, wrong: Iterator[str], right: str = "as it should be") -> list[Finding]:
    made = [Finding(what, "fail", one) for one in wrong]
    return made or [Finding(what, "ok", right)]


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """The file's tree, and what is wrong with it as a file."""
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)  # noqa: S506  a safe loader that is stricter
    except (OSError, UnicodeDecodeError) as error:
        return {}, f"{path.name} cannot be read ({type(error).__name__})"
    except yaml.YAMLError as error:
        return {}, f"{path.name}: {error}"
    return (tree, "") if isinstance(tree, dict) else ({}, f"{path.name} is not a mapping of names")


def _app(app: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(app.keys() - _APP_KEYS):
        yield f"{key} is no key of app.yaml: it has command and env"
    command = app.get("command")
    if not isinstance(command, list) or not all(isinstance(one, str) for one in command) or not command:
        yield "command is not a list of words; without it the platform starts the first Python file it finds"
    else:
        for word in command:
            if "$" in word.replace(PORT, ""):
                yield f"command: {word} is not replaced, a command runs without a shell; only {PORT} is"
    names = []
    for entry in app.get("env") or []:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            yield "env: an entry has no name"
            continue
        names.append(name)
        if "value_from" in entry:
            yield f"env {name}: the key is valueFrom here; value_from is the spelling of databricks.yml"
        elif ("value" in entry) == ("valueFrom" in entry):
            yield f"env {name}: give value or valueFrom, one of them"
        elif "value" in entry and not isinstance(entry["value"], str):
            yield f"env {name}: the value {entry['value']!r} is not text; put it in quotes"
        if any(word in name for word in ("SECRET", "TOKEN", "PASSWORD")) and "value" in entry:
            yield f"env {name}: a secret does not stand in a file; use valueFrom with a secret resource"
        if name not in _known() and not name.startswith(_OTHERS):
            yield f"env {name}: no setting reads it"
    yield from (f"env {name} stands twice" for name in sorted({one for one in names if names.count(one) > 1}))


def _known() -> set[str]:
    return {variable_of(one.name) for one in fields(Settings)}


def _together(bundle: Mapping[str, Any], app: Mapping[str, Any]) -> Iterator[str]:
    """What the app's two files must agree on."""
    apps: Mapping[str, Any] = (bundle.get("resources") or {}).get("apps") or {}
    if not apps:
        yield "resources.apps: there is no app"
    for key, made in apps.items():
        if made.get("config"):
            yield f"resources.apps.{key}.config: command and env stand in app.yaml; here they would replace it silently"
        names = {one.get("name") for one in made.get("resources") or []}
        for entry in app.get("env") or []:
            wanted = entry.get("valueFrom") if isinstance(entry, dict) else None
            if wanted is not None and wanted not in names:
                yield f"app.yaml env {entry.get('name')}: valueFrom names {wanted}, which is no resource of app {key}"
        yield from _second_place(made, app)
    yield from _arguments(bundle)


def _second_place(made: Mapping[str, Any], app: Mapping[str, Any]) -> Iterator[str]:
    """An app that acts signs the ledger: into its volume, because its own disk is lost at every start."""
    env = {one.get("name"): one for one in app.get("env") or [] if isinstance(one, dict)}
    if str((env.get("LAKEHELM_WORKERS") or {}).get("value")) == "0":
        return
    named = (env.get("LAKEHELM_CHECKPOINTS") or {}).get("valueFrom")
    held: Mapping[str, Any] = next((one for one in made.get("resources") or [] if one.get("name") == named), {})
    volume = held.get("uc_securable") or {}
    if volume.get("securable_type") != "VOLUME" or volume.get("permission") != "WRITE_VOLUME":
        yield "app.yaml env LAKEHELM_CHECKPOINTS: valueFrom must name the app's volume with WRITE_VOLUME, or checkpoints are lost"


def _arguments(bundle: Mapping[str, Any]) -> Iterator[str]:
    """The executor's settings are arguments of its job: unknown names are found here, not at night."""
    for job, made in ((bundle.get("resources") or {}).get("jobs") or {}).items():
        environments = {one.get("environment_key") for one in made.get("environments") or []}
        for task in made.get("tasks") or []:
            if task.get("environment_key") not in environments:
                yield f"resources.jobs.{job}: task {task.get('task_key')} names an environment that the job does not have"
            python = task.get("spark_python_task") or {}
            file = str(python.get("python_file", ""))
            if file and "${" not in file and not file.startswith("/") and not (ROOT / file).is_file():
                yield f"resources.jobs.{job}: {file} does not exist"
            for word in python.get("parameters") or []:
                name = str(word).partition("=")[0]
                if name.isupper() and name not in _known():
                    yield f"resources.jobs.{job}: no setting is called {name}"
        if not made.get("timeout_seconds"):
            yield f"resources.jobs.{job}: a run without timeout_seconds may never end"


def uploaded(folder: Path) -> Iterator[Path]:
    """The files that a deployment would upload: those that git knows or would take."""
    try:
        told = subprocess.run(
            ["git", "ls-files", "-coz", "--exclude-standard"],  # noqa: S607
            cwd=folder,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout.decode()
        yield from (folder / name for name in told.split("\0") if name and (folder / name).is_file())
    except (OSError, subprocess.SubprocessError):  # not a checkout
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".venv") for part in path.relative_to(folder).parts):
                yield path


def _files(folder: Path) -> Iterator[str]:
    for path in uploaded(folder):
        if (size := path.stat().st_size) > LARGEST:
            yield f"{path.relative_to(folder)} has {size:,} bytes; an app takes files up to {LARGEST:,}"
