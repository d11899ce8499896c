import { describe, expect, test } from '@jest/globals';
import { emulatorEnvironment } from '../../../bin/local/emulator.ts';

describe('the emulator', () => {
  const environment = emulatorEnvironment('http://127.0.0.1:4999', 4999, '/somewhere/tmp');

  test('listens on the loopback interface, at one port and no other', () => {
    expect(environment).toMatchObject({ BIND_HOST: '127.0.0.1', GATEWAY_PORT: '4999', IOT_MTLS_ENABLED: '0' });
  });

  test('knows nothing of the caller’s environment but where programs and home are', () => {
    process.env.SOMEBODYS_SECRET = 'secret';
    const passed = Object.values(emulatorEnvironment('http://127.0.0.1:4999', 4999, '/somewhere/tmp'));
    delete process.env.SOMEBODYS_SECRET;
    expect(passed).not.toContain('secret');
  });

  test('keeps what is temporary in the folder that is removed with it', () => {
    expect(environment.TMPDIR).toBe('/somewhere/tmp');
  });
});
