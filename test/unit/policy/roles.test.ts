import { actions, rolesOf } from '../../../src/policy/policy';

/**
 * Who may do what at all, written down a second time: `access.test.ts` tries every route as every role by the policy itself, so that a role added to a rule by mistake would be taken for
 * meant there. Whoever changes a rule changes this table too, on purpose.
 */
const table: Readonly<Record<string, string>> = {
  '': 'declaration.send-back declaration.abandon',
  admin:
    'batch.manage batches.manage clock.set eligibility.edit guide.admin reference.manage settings.manage staff.manage staff.read staff.reset staff.switch',
  'admin auditor': 'guide.auditor',
  'admin auditor bureau judge office person support': 'mobile.own',
  'admin auditor bureau judge office person support unit': 'account.own home.read',
  'admin auditor bureau judge office support unit': 'second-factor.own',
  'admin bureau office support unit': 'task.cancel task.file task.read tasks.own',
  'admin bureau support': 'guide.bureau',
  'admin judge office support': 'guide.judge',
  'admin office': 'batch.read batches.read',
  'admin office support': 'guide.office',
  'admin support': 'factor-resets.handle guide.support',
  auditor: 'audit.read',
  bureau:
    'appeals.decide certificate.revoke committee.decide committees.review declaration.confirm declaration.reopen learning.import permission.decide permission.read permission.withdraw permissions.review plan.decide plans.review region.read register.import results.confirm unit.correct unit.send-back units.find',
  'bureau judge office person unit': 'declaration.read',
  'bureau office': 'appeals.read contact.own meeting.inspect objections.read plan.read',
  'bureau office person': 'certificate.read',
  'bureau office unit': 'committee.read',
  'bureau unit': 'committee.end committee.renew committee.revise committees.found',
  judge: 'meeting.sit sittings.own',
  office:
    'appeals.answer declaration.accept declaration.annul declaration.publish declaration.record-vote declaration.refuse declaration.request-correction judge.edit judges.pool meeting.manage meetings.own objections.decide office.queue plan.hold plans.own',
  'office unit': 'declaration.check declaration.return-to-unit path.decide path.read paths.review review.reasons roster.read',
  person:
    'account.close appeal.ask declaration.edit declaration.give-up declaration.own declaration.resubmit declaration.start declaration.submit declaration.withdraw declarations.own profile.edit',
  'person unit': 'reminders.choose',
  support: 'account.correct account.find account.support content.edit correction.decide correction.read corrections.queue sms.read',
  unit: 'declaration.pass declaration.report declaration.return-to-applicant declaration.withhold operator.add operator.manage operator.promote operator.read operators.read path.end paths.own report.queue review.queue unit-publicity.manage unit.permission',
};

test('S28 every action is for the roles of this table and no other', () => {
  const written = Object.entries(table).flatMap(([roles, names]) => names.split(' ').map((name) => [name, roles]));
  expect(Object.fromEntries(actions.map((a) => [a, [...rolesOf(a)].sort().join(' ')]))).toEqual(Object.fromEntries(written));
});
