import net from 'node:net';

/** The harmless file that every scanner finds. */
export const EICAR = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

export interface Scanner {
  port: number;
  close: () => Promise<void>;
  /** what it says of a content from now on; nothing given: finds EICAR and nothing else */
  says: (verdict?: (content: Buffer) => string) => void;
}
/** It is there, but too busy to answer. */
export const away = (): string => 'stream: scanner busy ERROR';

/** A scanner whose verdicts the test decides. */
export async function openScanner(): Promise<Scanner> {
  const usual = (content: Buffer): string => (content.includes(EICAR) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK');
  let verdict = usual;
  const server = await clamd((content) => verdict(content));
  return { ...server, says: (other) => void (verdict = other ?? usual) };
}

/** A server that speaks clamd's side of INSTREAM; `answer` gets the content that arrived. */
export async function clamd(answer: (content: Buffer) => string | undefined): Promise<{ port: number; close: () => Promise<void> }> {
  const server = net.createServer((socket) => {
    let got = Buffer.alloc(0);
    socket.on('error', () => undefined); // the client hangs up when it has lost patience
    socket.on('data', (part: Buffer) => {
      got = Buffer.concat([got, part]);
      const command = 'zINSTREAM\0';
      if (got.length < command.length) return;
      if (got.toString('latin1', 0, command.length) !== command) return void socket.end('UNKNOWN COMMAND\0');
      const chunks: Buffer[] = [];
      for (let at = command.length; at + 4 <= got.length;) {
        const length = got.readUInt32BE(at);
        if (length === 0) {
          const said = answer(Buffer.concat(chunks));
          if (said !== undefined) socket.end(`${said}\0`);
          return;
        }
        chunks.push(got.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
