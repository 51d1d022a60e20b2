// The intercept request takes its time: it is shown as a notification that can be cancelled.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { WorkDoneProgress } from "vscode-languageclient/node";
import type { Ctx } from "./ctx";
import { interceptRequest, releaseRequest, type InterceptParams, type Intercepted } from "./requests";

/** Rejects as the request does; cancelled by the user or by `token`, it rejects once everything is undone. */
export async function interceptWithProgress(
  ctx: Ctx,
  params: InterceptParams,
  token?: vscode.CancellationToken,
): Promise<Intercepted> {
  const client = await ctx.client();
  const title = `Intercepting ${params.workload}`;
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, cancelled) => {
    const either = new vscode.CancellationTokenSource();
    const workDoneToken = randomUUID();
    const listening = [
      cancelled.onCancellationRequested(() => {
        progress.report({ message: "undoing" });
        either.cancel();
      }),
      token?.onCancellationRequested(() => {
        either.cancel();
      }),
      client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === "report" && value.message) progress.report({ message: value.message });
      }),
    ];
    try {
      const found = await client.sendRequest(interceptRequest, { ...params, workDoneToken }, either.token);
      if (either.token.isCancellationRequested) {
        // The answer was on its way when somebody thought again.
        await client.sendRequest(releaseRequest, { id: found.id });
        throw new vscode.CancellationError();
      }
      return found;
    } finally {
      for (const one of listening) one?.dispose();
      either.dispose();
    }
  });
}
