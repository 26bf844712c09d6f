"""The state's registries of people, as an adapter at the other side would answer by our small contract."""

from tests.platforms.fake_server import Asked, Fake, Reply, said

TOKEN = "t0ken-of-the-registries"


class FakePopulation(Fake):
    """Knows people by name, document and number."""

    def __init__(self, born: dict[tuple[str, str, str], str]) -> None:
        super().__init__()
        self.born = born

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(b"{}", status=401)
        claim = asked.json
        born = self.born.get((claim["name"], claim["id_type"], claim["id_number"]))
        return said({"matched": True, "birth_date": born} if born else {"matched": False})


class FakePhones(Fake):
    """Knows whose number one is."""

    def __init__(self, known: set[tuple[str, str, str]]) -> None:
        super().__init__()
        self.known = known

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(b"{}", status=401)
        claim = asked.json
        return said({"matched": (claim["name"], claim["id_number"], claim["phone"]) in self.known})
