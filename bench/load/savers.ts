import fs from 'node:fs';
import { fullCase } from '../../test/support/case';
import { makeBatch, makeCommittee, makePerson, signInAs } from '../../test/support/factories';
import { fillSection } from '../../test/support/fill';
import type { Site } from '../../test/support/site';
import { newToken } from '../../src/lib/new-token';
import { hiddenFields, Ledger, urlencoded } from './client';
import { Person, Scans, type Storm } from './storm';

const SECTION = 'education';

export interface Saver {
  person: Person;
  declaration: string;
  save: () => Promise<number>;
  /** how many of its saves were acknowledged */
  acknowledged: () => number;
}

/** Signed-in people with a declaration each, who save 学历 over and over, as its form sends it with everything filled in. */
export async function makeSavers(
  site: Site,
  base: string,
  n: number,
): Promise<{ savers: Saver[]; storm: Storm; fields: [string, string][] }> {
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  const visitor = await signInAs(site, await makePerson(site));
  const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  const id = /declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? '';
  const filled = fullCase(batch.year).find((c) => c.section === SECTION) ?? { section: SECTION };
  await fillSection(visitor, id, { ...filled, files: {} });
  const page = await visitor.open(`/declarations/${id}/sections/${SECTION}`);
  const own = ['_csrf', '_token', 'version'];
  const fields = page.fields().filter(([name]) => !own.includes(name));
  const storm: Storm = { site, batch, bases: [base], sections: [], scans: await Scans.make(2), ledger: new Ledger() };
  const savers: Saver[] = [];
  for (let i = 0; i < n; i++) {
    const person = new Person(storm, (await makePerson(site)).loginName);
    await person.signIn();
    const declaration = await person.begin();
    const address = `/declarations/${declaration}/sections/${SECTION}`;
    const hidden = new Map(hiddenFields((await person.get('page', address)).html));
    let version = Number(hidden.get('version'));
    const first = version;
    savers.push({
      person,
      declaration,
      async save() {
        const body: [string, string][] = [
          ['_csrf', hidden.get('_csrf') ?? ''],
          ['_token', newToken()],
          ['version', String(version)],
          ...fields,
          ['do', 'save'],
        ];
        const answer = await person.post('save', address, urlencoded(body));
        if (answer.status !== 303) throw new Error(`save: ${answer.status}`);
        version++;
        return answer.took;
      },
      acknowledged: () => version - first,
    });
  }
  return { savers, storm, fields };
}

/** What was acknowledged and is not there; none is right. */
export async function lostSaves(site: Site, savers: readonly Saver[]): Promise<number> {
  let lost = 0;
  for (const s of savers) {
    const row = (await site.db('declaration_sections').where({ declaration_id: s.declaration, section: SECTION }).first('version')) as
      { version: number } | undefined;
    lost += s.acknowledged() - (row?.version ?? 0);
  }
  return lost;
}

/** Memory of a process that is really held, in MB. */
export const rssOf = (pid: number | undefined): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024);

export const at = (list: readonly number[], share: number): number => {
  const sorted = [...list].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN) * 100) / 100;
};
