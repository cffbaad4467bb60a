import type http from 'node:http';

/** S43: how slowly a body may come; ms and bytes. */
export interface BodyPace {
  /** no byte at all for so long */
  silence: number;
  /** so few bytes (`least`) in each stretch of so long, the first one too: whoever trickles is cut off, a poor line of a county is not */
  stretch: number;
  least: number;
  /** how often it is looked at: by so much both are exceeded at most */
  interval: number;
}

/** A body under way: bytes of its connection and moments of this machine's steady clock. */
interface Coming {
  req: http.IncomingMessage;
  res: http.ServerResponse;
  seen: number;
  movedAt: number;
  stretchFrom: number;
  stretchSeen: number;
}

const TOO_SLOW = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

const hasBody = (req: http.IncomingMessage): boolean =>
  req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;

/** Sender and reader are told as by the server's own limits of time: 408 where nothing has been answered, and the end of the connection. */
function cutOff({ req, res }: Coming): void {
  if (!res.headersSent) req.socket.write(TOO_SLOW);
  req.socket.destroy();
}

/** Cuts off bodies that stand still or trickle, as long as the server lives. While it is us who do not read (a full process waits for room), nobody is counted as slow. */
export function watchBodies(server: http.Server, pace: BodyPace): void {
  const coming = new Set<Coming>();
  server.on('request', (req: http.IncomingMessage, res: http.ServerResponse) => {
    if (!hasBody(req)) return;
    const [now, bytes] = [performance.now(), req.socket.bytesRead];
    coming.add({ req, res, seen: bytes, movedAt: now, stretchFrom: now, stretchSeen: bytes });
  });
  const look = (): void => {
    const now = performance.now();
    for (const body of coming) {
      const { req } = body;
      const { bytesRead, destroyed } = req.socket;
      if (req.complete || destroyed) {
        coming.delete(body);
        continue;
      }
      const isUnread = req.readableLength > 0;
      if (isUnread || bytesRead > body.seen) body.movedAt = now;
      body.seen = bytesRead;
      const isOver = now - body.stretchFrom >= pace.stretch;
      if (now - body.movedAt >= pace.silence || (isOver && !isUnread && bytesRead - body.stretchSeen < pace.least)) cutOff(body);
      else if (isUnread || isOver) Object.assign(body, { stretchFrom: now, stretchSeen: bytesRead });
    }
  };
  const timer = setInterval(look, pace.interval).unref();
  server.once('close', () => clearInterval(timer));
}
