"""The error catalogue: one exception class per wire error id, with its HTTP status and its meaning."""

from __future__ import annotations

from typing import ClassVar, Self


class ApiError(Exception):
    """Something a client is told: an error id (the class name), an HTTP status and a message in plain words.

    The docstring of each subclass is the meaning shown in the documentation, and the message when a call site has
    nothing more exact to say. `retry_after` (seconds) becomes the Retry-After header.
    """

    status: ClassVar[int]
    default_retry_after: ClassVar[int | None] = None

    def __init__(self, message: str | None = None, *, retry_after: int | None = None) -> None:
        self.message = message or (self.__doc__ or "").strip()
        self.retry_after = retry_after if retry_after is not None else self.default_retry_after
        # Set by the pipeline once they are known, for headers and the log.
        self.data_version: int | None = None
        self.epoch: str | None = None
        self.account: int | None = None
        self.key_name: str | None = None
        self.ignored: tuple[str, ...] = ()
        super().__init__(self.message)

    @property
    def error_id(self) -> str:
        """The wire name of the error."""
        return type(self).__name__

    def again(self) -> Self:
        """The same error for another call, of which it may be told other things."""
        return type(self)(self.message, retry_after=self.retry_after)


class InvalidRequest(ApiError):
    """The request is not well formed."""

    status = 400


class InvalidURL(ApiError):
    """There is nothing at this URL."""

    status = 404


class AuthenticationRequired(ApiError):
    """The request carries no HTTP Basic credentials; send an e-mail address as username and an API key as password."""

    status = 401


class InvalidAuthenticationInfo(ApiError):
    """The Authorization header cannot be read as HTTP Basic credentials."""

    status = 401


class InvalidUserEmailAddress(ApiError):
    """The username of the credentials is not the e-mail address of a person in the account of the API key."""

    status = 401


class InvalidAPIKey(ApiError):
    """The password of the credentials is not a valid API key; one that was deleted or has expired is none any more."""

    status = 401


class APINotAvailable(ApiError):
    """The database cannot be reached at the moment; try again shortly."""

    status = 503
    default_retry_after = 5


class DuringMaintenance(ApiError):
    """The account is under maintenance; try again later."""

    status = 503
    default_retry_after = 60


class InternalServerError(ApiError):
    """An error inside the server; the operator finds it in the log under the call id of this answer."""

    status = 500


class CompanyAccountClosed(ApiError):
    """The account has been closed."""

    status = 403


class APIAccessNotAllowed(ApiError):
    """API access has been turned off for the account."""

    status = 403


class APIBusy(ApiError):
    """The server has more calls waiting than it accepts; try again shortly."""

    status = 503
    default_retry_after = 1


class APILimitReached(ApiError):
    """As many calls as may were made with the API key or for its account in a minute, or too many with wrong keys."""

    status = 429
    default_retry_after = 60


class TooManyOngoingRequests(ApiError):
    """The API key, or its account, has too many calls under way at once; wait for some to end."""

    status = 429
    default_retry_after = 1


class InvalidMethodName(ApiError):
    """The API has no method of this name."""

    status = 404


class InvalidParameter(ApiError):
    """A parameter has a value that it cannot have."""

    status = 400


class MissingParameter(ApiError):
    """A parameter that the method needs is missing."""

    status = 400


class ObjectNotFound(ApiError):
    """An object that a parameter names does not exist in the account."""

    status = 404


class RequirementNotSatisfied(ApiError):
    """A requirement of the method does not hold for the present data."""

    status = 409


class UserCannotAccessProject(ApiError):
    """The person that the call is made for has no access to the project."""

    status = 403


class UserHasInsufficientPermissions(ApiError):
    """The person that the call is made for may not do this."""

    status = 403


class ObjectWithExternalIDAlreadyExists(ApiError):
    """Another object of the same type already has this external id."""

    status = 409


class RequestAlreadyExecuted(ApiError):
    """A call with this requestID has already succeeded with the same API key."""

    status = 409


class RequiredDataVersionNotMatching(ApiError):
    """The account is not at the data version that the call requires."""

    status = 412


class DataVersionNotReachedYet(ApiError):
    """The account has not reached the data version that the call asks for."""

    status = 404


class DataVersionNoLongerKept(ApiError):
    """The data version that the call asks for is older than the history that is kept of the account."""

    status = 410


class RequiredEpochNotMatching(ApiError):
    """The account has another epoch than the call requires: it was restored or imported since; read everything anew."""

    status = 412


CATALOGUE: tuple[type[ApiError], ...] = (
    InvalidRequest,
    InvalidURL,
    AuthenticationRequired,
    InvalidAuthenticationInfo,
    InvalidUserEmailAddress,
    InvalidAPIKey,
    APINotAvailable,
    DuringMaintenance,
    InternalServerError,
    CompanyAccountClosed,
    APIAccessNotAllowed,
    APIBusy,
    APILimitReached,
    TooManyOngoingRequests,
    InvalidMethodName,
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    RequirementNotSatisfied,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
    ObjectWithExternalIDAlreadyExists,
    RequestAlreadyExecuted,
    RequiredDataVersionNotMatching,
    DataVersionNotReachedYet,
    DataVersionNoLongerKept,
    RequiredEpochNotMatching,
)
"""All 24 error ids of the API documentation (page Errors), in its order, and behind them those of this server."""
