"""Names of files as Discord keeps them. Pure."""


def safe_name(filename: str) -> str:
    """Write a file's name with nothing but letters, digits, dots, dashes and underscores in it."""
    kept = "".join(each if each.isalnum() or each in "._-" else "_" for each in filename)
    return kept.strip(".") or "unknown"
