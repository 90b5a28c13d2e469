type App = { use(...handlers: unknown[]): void; post(path: string, ...handlers: unknown[]): void };
declare const app: App;
declare const cors: () => unknown;
declare const requireSession: () => unknown;
declare const add: (request: Request) => Response;
declare const signIn: (request: Request) => Response;
declare const authorized: (next: (request: Request) => Response) => (request: Request) => Response;
declare const unauthorized: (request: Request) => Response | undefined;

// ruleid: route-without-auth-ts
app.post("/contracts", add);
// ok: route-without-auth-ts
app.post("/contracts", authorized, add);
// ok: route-without-auth-ts
app.post("/session", signIn);

Bun.serve({
  routes: {
    // ruleid: route-without-auth-ts
    "/contracts": { GET: add, POST: add },
    // ok: route-without-auth-ts
    "/renewals": { GET: add, POST: authorized(add) },
  },
});

export function route(request: Request): Response {
  switch (`${request.method} ${new URL(request.url).pathname}`) {
    // ok: route-without-auth-ts
    case "GET /contracts":
      return add(request);
    // ruleid: route-without-auth-ts
    case "POST /contracts":
      return add(request);
    // ok: route-without-auth-ts
    case "POST /session":
      return signIn(request);
    // ok: route-without-auth-ts
    case "DELETE /contracts":
      return unauthorized(request) ?? add(request);
  }
  return new Response("not found", { status: 404 });
}

export function wrong(api: App) {
  api.use(cors());
  // ruleid: route-without-auth-ts
  api.post("/contracts", add);
}

export function right(api: App) {
  api.use("/contracts/*", requireSession());
  // ok: route-without-auth-ts
  api.post("/contracts", add);
}
