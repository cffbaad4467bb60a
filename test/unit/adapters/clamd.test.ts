import { clamdScanner, readClamdAddress, ScannerAwayError } from '../../../src/adapters/scanning';
import { clamd, EICAR } from '../../support/clamd';

describe('S51 clamd', () => {
  test('S51 sends the whole content in chunks and reads the verdict', async () => {
    const sizes: number[] = [];
    const server = await clamd((content) => {
      sizes.push(content.length);
      return content.includes(EICAR) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK';
    });
    const scanner = clamdScanner({ host: '127.0.0.1', port: server.port });
    const large = Buffer.alloc(300_000, 7);
    await expect(scanner.scan(large)).resolves.toEqual({ kind: 'clean' });
    await expect(scanner.scan(Buffer.concat([large, Buffer.from(EICAR)]))).resolves.toEqual({
      kind: 'infected',
      name: 'Eicar-Test-Signature',
    });
    expect(sizes).toEqual([300_000, 300_000 + EICAR.length]);
    await server.close();
  });

  const noVerdicts: [what: string, answer: () => string | undefined][] = [
    ['an error', () => 'INSTREAM size limit exceeded. ERROR'],
    ['an empty answer', () => ''],
    ['silence', () => undefined],
  ];
  test.each(noVerdicts)('S51 %s is no verdict', async (_what, answer) => {
    const server = await clamd(answer);
    await expect(clamdScanner({ host: '127.0.0.1', port: server.port }, 300).scan(Buffer.from('a'))).rejects.toThrow(ScannerAwayError);
    await server.close();
  });

  test('S51 nobody listening is no verdict', async () => {
    const server = await clamd(() => 'stream: OK');
    await server.close();
    await expect(clamdScanner({ host: '127.0.0.1', port: server.port }).scan(Buffer.from('a'))).rejects.toThrow(ScannerAwayError);
  });

  test.each([
    ['/run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
    ['127.0.0.1:3310', { host: '127.0.0.1', port: 3310 }],
    ['[::1]:3310', { host: '::1', port: 3310 }],
    ['clamav', undefined],
    ['clamav:0', undefined],
    ['clamav:70000', undefined],
  ])('the address %s', (text, address) => {
    expect(readClamdAddress(text)).toEqual(address);
  });
});
