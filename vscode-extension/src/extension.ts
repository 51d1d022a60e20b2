import type { ExtensionContext } from "vscode";
import { harmlessCommands, trustedCommands } from "./commands";
import { Ctx } from "./ctx";
import { isTrusted } from "./trust";

let ctx: Ctx | undefined;

export function activate(context: ExtensionContext): void {
  ctx = new Ctx(context);
  ctx.register(harmlessCommands);
  ctx.register(trustedCommands, isTrusted);
}

/** Whatever is held ends with the server, which ends here. */
export async function deactivate(): Promise<void> {
  ctx?.python.dispose();
  await ctx?.stop();
  ctx = undefined;
}
