"""Kinship as licences tell it: a child's birth certificate (出生医学证明), or the household register (户口簿).

The registries are asked at that moment; what lies in a wallet proves nothing here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from identity.errors import RegistryUnavailable
from wallet.registries.asking import AnswerStatus, RegistryAnswer, RegistryDesk
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus

BIRTH_CERTIFICATE, HOUSEHOLD_REGISTER = "BIRTH_CERT", "HOUSEHOLD_REGISTER"
PARENTS = ("mother_id_no", "father_id_no")
# What a household register calls its head, who is married to the head, and who is the head's child.
HEAD = "户主"
SPOUSES = frozenset({"妻", "夫", "妻子", "丈夫", "配偶"})
CHILDREN = frozenset({"子", "女", "儿子", "女儿", "独生子", "独生女", "养子", "养女"})
BIRTH_ORDER = "长次二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class RegisteredKinship:
    """See `identity.family.kinship.KinshipRegistry`."""

    desk: RegistryDesk

    def is_parent(self, parent_number: str, child_number: str) -> bool:
        """Tell whether a registry names this parent of this child. Raises RegistryUnavailable."""
        of_child = self.desk.ask_all(child_number)
        if _named_at_birth(of_child, parent_number, child_number):
            return True
        of_parent = self.desk.ask_all(parent_number)
        if _in_one_household(of_parent, of_child, parent_number, child_number):
            return True
        if any(answer.status is not AnswerStatus.OK for answer in (*of_child, *of_parent)):
            raise RegistryUnavailable
        return False


def _named_at_birth(of_child: Sequence[RegistryAnswer], parent_number: str, child_number: str) -> bool:
    certificates = _valid(of_child, BIRTH_CERTIFICATE, child_number)
    return any(parent_number in [one.fields.get(key) for key in PARENTS] for one in certificates)


def _in_one_household(
    of_parent: Sequence[RegistryAnswer],
    of_child: Sequence[RegistryAnswer],
    parent_number: str,
    child_number: str,
) -> bool:
    children = {
        page.fields.get("household_no")
        for page in _valid(of_child, HOUSEHOLD_REGISTER, child_number)
        if _is_child(str(page.fields.get("relationship", "")))
    }
    return any(
        page.fields.get("household_no") in children - {None, ""}
        for page in _valid(of_parent, HOUSEHOLD_REGISTER, parent_number)
        if page.fields.get("relationship") == HEAD or page.fields.get("relationship") in SPOUSES
    )


def _is_child(relationship: str) -> bool:
    # 长子, 次女, 三子: the order of birth before the word.
    return relationship in CHILDREN or relationship.lstrip(BIRTH_ORDER) in {"子", "女"}


def _valid(answers: Sequence[RegistryAnswer], kind: str, holder_number: str) -> Iterator[RegistryRecord]:
    for answer in answers:
        for record in answer.records:
            held = holder_number in record.holder_numbers and record.status is LicenceStatus.VALID
            if record.kind == kind and held:
                yield record
