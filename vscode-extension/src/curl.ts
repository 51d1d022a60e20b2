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
