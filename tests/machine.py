"""What the tests need from the machine beyond Python packages: a JDK for Spark and a browser. Installs what it can.

`python -m tests.machine` prints one line per need: what was found, or how to get it. A machine without Java compares
with Spark's recorded rows instead; a machine without a browser cannot run the browser tests, which then fail by name.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

JAVA_MAJORS = (17, 21)
_JDK_HOME = Path.home() / ".jdk"


def java_major(java: str) -> int | None:
    """The major version of the ``java`` binary, None when it does not run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else None


def java_home() -> Path | None:
    """The home of a JDK that Spark 4.3 runs on (17 or 21): JAVA_HOME, the path, then ``~/.jdk``."""
    candidates = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    if found := shutil.which("java"):
        candidates.append(Path(found).resolve().parent.parent)
    candidates += sorted(_JDK_HOME.glob("*")) + sorted(_JDK_HOME.glob("*/Contents/Home"))
    return next((home for home in candidates if java_major(str(home / "bin" / "java")) in JAVA_MAJORS), None)


def browser() -> str | None:
    """The path of a Chromium or Chrome: the system's, else the one playwright installed. The headless shell comes first:
    the same engine without the windows around the page."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if mac.exists():
        return str(mac)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def _apt(*packages: str) -> bool:
    """Install Debian packages where this process may; False when it may not or it failed."""
    if os.name != "posix" or not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return False
    return True


def _install_java() -> None:
    if _apt("default-jre-headless"):
        return
    try:
        import jdk

        jdk.install("17")
    except Exception as error:
        print(f"  java: could not be downloaded ({type(error).__name__})")


def _install_browser() -> None:
    if not _apt("chromium-headless-shell") and not _apt("chromium"):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Provide Java and a browser and say what there is; 1 when a need without a stand-in is missing."""
    if java_home() is None:
        _install_java()
    if browser() is None:
        _install_browser()
    java, chromium = java_home(), browser()
    print(f"  java:    {java or 'none: Spark rows recorded earlier stand in; install a JDK 17 or 21 for live Spark'}")
    print(f"  browser: {chromium or 'none: install chromium (apt-get install chromium) for the browser tests'}")
    return 0 if chromium else 1


if __name__ == "__main__":
    sys.exit(main())
