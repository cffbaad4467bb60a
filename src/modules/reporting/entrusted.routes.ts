import { appendAudit } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { files } from '../../form/fields';
import { showSize } from '../../form/form-model';
import { emptySection } from '../../form/read-section';
import type { SectionDefinition } from '../../form/section';
import { homeCrumb } from '../../http/crumbs';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { declarationOf, page, refusal, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { can } from '../../policy/policy';
import { insertAttachments, receiveFiles, removeAttachment, sayNotAdded } from '../attachments';
import { ENTRUSTED_SECTION, findDeclaration, findDeclarationSubject, listEntrustedEvidence, lockDeclaration } from '../declarations';

const MAX = 10;

/** The reporting unit's own upload; it stands beside the declaration's sections, not among them. */
const section: SectionDefinition = {
  id: ENTRUSTED_SECTION,
  title: '委托评审材料',
  parts: [{ kind: 'group', id: 'main', fields: [files({ id: 'evidence', label: '委托评审材料', hint: '委托评审函等材料', max: MAX })] }],
  rules: [],
};

/** 委托评审: the unit uploads the evidence before it reports, where the batch says so (R2; guide of 2023, part 4, paragraph 8). */
export function entrustedRoutes(deps: Deps): Route[] {
  async function show(visit: Visit, problems: readonly string[] = []): Promise<Reply> {
    const subject = declarationOf(visit);
    const d = await findDeclaration(deps.db, subject.id);
    if (!d) throw new Error('the declaration vanished between guard and handler');
    const list = await listEntrustedEvidence(deps.db, d.id);
    const errors: PageError[] = problems.map((text) => ({ text, href: '#evidence' }));
    return page(
      'reporting/entrusted',
      {
        title: `委托评审材料：${d.applicant_name}`,
        breadcrumbs: [homeCrumb, { text: '职称申报数据上报', href: paths.report() }, { text: '委托评审材料' }],
        errors,
        ...(visit.query.one('saved') === '1' ? { notice: { kind: 'success' as const, text: '已保存' } } : {}),
      },
      {
        name: d.applicant_name,
        action: paths.entrustedEvidence(d.id),
        backHref: paths.report(),
        files: list.map((f) => ({ id: f.id, name: f.name, href: paths.preview(d.id, f.id), size: showSize(f.size) })),
        canAdd: list.length < MAX,
        problem: problems.length > 0,
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  /** The declaration held by this transaction, still to be reported by this unit; whoever was quicker has moved it away. */
  async function change(visit: Visit, work: (trx: Trx) => Promise<unknown>): Promise<boolean> {
    const { id } = declarationOf(visit);
    return inTransaction(deps.db, async (trx) => {
      await lockDeclaration(trx, id);
      const now = await findDeclarationSubject(trx, id);
      if (!now || !can(visit.actor, 'declaration.report', now).ok) return false;
      await work(trx);
      await appendAudit(trx, {
        actorId: visit.actor.accountId,
        actorName: visit.actor.name,
        action: 'entrusted.upload',
        subjectKind: 'declaration',
        subjectId: id,
        requestId: visit.requestId,
      });
      return true;
    });
  }

  async function post(visit: Visit): Promise<Reply> {
    const { id } = declarationOf(visit);
    const gone = refusal(409, '该申报已经上报或者退回，材料没有保存', { text: '返回职称申报数据上报', href: paths.report() });
    const saved = seeOther(addressOf(paths.entrustedEvidence(id), { saved: '1' }));
    const [act, file = ''] = visit.body.one('do').split(':');
    if (act === 'remove') return (await change(visit, (trx) => removeAttachment(trx, id, ENTRUSTED_SECTION, file))) ? saved : gone;
    if (visit.files.length === 0) return show(visit, ['请选择要上传的文件']);
    const before = await listEntrustedEvidence(deps.db, id);
    if (before.length + visit.files.length > MAX) return show(visit, [`最多上传 ${MAX} 个文件，已有 ${before.length} 个`]);
    const uploads = visit.files.map((f) => ({ ...f, field: 'files:main.evidence' }));
    const received = await receiveFiles(deps, section, emptySection(section), uploads);
    const { problems } = received;
    const insert = async (trx: Trx): Promise<void> => {
      problems.push(...(await insertAttachments(trx, id, received.good, visit.actor.accountId)).map((n) => sayNotAdded(n)));
    };
    if (received.good.length > 0 && !(await change(visit, insert))) return gone;
    return problems.length > 0 ? show(visit, problems) : saved;
  }

  const path = '/unit/report/:declaration/entrusted';
  return [
    { method: 'get', path, access: 'declaration.report', audit: null, handle: (visit) => show(visit) },
    { method: 'post', path, access: 'declaration.report', audit: 'entrusted.upload', files: MAX, handle: post },
  ];
}
