import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findPhone, setPhone, type Desk } from './contact.store';

/** P4: a bureau or an office puts down where it is reached; every page that says whom to call shows it from then on. */
export async function changePhone({ db }: Pick<Deps, 'db'>, actor: Actor, desk: Desk, phone: string, requestId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await findPhone(trx, desk, true);
    if (before === phone) return;
    await setPhone(trx, desk, phone);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'contact.change',
      subjectKind: 'divisionCode' in desk ? 'division' : 'committee',
      subjectId: 'divisionCode' in desk ? desk.divisionCode : String(desk.committeeId),
      detail: { before, after: phone },
      requestId,
    });
  });
}
