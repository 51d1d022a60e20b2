// Telling people what went wrong.
import * as vscode from "vscode";
import { LSPErrorCodes, ResponseError } from "vscode-languageclient/node";
import type { Ctx } from "./ctx";
import type { Problem } from "./requests";

export function isCancelled(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)
  );
}

/**
 * What happened and what to do, in one message; the rest is in the log, and where a program has said why, in its output.
 * Ends when the message is read. Cancelled work is no problem.
 */
export async function show(ctx: Ctx, error: unknown, said: vscode.OutputChannel = ctx.output): Promise<void> {
  if (isCancelled(error)) return;
  const { message, hint } = problemOf(error);
  ctx.output.error(error instanceof Error ? error : String(error));
  const all = hint ? `${sentence(message)} ${sentence(capitalised(hint))}` : message;
  await withOutput(vscode.window.showErrorMessage, all, ctx, said);
}

/** Button of a dialog: what is in the way is to be ended. */
export const STOP = "Stop It First";

/** Whether the user presses the button of a dialog that is in the way until then. */
export async function confirms(message: string, detail: string, button: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) === button;
}

/** Something that goes on nevertheless. */
export function warn(ctx: Ctx, message: string): void {
  ctx.output.warn(message);
  void withOutput(vscode.window.showWarningMessage, `Telelens: ${message}`, ctx);
}

/** Why nothing comes of what was asked for, though nothing went wrong; `said`: where to read more. */
export function inform(ctx: Ctx, message: string, said: vscode.OutputChannel = ctx.output): void {
  ctx.output.info(message);
  void withOutput(vscode.window.showInformationMessage, `Telelens: ${message}`, ctx, said);
}

type Tell = (message: string, ...buttons: string[]) => Thenable<string | undefined>;

/** Of a notification without a button the editor shows the beginning alone. */
async function withOutput(
  tell: Tell,
  message: string,
  ctx: Ctx,
  said: vscode.OutputChannel = ctx.output,
): Promise<void> {
  const button = said === ctx.output ? "Show Log" : "Show Output";
  if ((await tell(message, button)) === button) said.show();
}

function problemOf(error: unknown): { message: string; hint: string } {
  if (error instanceof ResponseError) {
    const data = error.data as Partial<Problem> | undefined;
    return { message: `Telelens: ${data?.message ?? error.message}`, hint: data?.hint ?? "" };
  }
  return { message: `Telelens: ${error instanceof Error ? error.message : String(error)}`, hint: "" };
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
