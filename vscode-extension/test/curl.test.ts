import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ctx } from "../src/ctx";
import { tellCurl } from "../src/curl";
import type { Held } from "../src/interceptions";
import { told } from "./vscode";

function tell(message: string): string[] {
  const ports = [{ servicePort: "http", containerPort: 8080, localHost: "127.0.0.1", localPort: 8081 }];
  const intercepted = {
    workload: "echo",
    curl: "curl http://echo.shop/",
    curlWorks: "From inside the cluster:",
    ports,
  };
  tellCurl(undefined as unknown as Ctx, { intercepted, message } as unknown as Held);
  return told.splice(0);
}

void test("the line is told", () => {
  const text = "Matching requests to echo arrive at port 8081. From inside the cluster: curl http://echo.shop/";
  assert.deepEqual(tell(""), [`information: ${text}`]);
});

void test("what keeps the line from working is told with it, as a warning", () => {
  const text =
    "Matching requests to echo arrive at port 8081, but half go elsewhere. From inside the cluster: curl http://echo.shop/";
  assert.deepEqual(tell("half go elsewhere"), [`warning: ${text}`]);
});
