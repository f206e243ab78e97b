"""Where the ledger's checkpoints are kept: a folder, or a Unity Catalog volume, which an app reaches through the Files API
only. What is there is never written over."""

from __future__ import annotations

import io
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from settings import Settings
from workspace_client import SignIn, sign_in

if TYPE_CHECKING:
    from databricks.sdk.mixins.files import FilesExt

BUDGET, SILENT = 5.0, 10.0  # seconds to try again, and without a word


class PlaceAway(OSError):
    """The second place does not answer, or does not let the app in: nothing is known of what is there."""


class Place(Protocol):
    """Files by their names; ``put`` raises :class:`FileExistsError` for one that is there."""

    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...

    def put(self, name: str, text: bytes) -> None: ...


class Folder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def names(self) -> list[str]:
        """All files; none where the folder is not there."""
        return [one.name for one in self._path.iterdir()] if self._path.is_dir() else []

    def read(self, name: str) -> bytes:
        """What is in a file."""
        return (self._path / name).read_bytes()

    def put(self, name: str, text: bytes) -> None:
        """Made in place: where nothing can be deleted, nothing can be renamed either."""
        self._path.mkdir(parents=True, exist_ok=True)
        with (self._path / name).open("xb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())


class Volume:
    """A volume (``/Volumes/catalog/schema/volume``). Raises :class:`PlaceAway` with the kind of the error alone."""

    def __init__(self, path: str, who: SignIn) -> None:
        self._path, self._who = path.rstrip("/"), who

    def __str__(self) -> str:
        return self._path

    @cached_property
    def _files(self) -> FilesExt:
        from workspace_client import client

        return client(self._who, budget=BUDGET, timeout=SILENT).files

    def names(self) -> list[str]:
        """All files."""
        try:
            found = list(self._files.list_directory_contents(self._path))
        except Exception as error:
            raise _away(self, error) from error
        return [str(one.name) for one in found if not one.is_directory]

    def read(self, name: str) -> bytes:
        """What is in a file."""
        try:
            stream = self._files.download(f"{self._path}/{name}").contents
            assert stream is not None
            with stream:
                return bytes(stream.read())
        except Exception as error:
            raise _away(self, error) from error

    def put(self, name: str, text: bytes) -> None:
        """Upload it, never over another."""
        from databricks.sdk.errors import AlreadyExists, ResourceConflict

        try:
            self._files.upload(f"{self._path}/{name}", io.BytesIO(text), overwrite=False)
        except (AlreadyExists, ResourceConflict) as error:
            raise FileExistsError(name) from error
        except Exception as error:
            raise _away(self, error) from error


def _away(place: Volume, error: Exception) -> PlaceAway:
    return PlaceAway(f"{place} cannot be reached ({type(error).__name__})")


def place_of(chosen: Settings) -> Place:
    """Where this process puts its checkpoints."""
    if chosen.checkpoint_volume:
        return Volume(chosen.checkpoint_volume, sign_in(chosen))
    return Folder(chosen.checkpoint_folder)
