import net from 'node:net';

type Mode = 'pass' | 'silent' | { delayMs: number };

/** A TCP proxy in front of a server whose network can be made slow or silent. `silent`: connections stay open and nothing arrives until it passes again, as where packets are lost. */
export interface Proxy {
  port: number;
  set: (mode: Mode) => void;
  close: () => Promise<void>;
}

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  let mode: Mode = 'pass';
  const held: (() => void)[] = [];
  const server = net.createServer((near) => {
    const far = net.connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        const pass = (): void => void (to.writable && to.write(chunk));
        if (mode === 'pass') pass();
        else if (mode === 'silent') held.push(pass);
        else setTimeout(pass, mode.delayMs);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
  return {
    port: (server.address() as net.AddressInfo).port,
    set(next) {
      mode = next;
      if (next === 'pass') for (const pass of held.splice(0)) pass();
    },
    close: () =>
      new Promise<void>((r) => {
        server.close(() => r());
        for (const s of sockets) s.destroy();
      }),
  };
}
