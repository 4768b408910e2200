"""File methods."""

from methods.contents import keep, kept
from methods.nesting import NOT_TOO_DEEP, check_nesting
from methods.progress import check_project
from methods.setters import setter
from scrumrpc.calls.file_kinds import ContentType, FileContents, FileName, FileNameOrNone
from scrumrpc.calls.kinds import END, ExternalID, Flag, Index, Name, Note, Title
from scrumrpc.calls.references import FileRef, FolderRef, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.calls.view import File, View
from scrumrpc.errors import MissingParameter, RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_IN_A_FOLDER = "parentFolderID, where it is given, is a folder of the same project."
_NO_FOLDER = "fileID is a file, not a folder."


@method(noun="File", writes=True, answers="id", requires=(_IN_A_FOLDER, NOT_TOO_DEEP))
async def addFile(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    parentFolderID: FolderRef = None,
    name: Title = None,
    description: Note = None,
    fileName: FileName,
    contentType: ContentType = None,
    fileContents: FileContents,
    index: Index = END,
) -> str:
    """Adds a file to a project, or to one of its folders, put there by the caller at the present time.

    Without a name it is called by its file name. The index counts in the folder or, without one, among what is in no
    folder. The file can be fetched at its url, with the same credentials as calls.
    """
    _check_folder(projectID, parentFolderID)
    await check_nesting(tx, parentFolderID)
    file = await tx.create(
        "File",
        index,
        externalID=externalID,
        projectID=projectID.number,
        parentFolderID=parentFolderID.number if parentFolderID else None,
        isFolder=False,
        name=name or fileName,
        description=description,
        creatorID=tx.standing.person,
        date=tx.now,
        isArchived=False,
    )
    await keep(tx, file, fileName, contentType, fileContents)
    return file.id


@method(noun="File", writes=True, answers="id", requires=(_IN_A_FOLDER, NOT_TOO_DEEP))
async def addFolder(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    parentFolderID: FolderRef = None,
    name: Name,
    description: Note = None,
    index: Index = END,
) -> str:
    """Adds a folder for files to a project, or to one of its folders; it is a File object of which isFolder is true.

    The index counts in the folder or, without one, among what is in no folder.
    """
    _check_folder(projectID, parentFolderID)
    await check_nesting(tx, parentFolderID)
    folder = await tx.create(
        "File",
        index,
        externalID=externalID,
        projectID=projectID.number,
        parentFolderID=parentFolderID.number if parentFolderID else None,
        isFolder=True,
        name=name,
        description=description,
        creatorID=tx.standing.person,
        date=tx.now,
        isArchived=False,
    )
    return folder.id


@method(noun="File", writes=True)
async def deleteFile(tx: Transaction, *, fileID: FileRef) -> None:
    """Deletes a file with its comments, or a folder with everything that is in it."""
    await tx.delete(fileID)


@method(
    noun="File",
    writes=False,
    answers="contents",
    requires=(_NO_FOLDER, "The server keeps the content of the file; it does not of imported ones."),
)
async def getFileContents(view: View, *, fileID: FileRef) -> File:
    """Answers what a file holds."""
    _check_no_folder(fileID)
    return await kept(view, fileID)


@method(
    noun="File",
    writes=True,
    requires=(_IN_A_FOLDER, "A folder goes neither into itself nor into a folder that is in it.", NOT_TOO_DEEP),
)
async def moveFile(tx: Transaction, *, fileID: FileRef, parentFolderID: FolderRef = None, index: Index = END) -> None:
    """Moves a file, or a folder with what is in it, to a place in a folder or, without one, outside of all folders.

    The index is the position that it has afterwards, in the folder or among what is in no folder.
    """
    _check_folder(fileID, parentFolderID)
    await check_nesting(tx, parentFolderID, fileID)
    await tx.move(fileID, index, parentFolderID=parentFolderID.number if parentFolderID else None)


@method(noun="File", writes=True, requires=(_NO_FOLDER,))
async def setFileContents(
    tx: Transaction,
    *,
    fileID: FileRef,
    fileName: FileNameOrNone = None,
    contentType: ContentType = None,
    fileContents: FileContents,
) -> None:
    """Gives a file another content, under the same file name or, where one is given, under another.

    Its name stays, and so does its url but for the file name at the end, which may be any.
    """
    _check_no_folder(fileID)
    file_name = fileName or fileID["fileName"]
    if not file_name:
        raise MissingParameter(
            f"The parameter fileName of setFileContents is missing: the file {fileID.id} has no file name yet."
        )
    await keep(tx, fileID, file_name, contentType, fileContents)


setter("setFileDescription", "fileID", FileRef, "description", Note)
setter("setFileExternalID", "fileID", FileRef, "externalID", ExternalID)
setter("setFileIsArchived", "fileID", FileRef, "isArchived", Flag)
setter("setFileName", "fileID", FileRef, "name", Name)


def _check_folder(record: Record, folder: Record | None) -> None:
    check_project(record, folder)
    if folder is not None and not folder["isFolder"]:
        raise RequirementNotSatisfied(f"The file {folder.id} in parentFolderID is no folder; addFolder makes folders.")


def _check_no_folder(file: Record) -> None:
    if file["isFolder"]:
        raise RequirementNotSatisfied(f"The file {file.id} is a folder, which has no content of its own.")
