import type { ExtensionContext } from "vscode";
import { commands } from "./commands";
import { Ctx } from "./ctx";

let ctx: Ctx | undefined;

export function activate(context: ExtensionContext): void {
  ctx = new Ctx(context);
  ctx.register(commands);
}

/** Whatever is held ends with the server, which ends here. */
export async function deactivate(): Promise<void> {
  await ctx?.stop();
  ctx = undefined;
}
