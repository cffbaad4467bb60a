import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

type Handler = ReturnType<typeof helmet>;

/** S25: what every answer says to the browser. `overTls`: that it shall never come without TLS again. */
export const securityHeaders = (overTls: boolean): Handler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: overTls ? { maxAge: 31_536_000, includeSubDomains: true } : false,
  });

/** The same headers as values, for an answer that is made before any request. */
export function valuesOf(handler: Handler): OutgoingHttpHeaders {
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  handler(answer.req, answer, (e) => {
    if (e) throw e instanceof Error ? e : new Error('the headers cannot be made');
  });
  return answer.getHeaders();
}
