"""A sandbox that is connected to WeChat and Alipay, which somebody plays on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from api.app import create_app
from api.config import Config
from api.connecting import StandIns, connect
from api.outside_config import AlipayConfig, OutsideConfig, WeChatConfig
from api.services import build
from identity.accounts import AccountRow, LoginRow
from identity.clock import SystemClock
from identity.consent_texts import ConsentGivenRow
from identity.people import PersonRow
from identity.platforms.wire import Patience
from identity.proofs.face_check_rows import FaceCheckRow
from identity.proofs.face_checks import FaceCheckDesk
from identity.real_name_locks import RealNameAttemptRow
from identity.sandbox.phones import SandboxPhoneRegistry
from identity.sessions import SessionRow
from tests.platforms import fake_alipay, fake_wechat
from tests.platforms.fake_alipay import FakeAlipay
from tests.platforms.fake_server import playing
from tests.platforms.fake_wechat import FakeWeChat
from tests.sandbox import JSON, Citizen, Sandbox, claim_of

PHONE = "13800000001"


@dataclass
class City:
    """The sandbox, and who plays the platforms."""

    sandbox: Sandbox
    wechat: FakeWeChat
    alipay: FakeAlipay

    def log_in(self, provider: str, code: str) -> Citizen:
        body = {"provider": provider, "code": code}
        answer = self.sandbox.anybody.expect(201, "POST", "/v1/sessions", json=body)
        return Citizen(self.sandbox.app, answer["access_token"], code="zhang-wei", account=answer["account"])

    def refused(self, status: int, problem: str, provider: str, code: str) -> JSON:
        body = {"provider": provider, "code": code}
        return self.sandbox.anybody.refused(status, problem, "POST", "/v1/sessions", json=body)

    def rows(self) -> dict[str, int]:
        """Count what a login or a binding leaves behind."""
        tables = (
            AccountRow,
            LoginRow,
            SessionRow,
            PersonRow,
            ConsentGivenRow,
            RealNameAttemptRow,
            FaceCheckRow,
        )
        with self.sandbox.parts.database.read() as session:
            counts = [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
        names = [str(table.__tablename__) for table in tables]
        return dict(zip(names, counts, strict=True))

    def enter(self, who: str) -> None:
        """Let somebody new have an account at both platforms, and codes to log in and to be vouched for with."""
        self.wechat.login_code(f"login-{who}", f"openid-{who}")
        self.wechat.phone_code(f"name-{who}", f"openid-{who}", PHONE)
        self.alipay.auth_code(f"login-{who}", f"2088-{who}")
        self.alipay.auth_code(f"name-{who}", f"2088-{who}")
        self.alipay.certify(f"2088-{who}", "张伟", claim_of("zhang-wei")["id_number"])


@contextmanager
def a_city(config: Config, patience: Patience) -> Iterator[City]:
    """Build one."""
    with playing(FakeWeChat()) as wechat, playing(FakeAlipay()) as alipay:
        outside = OutsideConfig(
            sandbox_logins=True,
            wechat=WeChatConfig(fake_wechat.APP_ID, fake_wechat.SECRET, wechat.address),
            alipay=AlipayConfig(fake_alipay.APP_ID, fake_alipay.keys(), alipay.gateway),
        )
        with connected(replace(config, outside=outside), patience) as sandbox:
            yield City(sandbox, wechat, alipay)


@contextmanager
def connected(config: Config, patience: Patience) -> Iterator[Sandbox]:
    """Build a sandbox whose patience with what is outside is soon at its end."""
    built = build(config)
    stand_ins = StandIns([], built.outside.population, SandboxPhoneRegistry())
    outside = connect(config.outside, stand_ins, SystemClock().now, patience)
    providers = built.providers | {provider.name: provider for provider in outside.logins}
    desk = replace(built.real_name, population=outside.population)
    faces = FaceCheckDesk(desk, built.proofs)
    parts = replace(built, outside=outside, providers=providers, real_name=desk, face_checks=faces)
    try:
        yield Sandbox(create_app(config, parts))
    finally:
        built.outside.close()
        parts.close()


def claim(phone_code: str | None, code: str = "zhang-wei") -> JSON:
    """Return what somebody says to bind a real name, with the code by which the platform vouches."""
    return claim_of(code) | ({"phone_code": phone_code} if phone_code else {})
