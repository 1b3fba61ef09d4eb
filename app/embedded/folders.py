"""Where the embedded servers keep things, and that nobody else gets at them.

Every folder made here is closed to other users, and no folder made by somebody else is changed.
"""

import contextlib
import hashlib
import os
import pwd
import stat
from pathlib import Path

from app.embedded.child import Account
from app.errors import SettingsError

# Not tempfile.gettempdir(): a process that attaches must find the same place whatever TMPDIR says.
_TMP = Path("/tmp")  # noqa: S108 - the folders in it are made 0700 and checked for their owner
_VAR_TMP = Path("/var/tmp")  # noqa: S108 - the same

_LONGEST_SOCKET_PATH = 100
"""Bytes. The kernel's limit is 108 on Linux and 104 on macOS, with a closing zero."""

_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"


def is_root() -> bool:
    """Tell whether we are root, as whom PostgreSQL refuses to run."""
    return os.geteuid() == 0


def unprivileged_account() -> Account:
    """Look up the user that PostgreSQL runs as when we are root.

    Raises:
        SettingsError: when this system has no such user.
    """
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise SettingsError(
            "PostgreSQL does not run as root, and this system has no user `nobody` to run it as. "
            "Start as another user, or set DATABASE_URL."
        ) from None
    return Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid)


def label(home: Path) -> str:
    """Name a home in twelve characters; the same for everyone who means the same folder."""
    return hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]


def outside(home: Path) -> Path:
    """Name the folder outside the checkout where root's PostgreSQL lies.

    Outside, because the user it runs as must get there, and a checkout may be closed to others.
    """
    return _VAR_TMP / f"smarterdev-{label(home)}"


def socket_folder(home: Path) -> Path:
    """Name the folder for our own sockets: in the home, unless its path cannot be used.

    It may be too long; or have a comma, which separates hosts in the URLs of PostgreSQL.
    """
    path = os.fsencode(home / "run" / _LONGEST_SOCKET_NAME)
    if len(path) <= _LONGEST_SOCKET_PATH and b"," not in path:
        return home / "run"
    return _TMP / f"smarterdev-{label(home)}-{os.geteuid()}"


def make_home(home: Path) -> None:
    """Make the home if it is missing, closed to others; one that exists stays as it is.

    Raises:
        SettingsError: when it cannot be made or written to.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{home} cannot be made: {error}. Set SMARTERDEV_DATA_DIR.") from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise SettingsError(
            f"{home} belongs to another user. Start as that user, or set SMARTERDEV_DATA_DIR."
        )


def make_private(folder: Path, account: Account | None = None) -> None:
    """Make a folder of mode 0700 for ourselves, or for `account` inside a folder only we can write.

    Raises:
        SettingsError: when something else is there that we did not make.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _require_ours(folder, {os.geteuid(), account.uid if account else os.geteuid()}, 0o077)
    if account:
        try:
            os.chown(folder, account.uid, account.gid)
        except OSError as error:  # root of a container that may not be anybody else
            raise SettingsError(
                f"PostgreSQL does not run as root, and {folder} cannot be given to the user "
                f"{account.name}: {error}. Start as another user, or set DATABASE_URL."
            ) from error


def remove_if_empty(folder: Path) -> None:
    """Remove a folder unless somebody else still has something in it."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def make_passage(folder: Path) -> None:
    """Make a folder of root's that others may walk through and nothing more (0711).

    Its name can be foreseen, so somebody may have been there first.

    Raises:
        SettingsError: when what is there is not a folder of root's own.
    """
    try:
        folder.mkdir(mode=0o711)
    except FileExistsError:
        _require_ours(folder, {0}, 0o022)
    folder.chmod(0o711)  # whatever the umask took away


def _require_ours(folder: Path, owners: set[int], forbidden: int) -> None:
    """Refuse what is no real folder, belongs to somebody else or has any `forbidden` mode bit."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        problem = "is not a folder"
    elif found.st_uid not in owners:
        problem = f"belongs to the user with the number {found.st_uid}"
    elif found.st_mode & forbidden:
        problem = "is open to other users"
    else:
        return
    raise SettingsError(
        f"{folder} {problem}, so it is not ours to keep a database in. Nothing was started. "
        "Look at it and remove it, or set DATABASE_URL and REDIS_URL."
    )
