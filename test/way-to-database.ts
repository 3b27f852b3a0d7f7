import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll } from 'vitest';
import type { Database } from '../src/platform/database.ts';

export interface Way {
  readonly connectionString: string;
  /** Connections that are open now. */
  open(): number;
  /** Connections that were asked for. */
  asked(): number;
  cut(): void;
  /** Connections stay, and nothing that is sent arrives. */
  stand(): void;
  mend(): void;
}

/** A way to PostgreSQL that a test can cut and open again. */
export async function openWay(database: Pick<Database, 'connectionString'>): Promise<Way> {
  const target = new URL(database.connectionString);
  const open = new Set<Socket>();
  let up = true;
  let asked = 0;
  let still = false;
  const server: Server = createServer((socket) => {
    asked += 1;
    socket.on('error', () => socket.destroy());
    if (!up) return void socket.destroy();
    const through = connect(Number(target.port), target.hostname);
    open.add(socket);
    through.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => open.delete(socket) && through.destroy());
    socket.on('data', (bytes) => still || through.write(bytes));
    through.on('data', (bytes) => socket.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const way = new URL(database.connectionString);
  way.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  // Not past us through the server's socket.
  way.searchParams.delete('host');
  afterAll(() => void server.close());
  return {
    connectionString: way.href,
    open: () => open.size,
    asked: () => asked,
    cut() {
      up = false;
      for (const socket of open) socket.destroy();
    },
    stand() {
      still = true;
    },
    mend() {
      up = true;
      still = false;
    },
  };
}
