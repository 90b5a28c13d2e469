/** What the backend answers, whatever serves it. */

import { checkContract } from "../../shared/contract.ts";
import type { Sessions } from "./session.ts";
import type { Store } from "./store.ts";

export type Api = {
  store: Store;
  sessions: Sessions;
  /** Why the app cannot serve requests now, or undefined when it can. */
  notReady(): Promise<string | undefined>;
  version: { commit: string; image: string; migration: string };
  log(message: string): void;
};

/** Answers a request. An internal error is logged; the answer has no details of it. */
export async function answer(api: Api, request: Request): Promise<Response> {
  const pathname = path(request.url);
  try {
    return await route(api, request, pathname);
  } catch (error) {
    api.log(`${request.method} ${pathname}: ${error instanceof Error ? error.message : error}`);
    return problem(503, "The contracts cannot be reached right now. Try again in a moment.");
  }
}

/** The path of a request. Whoever asks may name a host that is none, which URL refuses. */
function path(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] || "/";
}

async function route(api: Api, request: Request, pathname: string): Promise<Response> {
  const renewed = /^\/api\/contracts\/([1-9]\d{0,17})\/renew$/.exec(pathname)?.[1];
  switch (`${request.method} ${renewed ? "/api/contracts/:id/renew" : pathname}`) {
    case "GET /healthz":
      return json(200, { status: "ok" });
    case "GET /readyz":
      return readiness(api);
    case "GET /version":
      return json(200, api.version);
    case "POST /api/session":
      return json(201, { token: await api.sessions.issue() });
    case "GET /api/contracts":
      return json(200, await api.store.list());
    case "POST /api/contracts":
      return (await unauthorized(api, request)) ?? (await add(api, request));
    case "POST /api/contracts/:id/renew":
      return (await unauthorized(api, request)) ?? (await renew(api, renewed as string));
  }
  return problem(404, `There is no ${request.method} ${pathname}.`);
}

async function readiness(api: Api): Promise<Response> {
  const reason = await api.notReady().catch((error: Error) => {
    return `the database does not answer: ${error.message}`;
  });
  return reason ? json(503, { status: "not ready", reason }) : json(200, { status: "ready" });
}

async function unauthorized(api: Api, request: Request): Promise<Response | undefined> {
  const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
  if (await api.sessions.accepts(token)) return undefined;
  return problem(
    401,
    "No valid session: POST /api/session, then send its token as Authorization: Bearer.",
  );
}

async function add(api: Api, request: Request): Promise<Response> {
  const input: unknown = await request.json().catch(() => undefined);
  if (typeof input !== "object" || input === null)
    return problem(400, "Send a contract as a JSON object.");
  const { contract, problems } = checkContract(input as Record<string, unknown>);
  if (problems) return json(422, { error: "The contract is not complete.", problems });
  return json(201, await api.store.add(contract));
}

async function renew(api: Api, id: string): Promise<Response> {
  const contract = await api.store.renew(id);
  return contract ? json(200, contract) : problem(404, `There is no contract ${id}.`);
}

function problem(status: number, error: string): Response {
  return json(status, { error });
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}
