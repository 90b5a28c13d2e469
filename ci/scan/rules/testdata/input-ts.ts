import { readFile } from "node:fs/promises";
import path from "node:path";

const suppliers: Record<string, string> = { acme: "https://acme.example/status" };

export async function wrong(request: Request): Promise<Response> {
  const asked = new URL(request.url).searchParams;
  // ruleid: fetch-from-request-ts
  await fetch(asked.get("webhook") as string);
  const { address } = await request.json();
  // ruleid: fetch-from-request-ts
  await fetch(`https://${address}/status`);
  // ruleid: file-from-request-ts
  await readFile(`/app/files/${asked.get("file")}`);
  // ruleid: file-from-request-ts
  await Bun.file(asked.get("file") as string).text();
  // ruleid: regexp-from-request-ts
  const wanted = new RegExp(asked.get("search") as string);
  if (wanted.test("html"))
    // ruleid: html-from-request-ts
    return new Response(`<h1>${asked.get("title")}</h1>`, { headers: { "content-type": "text/html" } });
  // ruleid: redirect-from-request-ts
  return Response.redirect(asked.get("next") as string);
}

export async function right(request: Request): Promise<Response> {
  const asked = new URL(request.url).searchParams;
  // ok: fetch-from-request-ts
  await fetch(suppliers[asked.get("supplier") as string]);
  // ok: fetch-from-request-ts
  await fetch(`https://acme.example/contracts/${asked.get("id")}`);
  // ok: file-from-request-ts
  await readFile(path.join("/app/files", path.basename(asked.get("file") as string)));
  // ok: regexp-from-request-ts
  const wanted = new RegExp(RegExp.escape(asked.get("search") as string));
  if (wanted.test("html"))
    // ok: html-from-request-ts
    return new Response(`<h1>${Bun.escapeHTML(asked.get("title") as string)}</h1>`, { headers: { "content-type": "text/html" } });
  // ok: redirect-from-request-ts
  return Response.redirect(new URL("/signed-in", request.url));
}
