export function wrong(request: Bun.BunRequest, id: string): Response {
  // ruleid: cookie-without-flags-ts
  request.cookies.set("session", id, { httpOnly: true });
  const headers = new Headers();
  // ruleid: cookie-without-flags-ts
  headers.append("Set-Cookie", `session=${id}; HttpOnly; Path=/`);
  return new Response(null, { headers });
}

export function right(request: Bun.BunRequest, id: string): Response {
  // ok: cookie-without-flags-ts
  request.cookies.set("session", id, { secure: true, httpOnly: true, sameSite: "lax" });
  const headers = new Headers();
  // ok: cookie-without-flags-ts
  headers.append("set-cookie", `session=${id}; HttpOnly; Secure; SameSite=Lax`);
  return new Response(null, { headers });
}
