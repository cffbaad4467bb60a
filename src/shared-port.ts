import type http from 'node:http';
import net from 'node:net';
import type { Worker } from 'node:cluster';
import { listenOn, type Place } from './listen-on';

/**
 * One port for several processes. The parent accepts connections and hands each to one of its children; it keeps its own end open until the child has said that it has taken the
 * connection. What a child had not taken when it died goes to another one, and what comes while there is none waits: a kill -9 costs nobody more than what was under way (F01, M14).
 * (The handing over of `node:cluster` forgets a connection once it is sent: whoever sat in it waited for ever.)
 */

/** What parent and children say to one another about connections. */
type ToChild = { kind: 'connection'; n: number } | { kind: 'no-more' };
type ToParent = { kind: 'taken'; n: number } | { kind: 'closing' };

/** Connections that wait while no child is there; more are closed at once. */
const MOST_WAITING = 4096;

/** A child of this process, as far as connections go. */
export type Taker = Pick<Worker, 'send' | 'on'>;

interface Child {
  worker: Taker;
  /** is to end: is given nothing while others are there */
  isLeaving: boolean;
  /** handed over, not yet taken */
  handed: Map<number, net.Socket>;
}

export interface SharedPort {
  /** This child answers requests: from now on it is given connections. */
  add: (worker: Taker) => void;
  /** This child is about to be asked to end. */
  leave: (worker: Taker) => void;
  listen: (at: Place) => Promise<number>;
  /** As soon as no child wants connections any more, none is accepted. */
  close: () => void;
}

export function sharePort(): SharedPort {
  /** whoever was given one last stands last */
  const children = new Set<Child>();
  const waiting: net.Socket[] = [];
  let count = 0;
  let isClosed = false;

  const shutIfAlone = (): void => {
    if (!isClosed || children.size > 0) return;
    if (server.listening) server.close();
    for (const socket of waiting.splice(0)) socket.destroy();
  };
  const choose = (): Child | undefined => {
    let best: Child | undefined;
    const isBetter = (c: Child, than: Child): boolean =>
      c.isLeaving === than.isLeaving ? c.handed.size < than.handed.size : than.isLeaving;
    for (const c of children) if (!best || isBetter(c, best)) best = c;
    return best;
  };
  const give = (socket: net.Socket): void => {
    const child = choose();
    if (!child) {
      if (isClosed || waiting.length >= MOST_WAITING) socket.destroy();
      else waiting.push(socket);
      return;
    }
    children.delete(child);
    children.add(child);
    const n = ++count;
    child.handed.set(n, socket);
    // a child that cannot be reached any more is about to be known as dead: what was handed to it is looked after then, when all it has said is read
    child.worker.send({ kind: 'connection', n } satisfies ToChild, socket, { keepOpen: true }, () => undefined);
  };
  const lose = (child: Child): void => {
    children.delete(child);
    const left = [...child.handed.values()];
    child.handed.clear();
    left.forEach(give);
    shutIfAlone();
  };
  const server = net.createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    give(socket);
  });

  return {
    add(worker) {
      const child: Child = { worker, isLeaving: false, handed: new Map() };
      worker.on('message', (m: ToParent) => {
        if (m.kind === 'taken') {
          child.handed.get(m.n)?.destroy();
          child.handed.delete(m.n);
        } else if (m.kind === 'closing') {
          children.delete(child);
          shutIfAlone();
          worker.send({ kind: 'no-more' } satisfies ToChild, () => undefined);
        }
      });
      // what it has said until then lies in the pipe and is read in the next turn of the event loop; `disconnect` never comes while something handed over is not taken
      worker.on('exit', () => setImmediate(() => setImmediate(() => lose(child))));
      children.add(child);
      for (const socket of waiting.splice(0)) give(socket);
    },
    leave(worker) {
      for (const c of children) if (c.worker === worker) c.isLeaving = true;
    },
    listen: (at) => listenOn(server, at),
    close() {
      isClosed = true;
      shutIfAlone();
    },
  };
}

/** The side of a child. */
export interface HandedConnections {
  /** Has no more given to it and resolves when those it has are over. */
  close: () => Promise<void>;
}

/** The process that a child is, as far as connections go. */
export interface ChildProcessEnd {
  send?: (message: ToParent) => unknown;
  on: (event: 'message', listener: (message: ToChild, socket?: net.Socket) => void) => unknown;
}

/** The server answers what the parent hands over, instead of listening by itself. */
export function takeHanded(server: http.Server, self: ChildProcessEnd): HandedConnections {
  const open = new Set<net.Socket>();
  let isTold: (() => void) | undefined;
  let isOver: (() => void) | undefined;
  const told = new Promise<void>((resolve) => (isTold = resolve));
  const over = new Promise<void>((resolve) => (isOver = resolve));
  let isClosing = false;
  const look = (): void => {
    if (isClosing && open.size === 0) isOver?.();
  };
  // from here on a server watches whom it waits for too long (headersTimeout, requestTimeout)
  server.emit('listening');
  self.on('message', (m, socket) => {
    if (m.kind === 'no-more') isTold?.();
    if (m.kind !== 'connection') return;
    // before the first byte is read: what is not said to be taken is given to somebody else
    self.send?.({ kind: 'taken', n: m.n });
    if (!socket) return; // closed by its sender on the way
    if (open.size >= (server.maxConnections ?? Infinity)) return void socket.destroy(); // a server that listens itself would do so
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      look();
    });
    server.emit('connection', socket);
  });
  return {
    async close() {
      self.send?.({ kind: 'closing' });
      await told;
      isClosing = true;
      server.closeIdleConnections();
      look();
      await over;
      server.close();
    },
  };
}
