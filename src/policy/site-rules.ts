import { hidden, notNowBecause, on, rule, yes } from './decision';
import { everyone, officials } from './relations';

const onAccount = on('account');
const onStaff = on('staff');
const onCorrection = on('correction');
const onBatch = on('batch');
const onTask = on('task');

/** Accounts, and how the site itself is looked after. */
export const siteRules = {
  'home.read': rule(everyone),
  'profile.edit': rule(['person']),
  'eligibility.edit': rule(['admin']),
  // who administers the site must not be the one who reads what was done with it
  'audit.read': rule(['auditor']),
  'sms.read': rule(['support']),
  'clock.set': rule(['admin']),
  'account.own': rule(everyone),
  // a unit's number is its bureau's to correct, an operator's its owner's
  'mobile.own': rule(everyone.filter((r) => r !== 'unit')),
  // who answers the telephone reads what the callers read
  'guide.bureau': rule(['bureau', 'support', 'admin']),
  'guide.office': rule(['office', 'support', 'admin']),
  'guide.judge': rule(['judge', 'office', 'support', 'admin']),
  'guide.support': rule(['support', 'admin']),
  'guide.admin': rule(['admin']),
  'guide.auditor': rule(['auditor', 'admin']),
  'factor-resets.handle': rule(['support', 'admin']),
  // where a body is reached is said by the body itself
  'contact.own': rule(['bureau', 'office']),
  'second-factor.own': rule(everyone.filter((r) => r !== 'person')),
  'account.close': rule(['person']),
  'account.find': rule(['support']),
  'account.support': onAccount(['support'], () => yes),
  'account.correct': onAccount(['support'], (_a, s) => (s.role === 'person' ? yes : notNowBecause('单位的信息由所属地人社局更正'))),
  'corrections.queue': rule(['support']),
  'correction.read': onCorrection(['support'], () => yes),
  'correction.decide': onCorrection(['support'], (a, c) => {
    if (c.state !== 'pending') return notNowBecause('该更正申请已经处理');
    return c.requestedBy === a.accountId ? notNowBecause('您提出的更正申请，须由另一名技术支持人员复核') : yes;
  }),
  'content.edit': rule(['support']),
  'staff.manage': rule(['admin']),
  'staff.read': onStaff(['admin'], () => yes),
  'batches.read': rule(['admin', 'office']),
  'batches.manage': rule(['admin']),
  'batch.read': onBatch(['admin', 'office'], (a, b) => (a.role === 'admin' || a.committeeId === b.committeeId ? yes : hidden)),
  'batch.manage': onBatch(['admin'], () => yes),
  'reference.manage': rule(['admin']),
  'settings.manage': rule(['admin']),
  'reminders.choose': rule(['person', 'unit']),
  'staff.reset': onStaff(['admin'], (a, s) => (s.id === a.accountId ? notNowBecause('自己的密码请在「修改密码」中修改') : yes)),
  'staff.switch': onStaff(['admin'], (a, s) => (s.id === a.accountId ? notNowBecause('不能停用自己的账号') : yes)),
  'tasks.own': rule(officials),
  'task.read': onTask(officials, (a, t) => (t.ownerId === a.accountId ? yes : hidden)),
  'task.file': onTask(officials, (a, t) => {
    if (t.ownerId !== a.accountId) return hidden;
    return t.state === 'done' ? yes : notNowBecause('文件尚未生成，请稍后再下载');
  }),
  // one that has come to its end since the page was opened: nothing happens to it, and its page says how it ended
  'task.cancel': onTask(officials, (a, t) => (t.ownerId === a.accountId ? yes : hidden)),
} as const;
