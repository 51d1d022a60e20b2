// The extension's own Python environment: made once per version from the wheels it brings, without any network.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import type { StatusItem } from "./status";

const run = promisify(execFile);

const CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11"];
const PREFIX = "python-";
/** Of what is not ready yet. */
const MAKING = "making-";
/** What is older was being made on a machine that was switched off. */
const MAKING_MS = 3_600_000;
const ABOUT = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)";

interface Base {
  executable: string;
  /** Like "3.12". */
  version: string;
}

export class PrivatePython implements vscode.Disposable {
  private making: Promise<string> | undefined;
  private readonly closing = new vscode.CancellationTokenSource();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly output: vscode.LogOutputChannel,
    private readonly status: StatusItem,
  ) {}

  /** The window closes: what is being made is given up. */
  dispose(): void {
    this.closing.cancel();
  }

  /**
   * The interpreter that has our packages: the setting's, else our own, which is made when it is not there.
   *
   * Rejects with a CancellationError when the user does not want it made now; who asks again has it begun anew.
   */
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
    const made = existsSync(storage) ? readdirSync(storage).filter((name) => name.startsWith(prefix)) : [];
    // One that was made of a Python that is gone by now does not run.
    const running = made.find((name) => runs(join(storage, name, "bin", "python"), name.slice(prefix.length)));
    if (running) return join(storage, running, "bin", "python");
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
    const temporary = await mkdtemp(join(storage, MAKING));
    // Inside, so that nothing of pip's stays in the user's when it is ended.
    const scratch = join(temporary, "tmp");
    const environment = { ...process.env, TMPDIR: scratch };
    // A window that is killed ends nothing: a guard does, and takes away what was being made.
    const guarded = ["-I", join(this.context.extensionPath, "guard.py"), temporary];
    const step = (program: string, given: readonly string[]): Promise<void> =>
      runUntil([cancelled, this.closing.token], base.executable, [...guarded, program, ...given], environment);
    try {
      await mkdir(scratch);
      progress.report({ message: "making its Python environment" });
      await step(base.executable, ["-I", "-m", "venv", "--without-pip", "--symlinks", temporary]);
      const python = join(temporary, "bin", "python");
      const pip = join(wheels, "any", readdirSync(join(wheels, "any")).find((name) => name.startsWith("pip-")) ?? "");
      progress.report({ message: "installing packages" });
      const links = ["any", base.version].flatMap((name) => ["--find-links", join(wheels, name)]);
      const quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-warn-script-location"];
      const wanted = `telelens[server,daemons]==${this.version()}`;
      await step(python, ["-I", join(pip, "pip"), "install", "--no-index", ...links, ...quiet, wanted]);
      await rm(scratch, { recursive: true, force: true });
      // Of a Python that is gone by now, say: to a folder that is not empty nothing can be moved.
      if (!runs(join(folder, "bin", "python"), base.version)) await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (error instanceof vscode.CancellationError) {
        this.output.info("setting up was cancelled; Telelens: Restart Language Server begins anew");
        throw error;
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

  /** Those of other versions, but for what runs from there: a user daemon goes on when its window has been updated. */
  private async removeOthers(storage: string, prefix: string): Promise<void> {
    const lines = await commandLines();
    for (const name of await readdir(storage)) {
      const path = join(storage, name);
      const isUsed = lines === undefined || lines.some((line) => line.startsWith(`${path}/`));
      const isOther = name.startsWith(PREFIX) && !name.startsWith(prefix) && !isUsed;
      if (isOther || (name.startsWith(MAKING) && (await age(path)) > MAKING_MS)) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }

  private version(): string {
    return (this.context.extension.packageJSON as { version: string }).version;
  }
}

/** Whether a Python is there, of the version that its environment was made for: the system's may have become another. */
function runs(python: string, version: string): boolean {
  if (!existsSync(python)) return false;
  const found = /^python(\d+\.\d+)$/.exec(basename(realpathSync(python)))?.[1];
  return found === undefined || found === version;
}

/** Of all programs that run; undefined: nobody says. */
async function commandLines(): Promise<string[] | undefined> {
  try {
    const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    return await Promise.all(numbers.map((number) => readFile(`/proc/${number}/cmdline`, "utf8").catch(() => "")));
  } catch {
    return undefined;
  }
}

/** How long ago a folder was filled; none at all where another window has just taken it away. */
async function age(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Rejects with a CancellationError, and once the program has ended: what it wrote can be removed then. The guard ends it when
 * its standard input ends, and removes what was being made even where nobody has the time for it any more.
 */
async function runUntil(
  given: readonly vscode.CancellationToken[],
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const isCancelled = (): boolean => given.some((token) => token.isCancellationRequested);
  if (isCancelled()) throw new vscode.CancellationError();
  const running = run(program, parameters, { env });
  const listening = given.map((token) => token.onCancellationRequested(() => running.child.stdin?.end()));
  try {
    await running;
  } catch (error) {
    throw isCancelled() ? new vscode.CancellationError() : error;
  } finally {
    for (const one of listening) one.dispose();
  }
}
