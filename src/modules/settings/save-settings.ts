import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { definitions, isSettingKey, settingKeys, settingsOf, settingText, type SettingKey, type Settings } from './definitions';
import { listChangesAfter, lockSettings, readSettings, writeSetting } from './settings.store';

export interface Overtaken {
  key: SettingKey;
  /** who has changed it meanwhile, and to what */
  byName: string;
  text: string;
}
export type SaveSettingsOutcome =
  | { kind: 'done'; changed: number }
  /** others have changed what this form would write over; nothing was written. `version`: as it stands now */
  | { kind: 'conflict'; overtaken: Overtaken[]; version: number };

/** Writes the settings that differ from what holds, with one audit row. `version`: the last change that the form knew of. */
export async function saveSettings(
  deps: Pick<Deps, 'db' | 'config' | 'settings'>,
  actor: Actor,
  wanted: Settings,
  version: number,
  requestId: string,
): Promise<SaveSettingsOutcome> {
  const outcome = await inTransaction(deps.db, async (trx): Promise<SaveSettingsOutcome> => {
    const last = await lockSettings(trx);
    const present = settingsOf(await readSettings(trx), deps.config);
    const overtaken: Overtaken[] = [];
    for (const { key, byName } of await listChangesAfter(trx, version)) {
      if (!isSettingKey(key) || present[key] === wanted[key] || overtaken.some((o) => o.key === key)) continue;
      overtaken.push({ key, byName: byName ?? '系统维护人员', text: settingText(key, present[key]) });
    }
    if (overtaken.length > 0) return { kind: 'conflict', overtaken, version: last };
    const changed = settingKeys.filter((key) => present[key] !== wanted[key]);
    for (const key of changed) await writeSetting(trx, key, wanted[key], actor.accountId);
    if (changed.length > 0)
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'settings.save',
        subjectKind: 'setting',
        detail: {
          settings: changed.map(
            (key) => `${definitions[key].field.label}：${settingText(key, present[key])}→${settingText(key, wanted[key])}`,
          ),
        },
        requestId,
      });
    return { kind: 'done', changed: changed.length };
  });
  if (outcome.kind === 'done' && outcome.changed > 0) deps.settings.refresh();
  return outcome;
}
