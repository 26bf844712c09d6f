"""What a principal is told whenever somebody acts for them (代办): who it was, masked, and what they did.

A small child has no login: the notice is kept all the same, for whoever acts for them, and for themselves later.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from identity import notices, people
from identity.acting import Actor, ActorWord
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.numbers.masks import mask_name


def tell_principal(
    session: Session,
    cipher: PiiCipher,
    actor: Actor,
    *,
    person_id: PersonId,
    kind: NoticeKind,
    about: Mapping[str, str | None],
    now: datetime,
) -> None:
    """Tell the person acted for what was done, in its transaction; nobody is told of what they did themselves."""
    if actor.word is ActorWord.SELF:
        return
    by = {"helper": mask_name(people.name_of(session, cipher, actor.person_id))}
    notices.tell(session, cipher, person_id=person_id, kind=kind, about=by | dict(about), now=now)
