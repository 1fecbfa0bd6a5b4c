import type * as vscode from 'vscode';
import type { HubPort, LocatorPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import type { Location } from '../locate/location.ts';
import type { OpenWaterfalls } from './openWaterfalls.ts';

export interface ShowSourceOptions {
  /** True: show the line, and leave the keyboard where it is. */
  readonly preserveFocus: boolean;
  /** A group beside the waterfall's own. */
  readonly viewColumn: vscode.ViewColumn;
}

export interface WaterfallWindow {
  readonly extensionUri: vscode.Uri;
  readonly hub: HubPort;
  readonly locator: LocatorPort;
  readonly showSource: (location: Location, options: ShowSourceOptions) => Promise<void>;
  readonly logger: Logger;
  /** Where every waterfall is listed while it is open. */
  readonly open: OpenWaterfalls;
  readonly follow: FollowSelection;
}

/** Whether the editor beside shows the line of the span that is selected. */
export interface FollowSelection {
  isOn(): boolean;
  turn(on: boolean): Promise<void>;
}
