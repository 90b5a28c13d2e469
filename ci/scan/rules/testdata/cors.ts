const friends = new Set(["https://shop.example"]);

export function wrong(request: Request): Response {
  const headers = new Headers();
  // ruleid: cors-any-origin-ts
  headers.set("Access-Control-Allow-Origin", request.headers.get("origin") ?? "");
  // ruleid: cors-any-origin-ts
  return Response.json({}, { headers: { "access-control-allow-origin": "*" } });
}

export function right(request: Request): Response {
  const origin = request.headers.get("origin") ?? "";
  const headers = new Headers({ vary: "origin" });
  // ok: cors-any-origin-ts
  if (friends.has(origin)) headers.set("access-control-allow-origin", origin);
  // ok: cors-any-origin-ts
  return Response.json({}, { headers });
}
