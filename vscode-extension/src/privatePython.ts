// The extension's own Python environment: made once per version from the wheels it brings, without any network.
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import type { StatusItem } from "./status";

const run = promisify(execFile);

const CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11"];
const PREFIX = "python-";
const ABOUT = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)";

interface Base {
  executable: string;
  /** Like "3.12". */
  version: string;
}

export class PrivatePython {
  private making: Promise<string> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly output: vscode.LogOutputChannel,
    private readonly status: StatusItem,
  ) {}

  /** The interpreter that has our packages: the setting's, else our own, which is made when it is not there. */
  path(): Promise<string> {
    const given = this.given();
    if (given) return Promise.resolve(given);
    this.making ??= this.make().catch((error: unknown) => {
      this.making = undefined;
      throw error;
    });
    return this.making;
  }

  /** Whether the user has said which. */
  get isChosen(): boolean {
    return this.given() !== "";
  }

  private given(): string {
    return vscode.workspace.getConfiguration("telelens").get<string>("python", "");
  }

  private async make(): Promise<string> {
    const storage = this.context.globalStorageUri.fsPath;
    const prefix = `${PREFIX}${this.version()}-`;
    const made = existsSync(storage) && readdirSync(storage).find((name) => name.startsWith(prefix));
    // One that was made of a Python that is gone by now does not run.
    if (made && existsSync(join(storage, made, "bin", "python"))) return join(storage, made, "bin", "python");
    const title = "Telelens: setting up";
    const location = vscode.ProgressLocation.Notification;
    this.status.showPreparing("setting up");
    try {
      return await vscode.window.withProgress({ location, title, cancellable: true }, (progress, cancelled) =>
        this.install(storage, prefix, progress, cancelled),
      );
    } finally {
      this.status.showPreparing("");
    }
  }

  private async install(
    storage: string,
    prefix: string,
    progress: vscode.Progress<{ message: string }>,
    cancelled: vscode.CancellationToken,
  ): Promise<string> {
    const began = Date.now();
    const wheels = join(this.context.extensionPath, "wheels");
    const base = await this.base(wheels);
    const folder = join(storage, `${prefix}${base.version}`);
    await mkdir(storage, { recursive: true });
    // Elsewhere first: two windows may be at it, and one may be closed in the middle.
    const temporary = await mkdtemp(join(storage, "making-"));
    try {
      progress.report({ message: "making its Python environment" });
      await runUntil(cancelled, base.executable, ["-I", "-m", "venv", "--without-pip", "--symlinks", temporary]);
      const python = join(temporary, "bin", "python");
      const pip = join(wheels, "any", readdirSync(join(wheels, "any")).find((name) => name.startsWith("pip-")) ?? "");
      progress.report({ message: "installing packages" });
      const links = ["any", base.version].flatMap((name) => ["--find-links", join(wheels, name)]);
      const quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-warn-script-location"];
      const wanted = `telelens[server,daemons]==${this.version()}`;
      await runUntil(cancelled, python, ["-I", join(pip, "pip"), "install", "--no-index", ...links, ...quiet, wanted]);
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (cancelled.isCancellationRequested) {
        this.output.info("setting up was cancelled; Telelens: Restart Language Server begins anew");
        throw new vscode.CancellationError();
      }
      if (existsSync(join(folder, "bin", "python"))) return join(folder, "bin", "python");
      throw error;
    }
    this.output.info(`made ${folder} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    await this.removeOthers(storage, prefix);
    return join(folder, "bin", "python");
  }

  /** The first Python on PATH that we have wheels for. */
  private async base(wheels: string): Promise<Base> {
    const supported = readdirSync(wheels).filter((name) => /^3\.\d+$/.test(name));
    for (const candidate of CANDIDATES) {
      try {
        const { stdout } = await run(candidate, ["-I", "-c", ABOUT]);
        const [major, minor, ...executable] = stdout.trim().split(" ");
        const version = `${major ?? ""}.${minor ?? ""}`;
        if (supported.includes(version)) return { executable: executable.join(" "), version };
      } catch {
        // Not there.
      }
    }
    throw new Error(
      `no Python of version ${supported.join(", ")} is on PATH: install one, or name one that has telelens[server,daemons] in the setting telelens.python`,
    );
  }

  private async removeOthers(storage: string, prefix: string): Promise<void> {
    for (const name of await readdir(storage)) {
      if (name.startsWith(PREFIX) && !name.startsWith(prefix)) {
        await rm(join(storage, name), { recursive: true, force: true });
      }
    }
  }

  private version(): string {
    return (this.context.extension.packageJSON as { version: string }).version;
  }
}

/** Rejects once the program has ended, whoever ended it: what it wrote can be removed then. */
async function runUntil(cancelled: vscode.CancellationToken, program: string, given: readonly string[]): Promise<void> {
  if (cancelled.isCancellationRequested) throw new vscode.CancellationError();
  const running = run(program, given);
  const listening = cancelled.onCancellationRequested(() => running.child.kill());
  try {
    await running;
  } finally {
    listening.dispose();
  }
}
