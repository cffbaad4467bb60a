import { databaseNow } from '../../src/db/db';
import { showMoment } from '../../src/lib/moment';
import { takeFile } from '../../src/modules/attachments';
import { extendCase } from '../../src/modules/batches/save-batch';
import { addNoticeFiles } from '../../src/modules/notices/save-notice-files';
import { lockIdentity } from '../../src/modules/support/correction.store';
import { requestCorrection } from '../../src/modules/support/request-correction';
import type { Plan } from './clock';
import { idNumber } from './codes';
import { bornOn, people } from './people';
import { makeScan, type ScanData } from './scans';
import { actorOf, demand, expectKind, REQUEST_ID, type World } from './world';

const DAY_MS = 86_400_000;

/** What offices and technical support have done between whiles: an attachment of the notice, a person for whom a batch stays open longer, a correction that waits for its second person. */
export function planDesk(plan: Plan, world: World): void {
  plan.add(40, '10:00', () => attachList(world));
  plan.add(2, '17:30', () => extend(world));
  plan.add(1, '11:20', () => askCorrection(world));
}

async function scan(title: string, data: ScanData): Promise<{ field: string; name: string; content: Buffer }> {
  const { content } = await makeScan('proof', data, 'pdf');
  return { field: 'files', name: `${title}.pdf`, content };
}

async function attachList(world: World): Promise<void> {
  const notice = (await world.trx('notices').where('title', 'like', '关于做好%').first('id')) as { id: number } | undefined;
  const title = `${world.year}年度职称申报材料清单`;
  const file = await scan(title, {
    name: '',
    lines: [
      title,
      '一、学历证书、学位证书及学历学位查验材料。',
      '二、专业技术职务资格证书、聘书或者聘任文件。',
      '三、年度考核结果证明、继续教育证明。',
      '四、论文、课题、获奖等代表性成果及佐证材料。',
      '五、业务工作总结，单位公示和推荐材料。',
    ],
    date: `${world.year}年10月`,
    seal: '威海市环翠区人力资源和社会保障局',
  });
  const outcome = await addNoticeFiles(world.deps, await actorOf(world, 'support'), demand(notice, 'notice').id, [file], REQUEST_ID);
  if (outcome.kind !== 'done' || outcome.added !== 1) throw new Error(`demonstration data: attachment gave ${JSON.stringify(outcome)}`);
}

/** 美术 is closed for everybody else since yesterday or the day before. */
async function extend(world: World): Promise<void> {
  const person = people.find((p) => p.loginName === 'bichunxiao');
  const { name } = demand(person, 'person');
  const { now } = await databaseNow(world.trx);
  const applicantUntil = new Date(now.getTime() + 10 * DAY_MS);
  const unitUntil = new Date(now.getTime() + 16 * DAY_MS);
  await extendCase(
    world.deps,
    await actorOf(world, 'pwh_ms'),
    {
      batchId: demand(world.batches.get('ms'), 'batch'),
      personId: demand(world.accounts.get('bichunxiao'), 'account'),
      applicantUntil,
      unitUntil,
      reason: '申报期间住院治疗，所在单位已出具证明，同意延长。',
    },
    [
      { label: `${name}个人申报`, before: '按批次时间', after: showMoment(applicantUntil) },
      { label: `${name}单位上报`, before: '按批次时间', after: showMoment(unitUntil) },
    ],
    REQUEST_ID,
  );
}

async function askCorrection(world: World): Promise<void> {
  const accountId = demand(world.accounts.get('yuhaining'), 'account');
  const person = demand(
    people.find((p) => p.loginName === 'yuhaining'),
    'person',
  );
  const identity = demand(await lockIdentity(world.trx, world.deps.cipher, accountId), 'identity');
  const taken = await takeFile(
    world.deps,
    await scan('户籍证明', {
      name: person.name,
      lines: ['户籍证明', '经核对户籍档案，该同志公民身份号码登记准确，注册时录入有误，特此证明。'],
      date: `${world.year}年11月`,
      seal: '乳山市公安局',
    }),
  );
  if (taken.kind === 'refused') throw new Error(`demonstration data: ${taken.problem}`);
  const { name, mediaType, size, sha256 } = taken.file;
  const outcome = await requestCorrection(world.deps, await actorOf(world, 'support'), {
    accountId,
    change: {
      kind: 'id-number',
      oldIdType: identity.idType,
      oldIdNumber: identity.idNumber,
      newIdType: 'resident',
      newIdNumber: idNumber(person.area, bornOn(person, world.year), 997),
    },
    reason: '本人来电，注册时顺序码录入有误，已核对户籍证明。',
    evidence: { name, mediaType, size, sha256 },
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'pending', 'correction');
}
