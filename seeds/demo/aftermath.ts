import { askAppeal } from '../../src/modules/appeals';
import { actOnCertificate, findCertificateOf } from '../../src/modules/certificates';
import { decideObjection, handInObjection } from '../../src/modules/objections';
import { findObjectionFor } from '../../src/modules/objections/objections.store';
import type { Plan } from './clock';
import { actorOf, declarationOf, demand, expectKind, REQUEST_ID, type World } from './world';

const OFFICE = 'pwh_qzwh';
const BUREAU = 'huancui_rsj';

/** What follows results: an objection that was looked into and one that waits, a recheck that waits for its answer, a certificate revoked and issued anew. */
export function planAftermath(plan: Plan, world: World): void {
  plan.add(18, '10:30', () => object(world, 'ouyangmx', '反映公示的现从事专业与其工作岗位不一致。'));
  plan.add(12, '15:00', () => decide(world, 'ouyangmx'));
  plan.add(5, '10:10', () => ask(world));
  plan.add(1, '09:50', () => replace(world));
  plan.add(1, '14:20', () => object(world, 'tengjianing', '反映其代表性成果第二项的位次与获奖证书不一致，请核实。'));
}

async function object(world: World, loginName: string, content: string): Promise<void> {
  const declarationId = await declarationOf(world, loginName);
  const item = (await world.trx('publicity_items').where({ declaration_id: declarationId }).first('publicity_id')) as
    { publicity_id: number } | undefined;
  const outcome = await handInObjection(world.deps, {
    publicityId: demand(item, `publicity of ${loginName}`).publicity_id,
    declarationId,
    objector: { name: '隋志远', contact: '0631-5200199' },
    content,
    file: undefined,
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'received', 'objection');
}

async function decide(world: World, loginName: string): Promise<void> {
  const office = await actorOf(world, OFFICE);
  const row = (await world
    .trx('result_objections')
    .where({ declaration_id: await declarationOf(world, loginName) })
    .first('id')) as { id: number } | undefined;
  const objection = demand(await findObjectionFor(world.trx, office, demand(row, 'objection').id), 'objection');
  const outcome = await decideObjection(world.deps, office, objection, {
    outcome: 'dismissed',
    finding: '经向所在单位核实，聘任文件与申报内容一致，反映的情况不属实。',
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'done', 'decision on the objection');
}

async function ask(world: World): Promise<void> {
  const outcome = await askAppeal(world.deps, await actorOf(world, 'chejianye'), await declarationOf(world, 'chejianye'), {
    reason: '本人 2025 年获得的市级群众文化作品一等奖已经上传，评议时可能没有看到，请予以核对。',
    attach: () => Promise.resolve(),
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'asked', 'request for a recheck');
}

async function replace(world: World): Promise<void> {
  const id = await declarationOf(world, 'ouyangmx');
  const certificate = demand(await findCertificateOf(world.trx, id), 'certificate of ouyangmx');
  const outcome = await actOnCertificate(world.deps, await actorOf(world, BUREAU), id, {
    act: 'replace',
    number: certificate.number,
    reason: '持证人更换照片，按规定撤销原证书并重新核发。',
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'done', 'certificate issued anew');
}
