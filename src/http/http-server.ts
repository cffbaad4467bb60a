import http from 'node:http';
import { watchBodies, type BodyPace } from './body-pace';

/** S43: what one who sends or reads slowly, or opens connections and says nothing, may take of a process; ms. */
export interface ConnectionLimits {
  /** a request with its body, however steadily it comes: 60 MB at 0.28 Mbit/s. A process that ends does not wait for as long (src/process-end.ts) */
  requestTimeout: number;
  /** the head of a request, which is small */
  headersTimeout: number;
  /** how often both are looked at: by so much they may be exceeded */
  connectionsCheckingInterval: number;
  /** a body that stands still, or comes so slowly that nobody's line explains it */
  body: BodyPace;
  /** an idle connection: longer than the proxy keeps one (deploy/nginx.conf), so that never this process closes what is about to be used */
  keepAliveTimeout: number;
  /** a connection on which nothing moves, whatever it waits for: a reader who takes nothing of an answer; longer than any answer of ours takes */
  silence: number;
  /** connections at once, as many as the proxy opens (deploy/nginx.conf, worker_connections); an idle one holds some ten KB. Who comes beyond is not answered */
  maxConnections: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  requestTimeout: 1_800_000,
  headersTimeout: 20_000,
  connectionsCheckingInterval: 5000,
  // 4 KB/s: a thirtieth of a line of 1 Mbit/s that a whole office shares
  body: { silence: 30_000, stretch: 60_000, least: 60 * 4096, interval: 5000 },
  keepAliveTimeout: 10_000,
  silence: 130_000,
  maxConnections: 4096,
};

/** The server of the site, not listening yet. */
export function createHttpServer(app: http.RequestListener, limits = CONNECTION_LIMITS): http.Server {
  const { silence, maxConnections, body, ...options } = limits;
  const server = http.createServer(options, app);
  server.maxConnections = maxConnections;
  server.setTimeout(silence);
  watchBodies(server, body);
  return server;
}
