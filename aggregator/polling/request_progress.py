"""Holds how far a request came through its redirects, and makes an outcome of it wherever it ends.

A request can end at any point, by an error or its time limit. Then this is all that is known of it. If the document had
arrived completely before the error, the outcome is a success.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.model.polling import FailureKind, Hop, RefusalRule, Refused, SuccessResponse, Unreachable
from aggregator.polling.content_decoding import BodyDecoder
from aggregator.polling.document_end import is_whole_document
from aggregator.polling.fetch_errors import classify_request_error, is_connection_refused, is_impatience
from aggregator.polling.time_limit import TimeLimit


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedResponse:
    """A response whose body is wanted: its status and headers, and the part of the body that arrived so far."""

    status: int
    headers: Mapping[str, str]
    body: BodyDecoder


@dataclass(kw_only=True, slots=True)
class RequestProgress:
    """The progress of one request: its current URL, the redirects before it, and the response that is being read."""

    url: str
    limit: TimeLimit
    hops: list[Hop] = field(default_factory=list)
    response: ReceivedResponse | None = None

    def refused(self, rule: RefusalRule, reason: str) -> Refused:
        """Returns the outcome of a request that a rule of this program ends."""
        return Refused(url=self.url, rule=rule, reason=reason, hops=tuple(self.hops))

    def succeeded(self, response: ReceivedResponse, body: bytes) -> SuccessResponse:
        """Returns the outcome of a request with its complete body."""
        return SuccessResponse(
            url=self.url,
            status=response.status,
            headers=response.headers,
            body=body,
            hops=tuple(self.hops),
            wire_bytes=response.body.wire_bytes,
        )

    def failed(self, error: BaseException) -> SuccessResponse | Refused | Unreachable:
        """Returns the outcome of a request that an error of the server, the network or a rule ends."""
        rule, reason = classify_request_error(error)
        if isinstance(rule, RefusalRule):
            return self.refused(rule, reason)
        if (whole := self._whole_document()) is not None:
            return whole
        if self.limit.stalled_seconds and is_impatience(error):
            return self._overloaded()
        return Unreachable(
            url=self.url, trouble=rule, reason=reason, hops=tuple(self.hops), refused=is_connection_refused(error)
        )

    def timed_out(self, seconds: float) -> SuccessResponse | Unreachable:
        """Returns the outcome of a request that its time limit of ``seconds`` ends."""
        if (whole := self._whole_document()) is not None:
            return whole
        if self.limit.was_stalled_throughout:
            return self._overloaded()
        reason = f"no complete response within {seconds:g} s"
        return Unreachable(url=self.url, trouble=FailureKind.TIMEOUT, reason=reason, hops=tuple(self.hops))

    def _whole_document(self) -> SuccessResponse | None:
        """Returns the response whose document has its end, although the transfer has not."""
        if self.response is None or not is_whole_document(body := self.response.body.beginning):
            return None
        return self.succeeded(self.response, body)

    def _overloaded(self) -> Unreachable:
        reason = f"this machine was too busy for {self.limit.stalled_seconds:.0f} s"
        return Unreachable(url=self.url, trouble=FailureKind.OVERLOAD, reason=reason, hops=tuple(self.hops))
