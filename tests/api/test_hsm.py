"""Private keys in an HSM: SoftHSM2 signs what the app shows, and no file holds what it signs with."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from api.commands import keys
from api.config import Config, ConfigError
from api.services import build
from identity.crypto.hsm import Hsm, HsmSettings
from identity.crypto.keyring import KeyRingError, Purpose, create_ring
from tests.sandbox import Sandbox, at_once, running

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
TOKEN, PIN = "liangzheng", "code-for-tests"
KIND = "DRIVING_LICENCE"
ENV = {"HSM_MODULE": str(MODULE), "HSM_TOKEN": TOKEN, "HSM_PIN": PIN, "HSM_PURPOSES": "show, offline"}
SANDBOX = {"LZ_ENV": "sandbox"}

with_softhsm = pytest.mark.skipif(not MODULE.exists(), reason="SoftHSM2 is not installed")


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HsmSettings]:
    """A token of one's own. The library reads its configuration once in a process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        init = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN]
        subprocess.run(init, check=True, capture_output=True, env=os.environ)
        yield HsmSettings(MODULE, TOKEN, PIN, frozenset({Purpose.SHOW, Purpose.OFFLINE}))


@pytest.fixture
def in_hsm(config: Config, hsm: HsmSettings, tmp_path: Path) -> Config:
    """The configuration of a sandbox that lets the HSM sign what is shown, with a key it has still to make."""
    folder = tmp_path / "own-keys"
    shutil.copytree(config.keys_dir, folder)
    for purpose in hsm.purposes:
        (folder / f"{purpose}.json").unlink()
    return replace(config, keys_dir=folder, hsm=hsm)


@pytest.fixture
def sandbox(in_hsm: Config) -> Iterator[Sandbox]:
    with running(in_hsm) as sandbox:
        yield sandbox


@with_softhsm
def test_codes_that_the_hsm_signed_are_verified_online_and_offline(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()

    seen = [officer.scan(citizen.show(KIND, mode=mode)["qr_text"]) for mode in ("online", "offline")]

    assert [one["outcome"] for one in seen] == ["accepted"] * 2
    assert officer.get("/v1/offline-pack").status_code == 200


@with_softhsm
def test_a_ring_in_the_hsm_holds_no_private_part_and_publishes_its_keys(
    sandbox: Sandbox, in_hsm: Config
) -> None:
    published = sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")["keys"]

    for purpose in (Purpose.SHOW, Purpose.OFFLINE):
        (entry,) = json.loads((in_hsm.keys_dir / f"{purpose}.json").read_text())["keys"]
        assert set(entry["jwk"]) == {"kty", "crv", "x", "y", "kid"}
        assert (
            entry["jwk"].items()
            <= next(key for key in published if key["kid"] == entry["jwk"]["kid"]).items()
        )


@with_softhsm
def test_a_rotation_makes_the_next_key_in_the_hsm_and_codes_of_both_are_verified(
    sandbox: Sandbox, in_hsm: Config
) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    before = citizen.show(KIND)["qr_text"]

    rotated = keys.app_of(in_hsm).test_cli_runner().invoke(args=["keys", "rotate", "show", "--now"])
    after = citizen.show(KIND)["qr_text"]

    assert rotated.exit_code == 0, rotated.output
    assert before.partition(".")[0] != after.partition(".")[0]
    assert [officer.scan(text)["outcome"] for text in (before, after)] == ["accepted"] * 2


@with_softhsm
def test_threads_that_sign_at_once_each_get_a_signature_of_their_own(hsm: HsmSettings) -> None:
    token = Hsm(hsm)
    public = ECAlgorithm.from_jwk(token.create_key("sThr"))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    es256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)

    def sign(number: int) -> bool:
        text = str(number).encode()
        return es256.verify(text, public, token.sign(text, "sThr"))

    assert all(at_once(*[lambda n=n: all(sign(n * 100 + i) for i in range(20)) for n in range(8)]))


@with_softhsm
def test_a_key_that_the_hsm_lacks_stops_the_start(in_hsm: Config, hsm: HsmSettings, tmp_path: Path) -> None:
    create_ring(tmp_path / "other", Purpose.SHOW)
    ring = json.loads((tmp_path / "other" / "show.json").read_text())
    del ring["keys"][0]["jwk"]["d"]
    (in_hsm.keys_dir / "show.json").write_text(json.dumps(ring))

    with pytest.raises(KeyRingError, match=rf"{hsm.token}.* can't be used: NoSuchKey"):
        build(in_hsm)


@with_softhsm
def test_a_private_key_in_a_file_is_refused_where_the_hsm_is_to_hold_it(in_hsm: Config) -> None:
    create_ring(in_hsm.keys_dir, Purpose.SHOW)

    with pytest.raises(KeyRingError, match=r"show\.json .* needs public keys"):
        build(in_hsm)


@pytest.mark.parametrize("wrong", [{"token": "no-such"}, {"module": Path("/no/such.so")}])
@with_softhsm
def test_an_hsm_that_is_not_there_stops_the_start_and_no_pin_is_told(
    hsm: HsmSettings, wrong: dict[str, str | Path]
) -> None:
    with pytest.raises(KeyRingError, match="can't be used") as refusal:
        Hsm(replace(hsm, **wrong))  # type: ignore[arg-type]

    assert PIN not in str(refusal.value)


def test_the_pin_comes_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text(f"{PIN}\n")
    env = {name: value for name, value in ENV.items() if name != "HSM_PIN"}

    config = Config.from_env(SANDBOX | env | {"HSM_PIN_FILE": str(tmp_path / "pin")})

    assert config.hsm == HsmSettings(MODULE, TOKEN, PIN, frozenset({Purpose.SHOW, Purpose.OFFLINE}))
    assert PIN not in repr(config)


@pytest.mark.parametrize(
    "change",
    [
        {"HSM_MODULE": ""},
        {"HSM_TOKEN": ""},
        {"HSM_PURPOSES": ""},
        {"HSM_PURPOSES": "show, pii"},
        {"HSM_PURPOSES": "all"},
        {"HSM_PIN": ""},
        {"HSM_PIN_FILE": "/no/such"},
        {"HSM_PIN": "", "HSM_PIN_FILE": "/no/such"},
    ],
)
def test_half_an_hsm_stops_the_start_with_a_sentence(change: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"^HSM_.*\.$") as refusal:
        Config.from_env(SANDBOX | ENV | change)

    assert PIN not in str(refusal.value)
