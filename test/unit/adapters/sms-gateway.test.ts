import { createHmac } from 'node:crypto';
import { httpGateway, outboxSender, type SmsMessage } from '../../../src/adapters/sms';
import { signatureOf } from '../../../src/adapters/request-signature';
import { openGateway, type GatewayFault, type TestGateway } from '../../support/sms-gateway';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.fault = 'none';
  gateway.posts = 0;
  gateway.taken.clear();
});

const message: SmsMessage = {
  id: '3f2b6c1e-8a52-4d0a-9a57-0c1f2f4f9a10',
  mobile: '13906310001',
  text: '【职称申报系统】验证码 004217',
  purpose: 'recover',
};
const sender = () => httpGateway({ url: gateway.url, key: gateway.key, account: gateway.account, timeoutMs: 1000 });

describe('A3, F18 the gateway for short messages', () => {
  it('A3 signs timestamp and body with the shared key', () => {
    const mac = createHmac('sha256', 'secret').update('1700000000.{"a":1}').digest('hex');
    expect(signatureOf('secret', '1700000000', '{"a":1}')).toBe(mac);
    expect(signatureOf('secret', '1700000001', '{"a":1}')).not.toBe(mac);
  });

  it('A3 hands a message over as the protocol says', async () => {
    expect(await sender().send(message)).toEqual({ kind: 'sent' });
    expect(gateway.taken.get(message.id)).toEqual(message);
    expect(gateway.complaints).toEqual([]);
  });

  it('F18 a repeated id is delivered once, and the repeat counts as sent', async () => {
    gateway.fault = 'lost';
    expect(await sender().send(message)).toMatchObject({ kind: 'unreachable' });
    gateway.fault = 'none';
    expect(await sender().send(message)).toEqual({ kind: 'sent' });
    expect([gateway.taken.size, gateway.posts]).toEqual([1, 2]);
  });

  it.each<[GatewayFault, string]>([
    ['down', 'HTTP 500'],
    ['busy', 'HTTP 429'],
    ['wrong-key', 'HTTP 401'],
    ['slow', 'TimeoutError'],
    ['lost', 'TimeoutError'],
    ['cut', 'UND_ERR_SOCKET'],
  ])('F18 %s: may be tried again, and the wait is bounded', async (fault, reason) => {
    gateway.fault = fault;
    expect(await sender().send(message)).toEqual({ kind: 'unreachable', reason });
  });

  it('F18 rests after an answer that did not come in time, then sends again', async () => {
    const patient = httpGateway({ ...gateway, timeoutMs: 600, restMs: 1500 });
    gateway.fault = 'lost';
    expect(await patient.send(message)).toMatchObject({ reason: 'TimeoutError' });
    gateway.fault = 'none';
    expect(await patient.send(message)).toEqual({ kind: 'unreachable', reason: 'resting' });
    expect(gateway.posts).toBe(1);
    await new Promise((r) => setTimeout(r, 1550));
    expect(await patient.send(message)).toEqual({ kind: 'sent' });
  });

  it('F18 follows no redirect, so that a message never goes to an address that nobody has set', async () => {
    gateway.fault = 'redirect';
    expect(await sender().send(message)).toMatchObject({ kind: 'unreachable' });
  });

  it('F18 nobody listens at the address', async () => {
    const closed = await openGateway();
    await closed.close();
    expect(await httpGateway({ ...closed, timeoutMs: 1000 }).send(message)).toEqual({ kind: 'unreachable', reason: 'ECONNREFUSED' });
  });

  it('S41, S55 a refusal is final; its reason is one line without the number', async () => {
    gateway.fault = 'refuse';
    const result = await sender().send(message);
    expect(result.kind).toBe('refused');
    const reason = result.kind === 'refused' ? result.reason : '';
    expect(reason).toContain('是空号');
    expect(reason).not.toMatch(/\d{5}|[\r\n]/);
  });

  it('the outbox takes every message', async () => {
    expect([outboxSender.kind, await outboxSender.send(message)]).toEqual(['outbox', { kind: 'sent' }]);
  });
});
