"""What attachments and files have in common: keeping what a client sends, and answering what is kept."""

from __future__ import annotations

import mimetypes
import os.path
from urllib.parse import quote

from scrumrpc.calls.view import File, View
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_PLACES = {"Attachment": "attachments", "File": "files"}
"""Where objects of a type are found in URLs."""
_UNKNOWN_TYPE = "application/octet-stream"
_TYPES = mimetypes.MimeTypes().types_map[True]  # those of Python itself, so that they are the same on every machine


async def keep(tx: Transaction, record: Record, file_name: str, content_type: str | None, data: bytes) -> Record:
    """Gives an attachment or a file its content; without a content type, that of the name's extension."""
    extension = os.path.splitext(file_name)[1].lower()
    content = await tx.keep_content(
        content_type or _TYPES.get(extension, _UNKNOWN_TYPE), data, instead_of=record["content"]
    )
    url = f"/service/files/{_PLACES[record.type]}/{quote(record.id, safe='')}/{quote(file_name, safe='')}"
    return await tx.change(record, fileName=file_name, thumbnailURL=None, url=url, content=content)


async def kept(view: View, record: Record) -> File:
    """What is kept of an attachment or a file."""
    number = record["content"]
    if number is None:
        raise RequirementNotSatisfied(
            f"The {record.type} {record.id} was imported without its content, which is not kept here; its url points "
            f"to {record['url']}."
        )
    return File(record["fileName"] or record.id, number, await view.content(number))
