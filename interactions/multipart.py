"""A reply that comes with a file: one form of two parts (Discord: reference, "Uploading Files")."""

from secrets import token_hex

from app.discord.reply import File


def form(payload: bytes, file: File) -> tuple[bytes, bytes]:
    """Build the body and its content type from a callback's JSON and its file.

    The boundary is random, so nothing in the file can end its part.
    """
    boundary = token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="payload_json"\r\n'
        "Content-Type: application/json\r\n\r\n"
    ).encode()
    middle = (
        f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="files[0]"; filename="{file.name}"\r\n'
        f"Content-Type: {file.content_type}\r\n\r\n"
    ).encode()
    body = b"".join((head, payload, middle, file.content, f"\r\n--{boundary}--\r\n".encode()))
    return body, f"multipart/form-data; boundary={boundary}".encode()
