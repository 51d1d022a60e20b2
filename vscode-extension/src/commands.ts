// Every command there is, by whether the workspace must be trusted for it.
import type { Command, Ctx } from "./ctx";
import { intercept, interceptAndDebug } from "./intercepting";
import { importEnvironment, saveConfiguration } from "./launchFile";
import { copyCurl, leave, menu } from "./menu";
import { openPreview } from "./preview";
import { debugSpecification, runSpecification, stopSpecification } from "./specifications";

export const trustedCommands: Record<string, Command> = {
  "telelens.run": runSpecification,
  "telelens.debug": debugSpecification,
  "telelens.stop": stopSpecification,
  "telelens.intercept": intercept,
  "telelens.interceptAndDebug": interceptAndDebug,
  "telelens.leave": leave,
  "telelens.copyCurl": copyCurl,
  "telelens.menu": menu,
  "telelens.openPreview": openPreview,
  "telelens.saveConfiguration": saveConfiguration,
  "telelens.importEnvironment": importEnvironment,
};

export const harmlessCommands: Record<string, Command> = {
  "telelens.showLog": (ctx: Ctx) => {
    ctx.output.show();
  },
  "telelens.restartServer": (ctx: Ctx) => ctx.restart(),
};
