"""A server process with real configuration: no secret, token, code or person in its log, answers or database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from api import migrating, seeding
from api.config import Config
from api.services import build
from tests import live, outside, stores
from tests.at_rest import everything_in, everything_in_the_database, found
from tests.platforms import fake_alipay, fake_registries, fake_wechat
from tests.platforms.fake_alipay import FakeAlipay, alipays_key, app_key, private_pem, public_pem, tampered
from tests.platforms.fake_registries import FakePhones
from tests.platforms.fake_server import Reply, cut, playing, replies
from tests.platforms.fake_wechat import FakeWeChat, refusal
from tests.sandbox import claim_of

PHONE = "13911112222"
SECRETS = [
    fake_wechat.SECRET,
    fake_wechat.SESSION_KEY,
    fake_registries.TOKEN,
    "ACCESS-TOKEN-",
    "authTOKEN-",
    "PRIVATE KEY",
    "one-time-",
    PHONE,
]
PEOPLE = ["openid-of-", "2088-of-", "张伟", claim_of("zhang-wei")["id_number"]]


@dataclass
class Seen:
    """What the server wrote, kept and said."""

    config: Config
    folder: Path
    answers: list[str] = field(default_factory=list)

    @property
    def log(self) -> bytes:
        return (self.folder / "log").read_bytes()

    def say(self, response: httpx.Response) -> httpx.Response:
        self.answers.append(f"{response.headers} {response.text}")
        return response


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """What is left of a server that people have logged in at, and whose platforms have failed."""
    folder, secrets = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("secrets")
    person = claim_of("zhang-wei")
    known = {(person["name"], person["id_number"], PHONE)}
    url = stores.fresh_url(folder)
    with (
        playing(FakeWeChat()) as wechat,
        playing(FakeAlipay()) as alipay,
        playing(FakePhones(known)) as phones,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name, value in settings(secrets, wechat, alipay, phones).items():
            environment.setenv(name, value)
        config = Config.from_env(
            {"LZ_ENV": "sandbox", "DATA_DIR": str(folder), "DATABASE_URL": url, "LOG_LEVEL": "debug"},
        )
        parts = build(config)
        migrating.upgrade(parts.database)
        seeding.fill_once(parts)
        parts.close()
        seen = Seen(config, folder)
        with (folder / "log").open("wb") as log, live.serving(config, log) as address:
            do_everything(seen, address, wechat, alipay)
            (folder / "seen-while-running").write_bytes(everything_in(folder))
    yield seen
    stores.drop(url)


def settings(secrets: Path, wechat: FakeWeChat, alipay: FakeAlipay, phones: FakePhones) -> dict[str, str]:
    (secrets / "wechat").write_text(fake_wechat.SECRET)
    (secrets / "private").write_text(private_pem(app_key()))
    (secrets / "public").write_text(public_pem(alipays_key()))
    return {
        "PROVIDERS": "sandbox,wechat,alipay",
        "WECHAT_APPID": fake_wechat.APP_ID,
        "WECHAT_SECRET_FILE": str(secrets / "wechat"),
        "WECHAT_BASE_URL": wechat.address,
        "ALIPAY_APP_ID": fake_alipay.APP_ID,
        "ALIPAY_PRIVATE_KEY_FILE": str(secrets / "private"),
        "ALIPAY_PUBLIC_KEY_FILE": str(secrets / "public"),
        "ALIPAY_GATEWAY": alipay.gateway,
        "PHONE_REGISTRY_URL": phones.address,
        "PHONE_REGISTRY_TOKEN": fake_registries.TOKEN,
    }


def do_everything(seen: Seen, address: str, wechat: FakeWeChat, alipay: FakeAlipay) -> None:
    """Log in, be vouched for and begin a face check; and let each of them go wrong."""
    number = claim_of("zhang-wei")["id_number"]
    for who in ("a", "b", "c"):
        wechat.login_code(f"one-time-w-{who}", f"openid-of-{who}")
        wechat.phone_code(f"one-time-p-{who}", f"openid-of-{who}", PHONE)
        alipay.auth_code(f"one-time-w-{who}", f"2088-of-{who}")
        alipay.auth_code(f"one-time-p-{who}", f"2088-of-{who}")
        alipay.certify(f"2088-of-{who}", "张伟", number)
    with outside.client(address) as via:
        go_wrong(seen, via, wechat, alipay)
        for provider in ("wechat", "alipay"):
            token = log_in(seen, via, provider, "one-time-w-b").json()["access_token"]
            mine = {"Authorization": f"Bearer {token}"}
            body = claim_of("zhang-wei") | {"phone_code": "one-time-p-b"}
            assert seen.say(via.post("/v1/real-name", json=body, headers=mine)).status_code in {201, 409}
            body = claim_of("zhang-wei") if provider == "alipay" else {}
            assert seen.say(via.post("/v1/real-name/face-checks", json=body, headers=mine)).status_code == 201
            seen.say(via.post("/v1/real-name", json=body | {"phone_code": "one-time-p-b"}, headers=mine))


def go_wrong(seen: Seen, via: httpx.Client, wechat: FakeWeChat, alipay: FakeAlipay) -> None:
    garbage = replies(Reply(b"<html>one-time-w-a openid-of-a</html>"))
    wechat.next(fake_wechat.LOGIN, cut, garbage, replies(refusal(40013, "one-time-w-a")))
    alipay.next(fake_alipay.TOKEN, cut, garbage, tampered)
    for provider in ("wechat", "alipay"):
        refusals = [log_in(seen, via, provider, "one-time-w-a").status_code for _ in range(3)]
        assert refusals == [503, 503, 503]
    assert log_in(seen, via, "wechat", "one-time-unknown").status_code == 401


def log_in(seen: Seen, via: httpx.Client, provider: str, code: str) -> httpx.Response:
    return seen.say(via.post("/v1/sessions", json={"provider": provider, "code": code}))


def test_there_is_something_to_read(seen: Seen) -> None:
    assert b"a system outside failed" in seen.log
    assert b"wechat refuses" in seen.log
    assert len(seen.answers) == 15
    assert len(everything_in(seen.folder) + everything_in_the_database(seen.config)) > 100_000


def test_no_answer_holds_a_secret_or_a_platforms_word_for_its_user(seen: Seen) -> None:
    assert found([*SECRETS, *PEOPLE[:2]], "\n".join(seen.answers).encode()) == []


def test_the_log_holds_no_secret_and_no_person(seen: Seen) -> None:
    assert found([*SECRETS, *PEOPLE, "张*"], seen.log) == []


def test_nothing_on_the_disk_holds_a_secret_or_a_person(seen: Seen) -> None:
    left = everything_in(seen.folder) + everything_in_the_database(seen.config)

    assert found([*SECRETS, *PEOPLE], left) == []
