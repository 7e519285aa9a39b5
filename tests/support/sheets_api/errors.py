"""Answers that are errors, in the words of Google's APIs.

Each sentence was recorded from the API or reported by somebody who saw it; which of them
are assumed is told in docs/sheets-emulator.md.
"""

from __future__ import annotations

from typing import Any

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """An answer with an HTTP status of 400 or above."""

    def __init__(
        self, code: int, message: str, *, status: str = "", details: list[dict] | None = None
    ):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUS[code]
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON that Google answers."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def at(self, place: str) -> ApiError:
        """The same error, said of one request of a batch."""
        if self.code != 400 or self.message.startswith("Invalid requests["):
            return self
        return ApiError(
            400, f"Invalid {place}: {self.message}", status=self.status, details=self.details
        )


def invalid(message: str) -> ApiError:
    """400: the request makes no sense."""
    return ApiError(400, message)


def bad_fields(violations: list[tuple[str, str]], message: str = "") -> ApiError:
    """400 with the fields that are wrong, as the JSON parser in front of the API says it."""
    details = [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [
                {"field": field, "description": text} if field else {"description": text}
                for field, text in violations
            ],
        }
    ]
    return ApiError(400, message or "\n".join(text for _, text in violations), details=details)


def not_found() -> ApiError:
    """404: there is no such spreadsheet, or none that this account may know of."""
    return ApiError(404, "Requested entity was not found.")


def forbidden() -> ApiError:
    """403: the spreadsheet is not shared with this account, or only to be viewed."""
    return ApiError(403, "The caller does not have permission")


def protected() -> ApiError:
    """400: a protected range is in the way."""
    return invalid(
        "You are trying to edit a protected cell or object. Please contact the spreadsheet owner"
        " to remove protection if you need to edit."
    )


def unsupported_document() -> ApiError:
    """400: the file is no Google spreadsheet, such as an .xlsx that lies in Drive."""
    return ApiError(
        400, "This operation is not supported for this document", status="FAILED_PRECONDITION"
    )


def not_emulated(what: str) -> ApiError:
    """501: Google can do this, the emulator can't."""
    return ApiError(501, f"The emulator does not know {what}.")


def unauthenticated() -> ApiError:
    """401: the access token is unknown, expired or revoked."""
    return ApiError(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login"
        " cookie or other valid authentication credential. See"
        " https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )


def anonymous() -> ApiError:
    """403: no credentials came with the request."""
    return ApiError(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please"
        " use API Key or other form of API consumer identity to call this API.",
    )


def scopes_missing(method: str) -> ApiError:
    """403: the access token was issued for something else."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "sheets.googleapis.com", "method": method},
    }
    return ApiError(403, "Request had insufficient authentication scopes.", details=[info])


def service_disabled(project: str) -> ApiError:
    """403: nobody has switched the API on in the cloud project."""
    url = (
        "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview"
        f"?project={project}"
    )
    return ApiError(
        403,
        f"Google Sheets API has not been used in project {project} before or it is disabled."
        f" Enable it by visiting {url} then retry. If you enabled this API recently, wait a few"
        " minutes for the action to propagate to our systems and retry.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "SERVICE_DISABLED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": "sheets.googleapis.com",
                    "serviceTitle": "Google Sheets API",
                    "consumer": f"projects/{project}",
                    "containerInfo": project,
                    "activationUrl": url,
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [{"description": "Google developers console API activation", "url": url}],
            },
        ],
    )


def quota_exceeded(kind: str, limit: int, project: str) -> ApiError:
    """429: too many reads or writes in this minute.

    Args:
        kind: "Read" or "Write".
        limit: how many there may be in a minute.
        project: the number of the cloud project.
    """
    metric = f"sheets.googleapis.com/{kind.lower()}_requests"
    name = f"{kind}RequestsPerMinutePerUser"
    return ApiError(
        429,
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute"
        f" per user' of service 'sheets.googleapis.com' for consumer 'project_number:{project}'.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": "sheets.googleapis.com",
                    "consumer": f"projects/{project}",
                    "quota_metric": metric,
                    "quota_limit": name,
                    "quota_limit_value": str(limit),
                    "quota_unit": "1/min/{project}/{user}",
                    "quota_location": "global",
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
                    }
                ],
            },
        ],
    )


HTML_500 = (
    "<!DOCTYPE html><html lang=en><title>Error 500 (Server Error)!!1</title>"
    "<p><b>500.</b> <ins>That's an error.</ins><p>The server encountered an error and could not"
    " complete your request.<p>Please try again in 30 seconds.</html>"
)
