import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('with no folder open', () => {
  it('activates and its commands are there', async () => {
    const extension = vscode.extensions.getExtension('traceline.traceline');
    assert.ok(extension !== undefined, 'the extension is installed');
    await extension.activate();
    const commands = (await vscode.commands.getCommands(true)).filter((name) => name.startsWith('traceline.'));
    assert.ok(commands.length > 0, 'commands are registered');
  });
});
