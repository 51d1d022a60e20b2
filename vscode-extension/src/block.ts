// The `telelens` block of a launch configuration. Nothing here knows the editor.
import type { DebugTarget, InterceptParams, Port, Preview } from "./requests";

export interface Block {
  workload: string;
  kind?: string;
  namespace?: string;
  service?: string;
  container?: string;
  name?: string;
  ports?: (number | string)[];
  mechanism?: "http" | "tcp";
  headers?: Record<string, string>;
  path?: { equal?: string; prefix?: string; regex?: string };
  automaticHeader?: boolean;
  previewURL?: boolean | Preview;
  context?: string;
  managerNamespace?: string;
  kubeconfig?: string;
  kubeFlags?: Record<string, string>;
}

/** All that it may have. */
export const KEYS: Readonly<Record<keyof Block, true>> = {
  workload: true,
  kind: true,
  namespace: true,
  service: true,
  container: true,
  name: true,
  ports: true,
  mechanism: true,
  headers: true,
  path: true,
  automaticHeader: true,
  previewURL: true,
  context: true,
  managerNamespace: true,
  kubeconfig: true,
  kubeFlags: true,
};

/** What the settings say where a block does not. */
export interface Defaults {
  mechanism: "http" | "tcp";
  context: string;
  managerNamespace: string;
}

/** The block cannot be meant; the message is for people. */
export class BlockError extends Error {}

/** The block of a configuration, if it has one. */
export function blockOf(configuration: Record<string, unknown>): Block | undefined {
  const block = configuration["telelens"];
  if (block === undefined || block === null) return undefined;
  const name = configuration["name"];
  const which = `the "telelens" block of ${typeof name === "string" ? `"${name}"` : "this launch configuration"}`;
  if (typeof block !== "object" || typeof (block as Partial<Block>).workload !== "string") {
    throw new BlockError(`${which} names no "workload"`);
  }
  // One that is misspelt would be left out, and other requests be taken than are meant.
  const unknown = Object.keys(block).find((key) => !(key in KEYS));
  if (unknown !== undefined) {
    throw new BlockError(`${which} has no key "${unknown}"; its keys: ${Object.keys(KEYS).join(", ")}`);
  }
  return block as Block;
}

/** The block of one of a specification's intercepts: it takes what is written there, through the connection that is. */
export function blockOfSpecification(target: DebugTarget): Block {
  const block: Block = { workload: target.workload, ports: target.ports.map(writtenPort) };
  if (target.namespace) block.namespace = target.namespace;
  if (target.service) block.service = target.service;
  if (target.container) block.container = target.container;
  if (target.headers.length > 0) {
    block.headers = Object.fromEntries(target.headers.map(({ name, value }) => [name, value]));
  }
  if (target.path) block.path = { [target.path.kind]: target.path.value };
  if (block.headers ?? block.path) block.mechanism = "http";
  if (target.everything) block.mechanism = "tcp";
  if (target.preview) block.previewURL = target.preview;
  for (const key of ["context", "managerNamespace", "kubeconfig"] as const) {
    if (target.connection[key]) block[key] = target.connection[key];
  }
  const flags = target.connection.kubeFlags.map(({ name, value }) => [name, value]);
  if (flags.length > 0) block.kubeFlags = Object.fromEntries(flags) as Record<string, string>;
  return block;
}

/** The specification's block for a configuration that has one already: of that stays what a specification cannot say. */
export function asSpecified(specified: Block, own: Block | undefined): Block {
  const block = { ...specified };
  if (own?.container) block.container ??= own.container;
  if (own?.name) block.name = own.name;
  return block;
}

/** As it stands in "ports" of a block. */
export function writtenPort({ port, service }: { port: number; service: string }): string {
  return service ? `${port}:${service}` : String(port);
}

/** With other local ports where `others` has some. */
export function withPorts(block: Block, others: ReadonlyMap<number, number>): Block {
  const ports = (block.ports ?? []).map((written) => {
    const { local, service } = portOf(written);
    return writtenPort({ port: others.get(local) ?? local, service: service ?? "" });
  });
  return { ...block, ports };
}

/** What is asked for, whichever local ports it arrives at. */
export function trafficOf(params: InterceptParams): string {
  return JSON.stringify({ ...params, ports: params.ports.map(({ service }) => service) });
}

export function paramsOf(block: Block, defaults: Defaults): InterceptParams {
  const mechanism = block.mechanism ?? defaults.mechanism;
  const headers = Object.entries(block.headers ?? {}).map(([name, value]) => ({ name, value }));
  const path = pathOf(block);
  const filtered = headers.length > 0 || path !== undefined;
  if (mechanism === "tcp" && filtered) {
    throw new BlockError('"headers" and "path" of a "telelens" block need "mechanism": "http"');
  }
  const params: InterceptParams = {
    workload: block.workload,
    ports: (block.ports ?? []).map(portOf),
    mechanism,
    headers,
    automaticHeader: mechanism === "http" && (block.automaticHeader ?? !filtered),
    connection: {
      context: block.context ?? defaults.context,
      namespace: block.namespace ?? "",
      managerNamespace: block.managerNamespace ?? defaults.managerNamespace,
    },
  };
  if (block.kubeconfig) params.connection.kubeconfig = block.kubeconfig;
  if (block.kubeFlags) {
    params.connection.kubeFlags = Object.entries(block.kubeFlags).map(([name, value]) => ({ name, value }));
  }
  if (path) params.path = path;
  if (block.previewURL) params.preview = block.previewURL === true ? {} : block.previewURL;
  for (const key of ["kind", "namespace", "service", "container", "name"] as const) {
    const value = block[key];
    if (value) params[key] = value;
  }
  return params;
}

function portOf(port: number | string): Port {
  const found = /^(\d{1,5})(?::(.+))?$/.exec(String(port));
  const local = Number(found?.[1]);
  if (!found || local < 1 || local > 65535) {
    throw new BlockError(`"${port}" in "ports" of a "telelens" block is no port: write 8080 or "8080:http"`);
  }
  return found[2] ? { local, service: found[2] } : { local };
}

function pathOf(block: Block): InterceptParams["path"] {
  for (const kind of ["equal", "prefix", "regex"] as const) {
    const value = block.path?.[kind];
    if (value) return { kind, value };
  }
  return undefined;
}
