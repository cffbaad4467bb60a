import { caseSections } from '../test/support/case';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../test/support/factories';
import { chooseTitleAndUnit, fillSection } from '../test/support/fill';
import type { Site } from '../test/support/site';
import { startStolen } from './compare';
import { at } from './load/savers';
import type { Measure, Measured } from './measures';

const ROUNDS = 40;

/** M2: 「确定申报」 of a complete declaration (checks everything, freezes it, writes receipt and log) against a save of one section of it, over HTTP, one after the other; withdrawn in between. */
export async function m2(site: Site): Promise<Measured> {
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  const unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  await makePath(site, batch, unit, { committeeId: committee.id });
  const visitor = await signInAs(site, await makePerson(site, { name: '于文静' }));
  const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  const id = /declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? '';
  for (const c of caseSections(batch.year)) {
    await fillSection(visitor, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', unit.name);
  }
  const times = { submit: [] as number[], save: [] as number[] };
  const stolen = startStolen();
  for (let i = -3; i < ROUNDS; i++) {
    const form = await visitor.open(`/declarations/${id}/sections/performance`);
    const saving = performance.now();
    const saved = await visitor.submit(form, { 'main.text': `组织群众文化活动四十余场。第${i}稿` }, { button: 'do=save' });
    const save = performance.now() - saving;
    const check = await visitor.open(`/declarations/${id}/check`);
    const submitting = performance.now();
    const submitted = await visitor.submit(check);
    const submit = performance.now() - submitting;
    if (saved.status !== 303 || submitted.status !== 303)
      throw new Error(`save ${saved.status}, submit ${submitted.status}: ${submitted.text().slice(0, 300)}`);
    if (i >= 0) {
      times.save.push(save);
      times.submit.push(submit);
    }
    const withdrawal = await visitor.open(`/declarations/${id}/moves/withdraw`);
    const back = await visitor.submit(withdrawal);
    if (back.status !== 303) throw new Error(`withdraw ${back.status}`);
  }
  const versions = Number((await site.db('declaration_versions').where({ declaration_id: id }).count('* AS n'))[0]?.n);
  const against = (what: string, share: number): Measure => {
    const [ours, floor] = [at(times.submit, share), at(times.save, share)];
    return { what, value: Math.round((1000 * ours) / floor) / 1000, sides: { ours, floor, unit: 'ms' } };
  };
  return {
    measures: [{ ...against('「确定申报」 to a save, p95', 0.95), goal: { atMost: 2 } }, against('the same, median', 0.5)],
    rounds: ROUNDS,
    versions,
    stealPercent: stolen(),
  };
}
