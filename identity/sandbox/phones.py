"""The sandbox's register of phone numbers: every persona has a fictitious one."""

from identity.sandbox import personas


class SandboxPhoneRegistry:
    """See PhoneRegistry. For a sandbox that is connected to a real platform, or to a developer's fake of one."""

    def matches(self, *, name: str, id_number: str, phone: str) -> bool:
        """Tell whether the number is the persona's own."""
        return any(
            (person["name"], person["id_number"], personas.phone_of(person["key"]))
            == (name, id_number, phone)
            for person in personas.source()
        )
