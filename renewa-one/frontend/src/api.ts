/** The backend, as the page sees it. */

import type { Contract, NewContract, Problems } from "../../shared/contract.ts";

export type Api = {
  list(): Promise<Contract[]>;
  add(contract: NewContract): Promise<Contract>;
  renew(id: string): Promise<Contract>;
};

/** A request that failed; its message is for the person in front of the page. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly problems: Problems = {},
  ) {
    super(message);
  }
}

const silent = "The server does not answer. Check your connection and try again.";

export function createApi(fetcher: typeof fetch = fetch.bind(globalThis)): Api {
  let token: string | undefined;

  async function send(path: string, init?: RequestInit): Promise<Response> {
    return fetcher(path, init).catch(() => {
      throw new Failure(silent);
    });
  }

  async function change<T>(path: string, body: unknown, again = true): Promise<T> {
    token ??= (await read<{ token: string }>(await send("/api/session", { method: "POST" }))).token;
    const response = await send(path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    // The page was open for longer than its session, or the secret behind it was changed.
    if (response.status === 401 && again) {
      token = undefined;
      return change(path, body, false);
    }
    return read<T>(response);
  }

  return {
    list: async () => read<Contract[]>(await send("/api/contracts")),
    add: (contract) => change<Contract>("/api/contracts", contract),
    renew: (id) => change<Contract>(`/api/contracts/${id}/renew`, {}),
  };
}

async function read<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  // Without a body of ours, the answer is nginx's or a proxy's.
  throw new Failure(body?.error ?? silent, body?.problems);
}
