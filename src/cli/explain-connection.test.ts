import { describe, expect, it } from 'vitest';
import { explainConnection } from './explain-connection.ts';
import { CliError } from './shell.ts';

const config = { databaseUrl: 'postgres://kim:s3cret@db.example:5433/office' };
const withCode = (code: string): Error => Object.assign(new Error('raw words'), { code });

describe('a database that cannot be used is named with reason and remedy, without its password', () => {
  it.each([
    ['a code of the network', withCode('ECONNREFUSED'), 'nothing listens there; start it'],
    ['a code of the name service', withCode('ENOTFOUND'), 'this host is not known'],
    ['a code of PostgreSQL', withCode('28P01'), 'it does not accept the password'],
    ['the words of pg', new Error('Connection terminated due to connection timeout'), 'it does not answer'],
    ['a cause', new Error('wrapped', { cause: withCode('3D000') }), 'this database does not exist; create it'],
    ['several addresses', new AggregateError([withCode('ECONNREFUSED')], ''), 'nothing listens there; start it'],
  ])('by %s', (_, error, words) => {
    const explained = explainConnection(error, config);
    expect(explained).toBeInstanceOf(CliError);
    expect(explained?.message).toBe(
      `database office at db.example:5433 as user kim: ${words}, or correct DATABASE_URL`,
    );
  });

  it('unless it is another error, or the embedded database', () => {
    expect(explainConnection(new TypeError('x is not a function'), config)).toBeUndefined();
    expect(explainConnection(withCode('ECONNREFUSED'), { databaseUrl: undefined })).toBeUndefined();
  });
});
