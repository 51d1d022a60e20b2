// Every command there is.
import type { Command, Ctx } from "./ctx";
import { intercept, interceptAndDebug } from "./intercepting";
import { importEnvironment, saveConfiguration } from "./launchFile";
import { copyCurl, leave, menu } from "./menu";
import { debugSpecification, runSpecification, stopSpecification } from "./specifications";

export const commands: Record<string, Command> = {
  "telelens.run": runSpecification,
  "telelens.debug": debugSpecification,
  "telelens.stop": stopSpecification,
  "telelens.intercept": intercept,
  "telelens.interceptAndDebug": interceptAndDebug,
  "telelens.leave": leave,
  "telelens.copyCurl": copyCurl,
  "telelens.menu": menu,
  "telelens.saveConfiguration": saveConfiguration,
  "telelens.importEnvironment": importEnvironment,
  "telelens.showLog": (ctx: Ctx) => {
    ctx.output.show();
  },
  "telelens.restartServer": (ctx: Ctx) => ctx.restart(),
};
