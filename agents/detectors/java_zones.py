"""Time zones as Databricks names them: the ids that Java knows, which are more than IANA's.

Sources: java.util.TimeZone (custom ids such as GMT+2), java.time.ZoneId (offsets, prefixes and SHORT_IDS).
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from functools import lru_cache
from io import BytesIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# ZoneId.SHORT_IDS of Java 17.
SHORT = {
    "ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo",
    "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka", "CAT": "Africa/Harare",
    "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa",
    "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo",
    "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland", "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal",
    "VST": "Asia/Ho_Chi_Minh", "EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
}  # fmt: skip
# What java.util.TimeZone lists beside IANA's: with summer time, it is always from the last Sunday of April to that of October.
SYSTEM_V = (
    "AST4", "AST4ADT", "EST5", "EST5EDT", "CST6", "CST6CDT", "MST7", "MST7MDT", "PST8", "PST8PDT", "YST9", "YST9YDT", "HST10",
)  # fmt: skip
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?([+-])(\d{1,2})(?::?([0-5]\d)(?::?([0-5]\d))?)?")
_MOST = dt.timedelta(hours=18)  # java.time.ZoneOffset


@lru_cache(maxsize=1024)
def java_zone(name: str) -> dt.tzinfo:
    """The zone Java means by ``name``: an IANA id, a short id such as ``PST``, ``GMT+02:00``, ``+02:00`` or ``Z``.
    Raises ``ValueError`` for anything else."""
    said = SHORT.get(name.strip(), name.strip())
    if said in ("Z", "UT"):
        return dt.UTC
    if said.startswith("SystemV/"):
        return _system_v(said.removeprefix("SystemV/"), name)
    offset = _OFFSET.fullmatch(said)
    if offset:
        sign, hours, minutes, seconds = offset.groups()
        size = dt.timedelta(hours=int(hours), minutes=int(minutes or 0), seconds=int(seconds or 0))
        if size > _MOST:
            raise ValueError(f"an offset of more than 18 hours: {name!r}")
        return dt.timezone(-size if sign == "-" else size)
    try:
        return ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"cannot read time zone {name!r}") from error


def _system_v(said: str, name: str) -> dt.tzinfo:
    if said not in SYSTEM_V:
        raise ValueError(f"cannot read time zone {name!r}")
    if said[-1].isdigit():
        return dt.timezone(-dt.timedelta(hours=int(said[3:])))
    return ZoneInfo.from_file(_posix(f"{said},M4.5.0,M10.5.0"), said)


def _posix(rule: str) -> BytesIO:
    """A TZif file of version 2 (RFC 9636) that holds nothing but a POSIX rule, which ``ZoneInfo`` then follows."""
    none = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 1) + struct.pack(">lbb", 0, 0, 0) + b"\0"
    return BytesIO(none + none + f"\n{rule}\n".encode())
