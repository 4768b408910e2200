"""Tag methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import END, ExternalID, GivenColor, Index, Name, Note, TagColor
from scrumrpc.calls.references import ProjectRef, TaggableRef, TaggableType, TagRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import DEFAULT_TAG_COLOR
from scrumrpc.store.transaction import Transaction


@method(
    noun="Tag",
    writes=True,
    answers="id",
    requires=("No other tag of the project has the name.",),
)
async def addTag(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    color: TagColor = None,
    index: Index = END,
) -> str:
    """Adds a tag to a project; addTagOnObject puts it on objects. Without a color it becomes Blue."""
    tag = await tx.create(
        "Tag",
        index,
        externalID=externalID,
        projectID=projectID.number,
        name=name,
        description=description,
        color=color or DEFAULT_TAG_COLOR,
    )
    return tag.id


@method(noun="Tag", writes=True)
async def deleteTag(tx: Transaction, *, tagID: TagRef) -> None:
    """Deletes a tag and takes it off every object."""
    for tagged in await tx.tagged_with(tagID):
        await tx.change(tagged, tagIDs=[number for number in tagged["tagIDs"] if number != tagID.number])
    await tx.delete(tagID)


@method(noun="Tag", writes=True)
async def moveTag(tx: Transaction, *, tagID: TagRef, index: Index = END) -> None:
    """Moves a tag to another position among those of its project."""
    await tx.move(tagID, index)


setter("setTagColor", "tagID", TagRef, "color", GivenColor)
setter("setTagDescription", "tagID", TagRef, "description", Note)
setter("setTagExternalID", "tagID", TagRef, "externalID", ExternalID)
setter("setTagName", "tagID", TagRef, "name", Name, requires=("No other tag of the project has the name.",))


@method(
    noun="Tag",
    writes=True,
    requires=("The object does not carry the tag yet.", "The tag and the object belong to the same project."),
)
async def addTagOnObject(tx: Transaction, *, tagID: TagRef, objectType: TaggableType, objectID: TaggableRef) -> None:
    """Puts a tag on an object, behind the tags that it carries."""
    if tagID["projectID"] != objectID["projectID"]:
        raise RequirementNotSatisfied(
            f"The tag {tagID.id} belongs to another project than the {objectType} {objectID.id}."
        )
    if tagID.number in objectID["tagIDs"]:
        raise RequirementNotSatisfied(f"The {objectType} {objectID.id} already has the tag {tagID.id}.")
    await tx.change(objectID, tagIDs=[*objectID["tagIDs"], tagID.number])


@method(noun="Tag", writes=True, requires=("The object carries the tag.",))
async def removeTagFromObject(
    tx: Transaction, *, tagID: TagRef, objectType: TaggableType, objectID: TaggableRef
) -> None:
    """Takes a tag off an object."""
    if tagID.number not in objectID["tagIDs"]:
        raise RequirementNotSatisfied(f"The {objectType} {objectID.id} does not have the tag {tagID.id}.")
    await tx.change(objectID, tagIDs=[number for number in objectID["tagIDs"] if number != tagID.number])
