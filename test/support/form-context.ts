import type { FormContext } from '../../src/form/field';

/** A world for the form's pure walkers: one series, one level, a unit with the permission (7) and one without (8). */
export function formContext(own: Partial<FormContext> = {}): FormContext {
  return {
    today: '2026-11-22',
    year: 2026,
    personName: '于𬀩',
    options: (list, ...keys) => {
      const lists: Record<string, { value: string; text: string }[]> = {
        'batch-levels': [{ value: 'junior', text: '初级职称' }],
        'batch-series': [{ value: '91', text: '群众文化' }],
        levels: [{ value: 'junior', text: '初级职称' }],
        series: [{ value: '91', text: '群众文化' }],
        titles: keys[0] === '91' && keys[1] === 'junior' ? [{ value: '5', text: '助理馆员' }] : [],
        specialities: keys[0] === '91' ? [{ value: '舞蹈', text: '舞蹈' }] : [],
      };
      const found = lists[list];
      if (!found) throw new Error(list);
      return found;
    },
    unit: (id) =>
      id === '7'
        ? { id: 7, name: '威海市环翠区文化馆', detail: '', permitted: true }
        : id === '8'
          ? { id: 8, name: '无权限单位', detail: '', permitted: false }
          : undefined,
    files: () => [],
    ...own,
    policy: {
      rankBy: 'applicant',
      maxResults: 15,
      entrustedEvidenceBy: 'applicant',
      startedOn: '2018.7',
      way: 'normal',
      appointedOn: '',
      ...own.policy,
    },
  };
}
