import { databaseNow, type Handle } from '../../db/db';
import { smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { batchOf, type Crumb, type PageMeta, type Visit } from '../../http/route';
import type { Batch } from './batch';
import { findBatch } from './batch.read';

export const listCrumb: Crumb = { text: '申报批次', href: paths.batches() };
export const nameOf = (b: Pick<Batch, 'year' | 'seriesName' | 'levelText'>): string => `${b.year}年度${b.seriesName}${b.levelText}`;
export const crumbsOf = (b: Batch, ...rest: Crumb[]): Crumb[] => [
  homeCrumb,
  listCrumb,
  { text: nameOf(b), ...(rest.length > 0 ? { href: paths.batch(b.id) } : {}) },
  ...rest,
];

const doneTexts: Readonly<Record<string, string>> = {
  created: '批次已建立，核对无误后请点击「开放申报」',
  saved: '修改已保存',
  opened: '批次已开放，申报人和单位按时间办理',
  window: '截止时间已调整',
  extended: '个别延期已生效',
  revoked: '个别延期已取消',
};
export const noticeOf = (visit: Visit): Pick<PageMeta, 'notice'> => {
  const text = doneTexts[visit.query.one('done')];
  return text === undefined ? {} : { notice: { kind: 'success', text } };
};

/** The batch in the address, which the guard has found. */
export const demandBatch = async (db: Handle, visit: Visit): Promise<Batch> => {
  const found = await findBatch(db, batchOf(visit).id);
  if (!found) throw new Error('the batch vanished between guard and handler');
  return found;
};

export const dayContext = async (db: Handle) => smallFormContext((await databaseNow(db)).today);
