import { databaseNow } from '../../src/db/db';
import { decideObjection, findObjection, recordObjection, startPublicity } from '../../src/modules/unit-publicity';
import type { Plan } from './clock';
import { declarationOf, demand, expectKind, REQUEST_ID, unitActorOf, type World } from './world';

const UNIT = 'tushuguan';

/** 「单位公示」 of the batch that demands it: one that is over and was reported, one with an upheld objection. */
export function planPublicities(plan: Plan, world: World): void {
  let publicityId = 0;
  let objectionId = 0;
  plan.add(36, '15:00', async () => void (await putUp(world, ['xiahouwq'])));
  plan.add(6, '10:00', async () => {
    publicityId = await putUp(world, ['dongzhiqiu', 'bumairimu']);
  });
  plan.add(4, '09:30', async () => {
    const { today } = await databaseNow(world.trx);
    const outcome = await recordObjection(world.deps, await unitActorOf(world, UNIT), {
      publicityId,
      declarationId: await declarationOf(world, 'dongzhiqiu'),
      receivedOn: today,
      kind: 'named',
      content: '反映其代表性成果中的一项由他人完成。',
      requestId: REQUEST_ID,
    });
    if (outcome.kind !== 'done') throw new Error(`demonstration data: objection gave ${outcome.kind}`);
    objectionId = outcome.id;
  });
  plan.add(3, '16:10', async () => {
    const actor = await unitActorOf(world, UNIT);
    const objection = demand(await findObjection(world.trx, actor.unitId, objectionId), 'objection');
    const outcome = await decideObjection(world.deps, actor, objection, {
      outcome: 'withheld',
      finding: '经向项目牵头单位核实，反映属实，本年度不予推荐。',
      comments: [],
      requestId: REQUEST_ID,
    });
    expectKind(outcome, 'done', 'decision on the objection');
  });
}

async function putUp(world: World, people: readonly string[]): Promise<number> {
  const ids: string[] = [];
  for (const p of people) ids.push(await declarationOf(world, p));
  const outcome = await startPublicity(world.deps, await unitActorOf(world, UNIT), {
    ids,
    place: '图书馆一楼公示栏',
    contact: '邢丽萍 0631-5200103',
    requestId: REQUEST_ID,
  });
  if (outcome.kind !== 'done') throw new Error(`demonstration data: publicity gave ${JSON.stringify(outcome)}`);
  return outcome.id;
}
