// Telling how the intercept is reached.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import type { Held } from "./interceptions";
import { save } from "./launchFile";
import { openPreview } from "./preview";

/**
 * A notification with the command line; for a configuration that is in no file, also the way to keep it. `isMoved`: the
 * program does not know of the port from its configuration.
 */
export function tellCurl(ctx: Ctx, held: Held, isMoved = false): void {
  const { workload, curl, curlWorks, ports, intercepting, previewUrl } = held.intercepted;
  const where = ports.map((port) => port.localPort).join(", ");
  const wrong = held.message ? `, but ${held.message}` : "";
  const there = `arrive at port ${where}${isMoved ? ", where your program has to listen" : ""}${wrong}.`;
  const copy = "Copy";
  const keep = "Save Configuration";
  const preview = "Open Preview";
  const buttons = [...(curl ? [copy] : []), ...(previewUrl ? [preview] : []), ...(held.unsaved ? [keep] : [])];
  const message = curl
    ? `Matching requests to ${workload} ${there} ${curlWorks} ${curl}`
    : `Intercepting ${workload}: ${intercepting} ${there}`;
  const { showInformationMessage, showWarningMessage } = vscode.window;
  void (wrong ? showWarningMessage : showInformationMessage)(message, ...buttons).then(async (chosen) => {
    if (chosen === copy) await vscode.env.clipboard.writeText(curl);
    if (chosen === preview) await openPreview(ctx, { url: previewUrl });
    if (chosen === keep && held.unsaved) await save(ctx, held.unsaved);
  });
}

/** The line that shows an intercept of a specification that runs. `told`: with where it works. */
export interface Reached {
  workload: string;
  curl: string;
  told: string;
}

/** A notification for a specification whose handlers run; nothing for one that no line can show. */
export function tellReached(name: string, reached: readonly Reached[]): void {
  const [first] = reached;
  if (!first) return;
  const copy = "Copy";
  const how = reached.length === 1 ? first.told : `${reached.length} command lines show its intercepts.`;
  void vscode.window.showInformationMessage(`${name} runs. ${how}`, copy).then(async (chosen) => {
    if (chosen === copy) await copyOneOf(reached);
  });
}

/** To the clipboard: the only line, or the one that the user picks. */
export async function copyOneOf(lines: readonly { workload: string; curl: string }[]): Promise<void> {
  const items = lines.map(({ workload, curl }) => ({ label: workload, detail: curl, curl }));
  const title = "Copy the command line of which intercept?";
  const chosen = items.length > 1 ? await vscode.window.showQuickPick(items, { title }) : items[0];
  if (chosen) await vscode.env.clipboard.writeText(chosen.curl);
}
