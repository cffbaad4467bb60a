import { spawn } from 'node:child_process';
import type http from 'node:http';
import net from 'node:net';

/**
 * Node takes one connection off the system's line in each turn of its event loop (libuv since 1.45, for every handle that listens). A process with much to do turns 30 to 80 times a second:
 * in a rush new connections would stand in line for many seconds, though a request that is turned away costs next to nothing (F20). So one socket gets several handles.
 * Node doubles a handle by sending it to another process and back; the other one is there for a moment only.
 */
const MORE = 15;

/** What the other process runs: sends the listening socket back so many times. Connections that it takes itself meanwhile it sends, too, unread. */
const ECHO = `process.once('message', (count, server) => {
  server.pauseOnConnect = true;
  server.on('connection', (socket) => process.send('connection', socket));
  for (let n = 0; n < count; n++) process.send('door', server);
  process.once('message', () => server.close(() => process.disconnect()));
});`;

/** A server that listens by itself, with more handles on its socket. */
export interface Doors {
  /** resolves when all handles listen; rejects when they cannot be had, and then the server goes on with its own */
  ready: Promise<void>;
  /** Nobody new is let in; resolves when the connections there are have ended. */
  close: () => Promise<void>;
}

export function openMoreDoors(server: http.Server): Doors {
  const doors: net.Server[] = [];
  const open = new Set<net.Socket>();
  let isOver: (() => void) | undefined;
  const look = (): void => {
    if (open.size === 0) isOver?.();
  };
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      look();
    });
    // the server itself counts those of its own handle only
    if (open.size > (server.maxConnections ?? Infinity)) socket.destroy();
  });
  const take = (socket: net.Socket): void => {
    // as an HTTP server has them
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    server.emit('connection', socket);
  };

  const child = spawn(process.execPath, ['-e', ECHO], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: {} });
  const ready = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (doors.length === MORE) resolve();
      else reject(new Error(`ended with ${signal ?? code} after ${doors.length} of ${MORE}`));
    });
    child.on('message', (_, handle) => {
      if (handle instanceof net.Socket) take(handle);
      else if (handle instanceof net.Server) {
        handle.on('connection', take);
        doors.push(handle);
        if (doors.length === MORE) child.send('enough');
      }
    });
    child.send(MORE, server, (e) => {
      if (e) reject(e);
    });
  });
  child.unref();
  child.channel?.unref();

  return {
    ready,
    async close() {
      child.kill();
      const over = new Promise<void>((resolve) => (isOver = resolve));
      for (const door of doors) door.close();
      const own = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      look();
      await Promise.all([own, over]);
    },
  };
}
