import { type Address, withConnection } from './embedded-postgres-connection.ts';
import { type AppRole, newPassword, writeCredentials } from './embedded-postgres-credentials.ts';

const APP_ROLE = 'textwright_app';

/**
 * The role that the program runs as. It owns nothing, and may do nothing until the owner lets it; the owner may do what it may. Made where an
 * earlier version, or a start with lost passwords, has left none that we know. The caller holds the folder's lock.
 */
export async function openAppRole(dataDir: string, address: Address): Promise<AppRole> {
  const { credentials, port } = address;
  if (credentials.app !== undefined) return credentials.app;
  const app = { user: APP_ROLE, password: newPassword() };
  await withConnection(address, async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [app.user]);
    if (rowCount === 0) await client.query(`create role ${app.user}`);
    await client.query(`alter role ${app.user} login password '${app.password}'`);
    await client.query(`grant ${app.user} to ${credentials.user}`);
  });
  await writeCredentials(dataDir, { ...credentials, port, app });
  return app;
}
