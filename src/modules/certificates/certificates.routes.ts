import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import type { ControlModel } from '../../form/control';
import { startCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { declarationOf, notFound, page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { newToken } from '../../lib/new-token';
import type { NumberScheme } from '../../lib/certificate-number';
import { countCharacters, normaliseLine } from '../../lib/text';
import { takeTurn } from '../../http/rate-limit.store';
import { bureauContactText, findBureauContact } from '../catalogue';
import { findCertificateOf, findPassedDeclaration } from './certificates.store';
import { checkByCode, checkByNumber, numberForm, readNumber, type CheckInput, type CheckOutcome } from './check-certificate';
import { printCertificate } from './print-certificate';
import { schemesRoutes } from './schemes.routes';
import { listSchemes } from './schemes.store';
import { certificateStatusRoutes } from './status.routes';

const DRAFT = 'certificate-check';
const OF_A_NUMBER = { most: 20, minutes: 60 };
const OF_A_BROWSER = { most: 30, minutes: 10 };

function controls(typed: CheckInput, problems: { number?: string; name?: string }, schemes: readonly NumberScheme[]): ControlModel[] {
  return [
    {
      type: 'text',
      id: 'f-check-number',
      name: 'number',
      label: '证书编号',
      hint: `印在证书上，为${numberForm(schemes)}`,
      required: true,
      value: typed.number,
      width: 'm',
      ...(problems.number === undefined ? {} : { problem: problems.number }),
    },
    {
      type: 'text',
      id: 'f-check-name',
      name: 'name',
      label: '姓名',
      hint: '持证人的姓名，与证书一致',
      required: true,
      value: typed.name,
      width: 'm',
      ...(problems.name === undefined ? {} : { problem: problems.name }),
    },
  ];
}

async function checkPage(deps: Deps, visit: Visit, typed: CheckInput, outcome: CheckOutcome | undefined, byCode: boolean): Promise<Reply> {
  const problems: { number?: string; name?: string } = outcome?.kind === 'problems' ? outcome : {};
  const errors = [
    ...(problems.number === undefined ? [] : [{ text: problems.number, href: '#f-check-number' }]),
    ...(problems.name === undefined ? [] : [{ text: problems.name, href: '#f-check-name' }]),
  ];
  const meta = { title: '证书查验', breadcrumbs: [startCrumb(visit), { text: '证书查验' }], errors };
  const data = {
    // after a find the form is for another certificate
    controls: controls(outcome?.kind === 'found' ? { number: '', name: '' } : typed, problems, await listSchemes(deps.db)),
    token: newToken(),
    certificate: outcome?.kind === 'found' ? outcome.certificate : null,
    isMissing: outcome?.kind === 'not-found',
    byCode,
  };
  return page('certificates/check', meta, data, byCode && outcome?.kind === 'not-found' ? 404 : 200);
}

/** Longest input that is kept; names have at most 50 characters. */
const cut = (typed: string): string => [...normaliseLine(typed)].slice(0, 100).join('');

/** J5 「下载证书」, A7 「证书查验」. */
export function certificatesRoutes(deps: Deps): Route[] {
  const download = async (visit: Visit): Promise<Reply> => {
    const { id, personId } = declarationOf(visit);
    const c = await findCertificateOf(deps.db, id);
    if (!c) return notFound;
    if (c.revokedAt !== null) {
      const bureau = bureauContactText(
        await findBureauContact(deps.db, (await findPassedDeclaration(deps.db, id))?.divisionCode ?? ''),
        deps.settings.known().servicePhone,
      );
      return refusal(410, `该证书已经撤销，不能下载。如有疑问，请联系${bureau}`, {
        text: '证书状态',
        href: paths.certificateStatus(id),
      });
    }
    const body = await printCertificate(deps, c.id);
    if (visit.actor.accountId !== personId) {
      await appendAudit(deps.db, {
        actorId: visit.actor.accountId,
        actorName: visit.actor.name,
        action: 'certificate.download',
        subjectKind: 'declaration',
        subjectId: id,
        detail: { number: c.number },
        requestId: visit.requestId,
      });
    }
    return { kind: 'file', body, contentType: 'application/pdf', fileName: `${c.holderName}职称证书.pdf`, inline: false };
  };

  const showCheck = async (visit: Visit): Promise<Reply> => {
    const empty: CheckInput = { number: '', name: '' };
    const draft = visit.query.one('result');
    if (draft === '') return checkPage(deps, visit, empty, undefined, false);
    const typed = await findDraft<CheckInput>(deps.db, deps.cipher, DRAFT, visit.owner, draft);
    // a result is one browser's for an hour; afterwards, or elsewhere, one asks again
    if (!typed) return seeOther(paths.certificateCheck());
    return checkPage(deps, visit, typed, await checkByNumber(deps.db, typed, await listSchemes(deps.db)), false);
  };

  const postCheck = async (visit: Visit): Promise<Reply> => {
    const typed: CheckInput = { number: cut(visit.body.one('number')), name: cut(visit.body.one('name')) };
    // each look counts, also one that finds: names are not to be tried out on a number, nor numbers by one browser
    const isTurnOfNumber = await takeTurn(
      deps.db,
      'certificate-check:number',
      readNumber(typed.number, await listSchemes(deps.db)),
      OF_A_NUMBER,
    );
    const isTurnOfBrowser = await takeTurn(deps.db, 'certificate-check:browser', visit.owner, OF_A_BROWSER);
    if (!isTurnOfNumber || !isTurnOfBrowser)
      return refusal(
        429,
        `查验次数过多，请 ${(isTurnOfNumber ? OF_A_BROWSER : OF_A_NUMBER).minutes} 分钟后再试，或者扫描证书上的二维码查验`,
        { text: '返回证书查验', href: paths.certificateCheck() },
      );
    const draft = await keepDraft(deps.db, deps.cipher, DRAFT, visit.owner, typed);
    return seeOther(paths.certificateResult(draft));
  };

  const showByCode = async (visit: Visit): Promise<Reply> => {
    const code = visit.param('code');
    if (countCharacters(code) > 40) return notFound;
    return checkPage(deps, visit, { number: '', name: '' }, await checkByCode(deps.db, code), true);
  };

  return [
    ...certificateStatusRoutes(deps),
    ...schemesRoutes(deps),
    {
      method: 'get',
      path: '/declarations/:declaration/certificate.pdf',
      heavy: true,
      access: 'certificate.read',
      audit: 'certificate.download',
      handle: download,
    },
    { method: 'get', path: '/certificates/check', access: 'public', audit: null, handle: showCheck },
    // no audit: a look-up by the public, which changes nothing and whose asker is nobody
    { method: 'post', path: '/certificates/check', access: 'public', audit: null, handle: postCheck },
    { method: 'get', path: '/certificates/check/:code', access: 'public', onlyShows: true, audit: null, handle: showByCode },
  ];
}
