// What this extension asks of the language server beyond LSP; telelens_server/requests.py says the same to the server.
import { NotificationType, RequestType } from "vscode-languageclient/node";

export interface KubeFlag {
  name: string;
  value: string;
}

export interface ConnectionWanted {
  context?: string;
  namespace?: string;
  managerNamespace?: string;
  kubeconfig?: string;
  kubeFlags?: KubeFlag[];
}

export interface HeaderFilter {
  name: string;
  value: string;
}

export interface PathFilter {
  kind: "equal" | "prefix" | "regex";
  value: string;
}

export interface PreviewIngress {
  host: string;
  port: number;
  tls?: boolean;
  l5host?: string;
}

export interface Preview {
  banner?: boolean;
  ingress?: PreviewIngress | null;
}

export interface Port {
  local: number;
  service?: string;
  host?: string;
}

export interface InterceptParams {
  workload: string;
  kind?: string;
  namespace?: string;
  service?: string;
  container?: string;
  name?: string;
  ports: Port[];
  mechanism: "http" | "tcp";
  headers: HeaderFilter[];
  path?: PathFilter;
  automaticHeader: boolean;
  preview?: Preview;
  connection: ConnectionWanted;
  workDoneToken?: string;
}

export interface InterceptedPort {
  servicePort: string;
  containerPort: number;
  localHost: string;
  localPort: number;
}

export interface Intercepted {
  id: string;
  name: string;
  namespace: string;
  workload: string;
  workloadKind: string;
  service: string;
  mechanism: string;
  intercepting: string;
  /** What is wrong with it, though it is active. */
  message: string;
  ports: InterceptedPort[];
  curl: string;
  /** Where the line works, for people. */
  curlWorks: string;
  previewUrl: string;
  previewDeniedReason: string;
  environment: Record<string, string>;
  environmentDeniedReason: string;
}

export interface InterceptChanged {
  id: string;
  phase: string;
  /** What is wrong with it, though it may be active; of one that is gone: which it was, why, and what to do. */
  message: string;
  ended: boolean;
}

export interface ReleaseParams {
  id: string;
}

export interface RunParams {
  id: string;
  file: string;
  text: string;
  workingDirectory: string;
  debugHandler?: string;
  connection: ConnectionWanted;
}

export interface RunEvent {
  id: string;
  kind: "progress" | "active" | "started" | "output" | "ended" | "ready";
  text: string;
  handler: string;
  stderr: boolean;
  debugHost: string;
  debugPort: number;
  workload: string;
  curl: string;
}

export interface ConnectionState {
  context: string;
  server: string;
  namespace: string;
  owner: string;
  state: string;
}

export interface InterceptState {
  name: string;
  namespace: string;
  workload: string;
  workloadKind: string;
  phase: string;
  message: string;
  curl: string;
}

export interface Status {
  daemon: string;
  connection: ConnectionState | null;
  intercepts: InterceptState[];
}

/** Where an intercept stands in a file before its templates are expanded; each counts from 0. */
export interface InterceptPlace {
  specification: number;
  workload: number;
  intercept: number;
}

export interface DebugTargetParams {
  uri: string;
  name: string;
  kind?: string;
  namespace?: string;
  /** Among the file's manifests of this kind, name and namespace, from 0. */
  occurrence?: number;
  /** Empty where `place` says which: a template writes the name. */
  intercept?: string;
  place?: InterceptPlace;
}

export interface TargetPort {
  port: number;
  service: string;
  name: string;
}

export interface DebugTarget {
  workload: string;
  namespace: string;
  ports: TargetPort[];
  service: string;
  container: string;
  headers: HeaderFilter[];
  path: PathFilter | null;
  preview: Preview | null;
  everything: boolean;
  handler: string;
  handlerEnvironment: Record<string, string>;
  /** What this version does not do of what is asked for, and what comes of that, for people. */
  leftOut: string[];
  connection: Required<ConnectionWanted>;
}

/** The `data` of a failed request. */
export interface Problem {
  code: string;
  message: string;
  hint: string;
}

export interface TrustParams {
  trusted: boolean;
}

export const interceptRequest = new RequestType<InterceptParams, Intercepted, Problem>("telelens/intercept");
export const releaseRequest = new RequestType<ReleaseParams, null, Problem>("telelens/release");
export const runRequest = new RequestType<RunParams, null, Problem>("telelens/run");
export const statusRequest = new RequestType<Record<string, never>, Status, Problem>("telelens/status");
export const debugTargetRequest = new RequestType<DebugTargetParams, DebugTarget | null, Problem>(
  "telelens/debugTarget",
);

/** Templates are expanded in trusted workspaces only; trust is never taken back while a window is open. */
export const trustNotification = new NotificationType<TrustParams>("telelens/trust");

export const interceptChanged = new NotificationType<InterceptChanged>("telelens/interceptChanged");
export const runEvent = new NotificationType<RunEvent>("telelens/runEvent");
