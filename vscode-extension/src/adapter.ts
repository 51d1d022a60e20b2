// debugpy's own adapter, from the private environment: no other extension is needed.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";

/** debugpy.adapter, and nothing survives it. */
const ADAPTER = "telelens_daemons.handlers.debug.adapter";

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(private readonly ctx: Ctx) {}

  async createDebugAdapterDescriptor(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor> {
    const connect = session.configuration["connect"] as { host?: string; port: number } | undefined;
    if (session.configuration.request === "attach" && connect) {
      return new vscode.DebugAdapterServer(connect.port, connect.host ?? "127.0.0.1");
    }
    return new vscode.DebugAdapterExecutable(await this.ctx.python.path(), ["-P", "-m", ADAPTER]);
  }
}
