"""Files of volumes: the Files API, for who holds the rights on the volume and on what it lies in."""

from __future__ import annotations

import datetime as dt

from demo.organisation import Organisation
from demo.workspace.securables import ADMIN, key, parents, require
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

FILES = "/api/2.0/fs/files"  # here bodies are the file itself, not JSON
PAGE = 1_000


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``files``: the path to what is in it (base64)."""
    return {"files": {}}


def deployed_volume(state: State, name: str, principal: str) -> None:
    """A volume as the app's bundle makes it, with what it grants to ``principal`` and nothing else."""
    schema, catalog = name.rpartition(".")[0], name.partition(".")[0]
    rights = (
        ("catalog", catalog, ["USE_CATALOG"]),
        ("schema", schema, ["USE_SCHEMA"]),
        ("volume", name, ["READ_VOLUME", "WRITE_VOLUME"]),
    )
    for kind, full_name, held in rights:
        securable = key(kind, full_name)
        if securable not in state.objects["securables"]:
            state.put("securables", securable, {"name": full_name, "owner": ADMIN})
        state.put("grants", securable, dict(state.objects["grants"].get(securable, {})) | {principal: held})


def upload(state: State, request: Request, path: str) -> Json:
    """Write a file; over one that is there only when that is asked for."""
    _within(state, request, path, "WRITE_VOLUME")
    there = path in state.objects["files"]
    if _below(state, path) or (there and request.query.get("overwrite", "false") != "true"):
        raise ApiRefused(409, "ALREADY_EXISTS", "The file being created already exists.")
    state.put("files", path, {"content": request.body["content"], "at": int(state.clock().timestamp() * 1000)})
    return {}


def download(state: State, request: Request, path: str) -> Json:
    """What is in a file."""
    _within(state, request, path, "READ_VOLUME")
    return {"content": _file(state, path)["content"]}


def delete(state: State, request: Request, path: str) -> Json:
    """Take a file away: who may write may do that, too."""
    _within(state, request, path, "WRITE_VOLUME")
    _file(state, path)
    state.drop("files", path)
    return {}


def listed(state: State, request: Request, path: str) -> Json:
    """What lies in a folder, a page at a time."""
    path = path.rstrip("/")
    root = _within(state, request, path, "READ_VOLUME", folder=True)
    names = _below(state, path)
    if not names and path != root:
        raise ApiRefused(404, "NOT_FOUND", "The directory being accessed is not found.")
    start, size = int(request.query.get("page_token") or 0), int(request.query.get("page_size") or PAGE)
    found = []
    for name in names[start : start + size]:
        held = state.objects["files"].get(f"{path}/{name}")
        more = {"file_size": len(held["content"]) * 3 // 4, "last_modified": held["at"]} if held else {}
        found.append({"path": f"{path}/{name}", "name": name, "is_directory": held is None, **more})
    rest = {"next_page_token": str(start + size)} if start + size < len(names) else {}
    return {"contents": found, **rest}


def _file(state: State, path: str) -> Json:
    if path not in state.objects["files"]:
        raise ApiRefused(404, "NOT_FOUND", "The file being accessed is not found.")
    return state.get("files", path)


def _below(state: State, path: str) -> list[str]:
    """The names right below a folder."""
    inside = (one[len(path) + 1 :] for one in state.objects["files"] if one.startswith(f"{path}/"))
    return sorted({one.split("/")[0] for one in inside})


def _within(state: State, request: Request, path: str, privilege: str, *, folder: bool = False) -> str:
    """The volume's own path, when whoever asks holds ``privilege`` on it and may use what it lies in."""
    _, first, *parts = path.split("/")
    if first != "Volumes" or len(parts) < (3 if folder else 4) or {"", ".", ".."} & set(parts):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "A path is /Volumes/<catalog>/<schema>/<volume>/<file>.")
    name = ".".join(parts[:3])
    try:
        require(state, "volume", name)
    except ApiRefused:
        raise ApiRefused(404, "NOT_FOUND", f"Volume '{name}' does not exist.") from None
    places = [("volume", name), *parents("volume", name)]
    held = {one for place in places for one in _held(state, request.by, key(*place))}
    uses = {kind: _held(state, request.by, key(kind, of)) for kind, of in places}
    needs = (("USE_CATALOG", uses["catalog"]), ("USE_SCHEMA", uses["schema"] | uses["catalog"]), (privilege, held))
    lacks = [wanted for wanted, has in needs if not {wanted, "ALL_PRIVILEGES", "OWNER"} & has]
    if lacks:
        raise ApiRefused(
            403, "PERMISSION_DENIED", f"User does not have {lacks[0].replace('_', ' ')} on Volume '{name}'."
        )
    return "/Volumes/" + "/".join(parts[:3])


def _held(state: State, by: str, securable: str) -> set[str]:
    """The privileges of ``by`` on one securable, own and by group."""
    sorts = ("users", "service_principals")
    ids = {
        one["id"]
        for sort in sorts
        for one in state.objects[sort].values()
        if by in (one.get("userName"), one.get("applicationId"))
    }
    mine = {by, "account users"} | {
        group["displayName"]
        for group in state.objects["groups"].values()
        if {m["value"] for m in group["members"]} & ids
    }
    granted = state.objects["grants"].get(securable, {})
    owner = {"OWNER"} if state.objects["securables"].get(securable, {}).get("owner") in mine else set()
    return owner | {one for who, held in granted.items() if who in mine for one in held}


ROUTES: tuple[Route, ...] = (
    ("PUT", r"/api/2\.0/fs/files(/.+)", upload),
    ("GET", r"/api/2\.0/fs/files(/.+)", download),
    ("DELETE", r"/api/2\.0/fs/files(/.+)", delete),
    ("GET", r"/api/2\.0/fs/directories(/.+)", listed),
)
