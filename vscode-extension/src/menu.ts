// What one can do with the intercepts that are held.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { copyOneOf } from "./curl";
import type { Held } from "./interceptions";
import { inform } from "./problems";
import { statusRequest } from "./requests";

export async function leave(ctx: Ctx): Promise<void> {
  const held = await pick(ctx, "Leave which intercept?");
  if (held) await ctx.interceptions.release(held);
}

export async function copyCurl(ctx: Ctx): Promise<void> {
  const lines = linesOf(ctx);
  if (lines.length === 0) inform(ctx, "this window holds no intercept that a command line can show.");
  await copyOneOf(lines);
}

/** Behind the status item. */
export async function menu(ctx: Ctx): Promise<void> {
  const items: (vscode.QuickPickItem & { run: () => unknown })[] = [];
  for (const line of linesOf(ctx))
    items.push({
      label: `Copy curl command of ${line.workload}`,
      detail: line.curl,
      run: () => copyOneOf([line]),
    });
  for (const held of ctx.interceptions.all())
    items.push({
      label: `Leave ${held.intercepted.workload}`,
      description: held.intercepted.name,
      run: () => ctx.interceptions.release(held),
    });
  for (const name of ctx.runs.names())
    items.push({
      label: `Stop ${name}`,
      run: (): void => {
        ctx.runs.stopNamed(name);
      },
    });
  items.push({
    label: "Show log",
    run: () => {
      ctx.output.show();
    },
  });
  const chosen = await vscode.window.showQuickPick(items, { title: "Telelens", placeHolder: await connected(ctx) });
  await chosen?.run();
}

/** Of the intercepts that are held, and of those of specifications that run. */
function linesOf(ctx: Ctx): { workload: string; curl: string }[] {
  const held = ctx.interceptions.all().map(({ intercepted: { workload, curl } }) => ({ workload, curl }));
  return [...held, ...ctx.runs.reached()].filter(({ curl }) => curl !== "");
}

async function connected(ctx: Ctx): Promise<string> {
  const client = await ctx.client();
  const { connection } = await client.sendRequest(statusRequest, {});
  if (!connection) return "Not connected to a cluster";
  const { context, server, namespace, owner, state } = connection;
  return `${context || server}, namespace ${namespace}, as ${owner}: ${state}`;
}

/** A workload that is meant; without a namespace, in whichever it is. */
export interface Meant {
  name: string;
  namespace?: string;
}

/** The only one, be it of the workload that is meant, or the one that the user picks. */
export async function pick(ctx: Ctx, title: string, meant?: Meant): Promise<Held | undefined> {
  const all = ctx.interceptions.all().filter((held) => !meant || isOf(held, meant));
  if (all.length === 0) {
    const what = meant ? `no intercept of ${meant.name}. Press Intercept & Debug first.` : "no intercept.";
    inform(ctx, `this window holds ${what}`);
    return undefined;
  }
  if (all.length === 1) return all[0];
  const items = all.map((held) => ({ label: held.intercepted.workload, description: held.intercepted.name, held }));
  return (await vscode.window.showQuickPick(items, { title }))?.held;
}

function isOf({ intercepted: { workload, namespace } }: Held, meant: Meant): boolean {
  return workload === meant.name && (!meant.namespace || namespace === meant.namespace);
}
