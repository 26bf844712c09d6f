"""Registering a webhook, and switching one on again: its receiver is challenged first, outside any transaction."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from identity.crypto.signer import Signer
from identity.errors import InvalidField
from identity.ids import new_id
from identity.staff import OrganisationRow
from wallet.webhooks import challenging, urls, views
from wallet.webhooks.addresses import AddressRefused, HostUnknown
from wallet.webhooks.errors import TooManyWebhooks
from wallet.webhooks.models import EventType, WebhookRow, WebhookStatus
from wallet.webhooks.sending import Sender
from wallet.webhooks.urls import Endpoint, UrlMalformed
from wallet.webhooks.views import Webhook

MOST = 10

Open = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class WebhookDesk:
    """What registering needs: who sends and signs, and transactions. `plain_http` is the sandbox's."""

    sender: Sender
    signer: Signer
    read: Open
    write: Open
    plain_http: bool

    def register(self, organisation_id: str, url: str, events: Iterable[EventType], now: datetime) -> Webhook:
        """Register a webhook whose receiver answers the challenge.

        Raises InvalidField (the address), TooManyWebhooks, WebhookChallengeFailed.
        """
        endpoint = self.endpoint(url)
        with self.read() as session:
            _require_room(session, organisation_id)
        webhook_id = new_id()
        challenging.ask(self.sender, self.signer, endpoint, webhook_id, now)
        with self.write() as session:
            # The organisation's row is locked, so that its webhooks are counted one after the other.
            mine = OrganisationRow.id == organisation_id
            session.execute(select(OrganisationRow.id).where(mine).with_for_update())
            _require_room(session, organisation_id)
            row = WebhookRow(
                id=webhook_id,
                organisation_id=organisation_id,
                url=url,
                events=written(events),
                status=WebhookStatus.ACTIVE,
                created_at=now,
                confirmed_at=now,
            )
            session.add(row)
            session.flush()
            return views.webhook(row)

    def enable(self, organisation_id: str, webhook_id: str, now: datetime) -> Webhook:
        """Switch a webhook on again, after another challenge; one that is on is challenged as well.

        Raises WebhookNotFound, InvalidField (its address leads elsewhere by now), WebhookChallengeFailed.
        """
        with self.read() as session:
            url = views.row_of(session, organisation_id, webhook_id).url
        challenging.ask(self.sender, self.signer, self.endpoint(url), webhook_id, now)
        with self.write() as session:
            row = views.row_of(session, organisation_id, webhook_id)
            session.execute(
                update(WebhookRow)
                .where(WebhookRow.id == row.id, WebhookRow.status != WebhookStatus.DELETED)
                .values(
                    status=WebhookStatus.ACTIVE,
                    disabled_because=None,
                    confirmed_at=now,
                    failures=0,
                    failing_since=None,
                    rests_until=None,
                ),
            )
            session.refresh(row)
            return views.webhook(row)

    def endpoint(self, url: str) -> Endpoint:
        """Return a receiver's address, if we would connect to it. Raises InvalidField."""
        try:
            endpoint = urls.read(url, plain_http=self.plain_http)
            seconds = self.sender.patience.connect
            self.sender.guard.addresses(self.sender.resolve, endpoint.host, endpoint.port, seconds)
        except UrlMalformed:
            raise self._malformed() from None
        except (AddressRefused, HostUnknown):
            # One answer for both: nobody learns from us which names an inner network has.
            raise self._leads_nowhere() from None
        return endpoint

    def _malformed(self) -> InvalidField:
        schemes = "http://或https://" if self.plain_http else "https://"
        return InvalidField(
            field="url",
            message_zh=f"须为{schemes}地址，不含用户名、片段和非ASCII字符，至多2048个字符",
            message_en=f"An {schemes.replace('或', ' or ')} address of at most 2048 visible ASCII characters, "
            "without user or fragment.",
        )

    def _leads_nowhere(self) -> InvalidField:
        loopback = self.sender.guard.loopback_only
        return InvalidField(
            field="url",
            message_zh="沙盒只向本机回环地址推送" if loopback else "该地址无法解析，或不是公网地址",
            message_en="The sandbox sends to loopback only."
            if loopback
            else "Its host has no address, or one that is not public.",
        )


def written(events: Iterable[EventType]) -> str:
    """Return subscriptions as a row keeps them."""
    return " ".join(sorted(set(events)))


def _require_room(session: Session, organisation_id: str) -> None:
    there = (WebhookRow.organisation_id == organisation_id, WebhookRow.status != WebhookStatus.DELETED)
    if (session.scalar(select(func.count()).select_from(WebhookRow).where(*there)) or 0) >= MOST:
        raise TooManyWebhooks
