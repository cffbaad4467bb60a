import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import type { FormInput } from '../../http/form-input';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { declarationOf, page, refusal, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { showMoment } from '../../lib/moment';
import { countCharacters, normaliseText } from '../../lib/text';
import { can } from '../../policy/policy';
import { actOnCertificate, type CertificateAct } from './act-on-certificate';
import { listCertificatesOf, listSignedFiles } from './certificates.store';

const WORDS = 300;

const acts: Record<CertificateAct, { text: string; hint: string; done: string }> = {
  revoke: { text: '撤销证书', hint: '撤销后证书不再有效，「证书查验」立即显示「已撤销」', done: '已撤销证书' },
  replace: {
    text: '撤销并重新核发',
    hint: '更正姓名、照片等内容时使用，新证书使用新的编号，原证书不再有效',
    done: '已撤销原证书，并重新核发',
  },
  reissue: { text: '重新核发', hint: '原证书仍为已撤销，新证书使用新的编号', done: '已重新核发证书' },
};
const isAct = (s: string): s is CertificateAct => s in acts;

/** 「证书状态」 (J5): every certificate of a declaration, and what the bureau may do with it. */
export function certificateStatusRoutes(deps: Deps): Route[] {
  async function show(visit: Visit, typed?: FormInput, errors: PageError[] = [], status: 200 | 409 | 422 = 200): Promise<Reply> {
    const subject = declarationOf(visit);
    const certificates = await listCertificatesOf(deps.db, subject.id);
    const [newest] = certificates;
    if (!newest) return refusal(404, '该申报还没有证书', { text: '返回申报信息', href: paths.declaration(subject.id) });
    const files = await listSignedFiles(
      deps.db,
      certificates.map((c) => c.id),
    );
    const offered: CertificateAct[] = newest.revokedAt === null ? ['revoke', 'replace'] : ['reissue'];
    const done = visit.query.one('done');
    return page(
      'certificates/status',
      {
        title: '证书状态',
        breadcrumbs: [homeCrumb, { text: '申报详情', href: paths.declaration(subject.id) }, { text: '证书状态' }],
        errors,
        ...(isAct(done) ? { notice: { kind: 'success' as const, text: acts[done].done } } : {}),
      },
      {
        tag: newest.revokedAt === null ? { text: '有效', colour: 'green' } : { text: '已撤销', colour: 'red' },
        certificates: certificates.map((c) => {
          const file = files.find((f) => f.sha256 === c.pdfSha256);
          return {
            isValid: c.revokedAt === null,
            rows: [
              { label: '证书编号', text: c.number },
              { label: '姓名', text: c.content.name },
              { label: '职称', text: `${c.content.title}（${c.content.level}）` },
              { label: '发证机关', text: c.content.issuer },
              { label: '发证日期', text: showDate(c.issuedOn) },
              ...(file
                ? [
                    { label: '电子签名', text: `${file.signerSubject.replace(/^CN=/, '')}，${showMoment(file.signedAt)}（系统时间）` },
                    { label: '文件校验值（SHA-256）', text: file.sha256 },
                  ]
                : []),
              ...(c.revokedAt === null
                ? []
                : [
                    { label: '撤销时间', text: `${showMoment(c.revokedAt)}，${c.revokerName || c.content.issuer}` },
                    { label: '撤销原因', text: c.revokedReason },
                    ...(c.replacedBy === null ? [] : [{ label: '重新核发的证书', text: c.replacedBy }]),
                  ]),
            ],
          };
        }),
        downloadHref: newest.revokedAt === null ? paths.certificate(subject.id) : undefined,
        checkHref: paths.certificateCheck(),
        form: can(visit.actor, 'certificate.revoke', subject).ok
          ? {
              action: paths.revokeCertificate(subject.id),
              number: newest.number,
              acts: offered.map((value) => ({ value, ...acts[value], chosen: typed?.one('act') === value || offered.length === 1 })),
              reason: typed?.one('reason') ?? '',
              limit: WORDS,
              errors: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
            }
          : undefined,
      },
      status,
    );
  }

  async function act(visit: Visit): Promise<Reply> {
    const { body } = visit;
    const { id } = declarationOf(visit);
    const chosen = body.one('act');
    const reason = normaliseText(body.one('reason'));
    const errors: PageError[] = [];
    if (!isAct(chosen)) errors.push({ text: '请选择处理方式', href: '#act' });
    if (reason === '') errors.push({ text: '请填写原因', href: '#reason' });
    else if (countCharacters(reason) > WORDS) errors.push({ text: `原因最多 ${WORDS} 个字`, href: '#reason' });
    if (errors.length > 0 || !isAct(chosen)) return show(visit, body, errors, 422);
    const outcome = await actOnCertificate(deps, visit.actor, id, {
      act: chosen,
      number: body.one('number'),
      reason,
      requestId: visit.requestId,
    });
    if (outcome.kind === 'not-now') return show(visit, body, [{ text: outcome.reason, href: '#act' }], 409);
    return seeOther(addressOf(paths.certificateStatus(id), { done: chosen }));
  }

  return [
    {
      method: 'get',
      path: '/declarations/:declaration/certificate',
      access: 'certificate.read',
      audit: null,
      handle: (visit) => show(visit),
    },
    {
      method: 'post',
      path: '/declarations/:declaration/certificate/revoke',
      access: 'certificate.revoke',
      audit: 'certificate.revoke, certificate.reissue',
      reauth: true,
      handle: act,
    },
  ];
}
