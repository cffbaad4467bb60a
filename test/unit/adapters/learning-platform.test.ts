import { httpPlatform, type LearningRecord } from '../../../src/adapters/continuing-education';
import { openPlatform, type PlatformFault, type TestPlatform } from '../../support/learning-platform';

let server: TestPlatform;
beforeAll(async () => {
  server = await openPlatform();
});
beforeEach(() => {
  server.fault = 'none';
  server.questions = [];
});
afterAll(() => server.close());

const record: LearningRecord = {
  id: '2025-1',
  year: 2025,
  kind: 'professional',
  title: '群众文化活动策划',
  hours: 24.5,
  beginsOn: '2025-03-10',
  endsOn: '2025-03-12',
  place: '威海市文化馆',
  witness: '',
};
const question = { idNumber: '37100219950312002X', name: '于海宁', fromYear: 2021, toYear: 2026 };
const connect = (o: { timeoutMs?: number; restMs?: number } = {}) =>
  httpPlatform({ url: server.url, key: server.key, account: server.account, name: '继续教育平台', timeoutMs: 10_000, ...o });

describe('D8 the platform of continuing education', () => {
  test('D8 a signed question brings every record; nobody known is an answer of its own', async () => {
    server.records.set(question.idNumber, [record]);
    expect(await connect().find(question)).toEqual({ kind: 'found', records: [record] });
    expect(await connect().find({ ...question, idNumber: '0' })).toEqual({ kind: 'unknown' });
    expect(server.complaints).toEqual([]);
    expect(server.questions[0]).toEqual(question);
  });

  test.each<[PlatformFault, string]>([
    ['down', 'unreachable'],
    ['silent', 'unreachable'],
    ['cut', 'unreachable'],
    ['garbage', 'unreachable'],
    ['wrong-shape', 'unreachable'],
    ['huge', 'unreachable'],
    ['redirect', 'unreachable'],
    ['refuse', 'refused'],
  ])('D8 %s is %s, never thrown, and repeats nothing that was asked', async (fault, kind) => {
    server.fault = fault;
    // only who says nothing is not waited for: others are slow when the machine is, and a question given up may still arrive
    const result = await connect(fault === 'silent' ? { timeoutMs: 300 } : {}).find(question);
    expect(result.kind).toBe(kind);
    expect(JSON.stringify(result)).not.toContain('3710021995');
  });

  test.each([
    ['an end before the beginning', { ...record, endsOn: '2025-03-01' }],
    ['a day that does not exist', { ...record, beginsOn: '2025-02-30' }],
    ['hours that are nothing', { ...record, hours: 0.04 }],
    ['a title of blanks', { ...record, title: '  ' }],
  ])('D8 %s is not taken over', async (_what, bad) => {
    server.records.set('x', [bad]);
    expect((await connect().find({ ...question, idNumber: 'x' })).kind).toBe('unreachable');
  });

  test('D8 after three failures in a row nothing is asked for a while: the circuit', async () => {
    server.fault = 'down';
    const platform = connect({ restMs: 60_000 });
    const own = { ...question, name: '于文静' };
    const asked = (): number => server.questions.filter((q) => (q as typeof own).name === own.name).length;
    for (let i = 0; i < 5; i++) expect((await platform.find(own)).kind).toBe('unreachable');
    expect(asked()).toBe(3);
    expect(await platform.find(own)).toEqual({ kind: 'unreachable', reason: 'resting' });
    // the rest is over: one question, and again the rest
    const quick = connect({ restMs: 0 });
    for (let i = 0; i < 4; i++) await quick.find(own);
    expect(asked()).toBe(7);
  });
});
